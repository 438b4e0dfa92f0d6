"""The four laws of initializers."""

from ...finding import Law
from .arrays import generator, shape_and_type
from .distribution import claim, reference

_FIRST, _LATER = Law("shape_and_type", shape_and_type), (generator, claim, reference)
INITIALIZER_LAWS = (_FIRST, *(Law(law.__name__, law, after=(_FIRST.name,)) for law in _LATER))
