"""The four laws of initializers."""

from ...finding import Law
from .distribution import claim, reference
from .generator import generator
from .shape_and_type import shape_and_type

_FIRST, _LATER = Law("shape_and_type", shape_and_type), (generator, claim, reference)
INITIALIZER_LAWS = (_FIRST, *(Law(law.__name__, law, after=(_FIRST.name,)) for law in _LATER))
