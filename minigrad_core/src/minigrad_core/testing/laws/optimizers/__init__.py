"""The eight laws of optimizers; each sees every run of the pool."""

from ...finding import Law
from .movement import descent, in_place, order
from .rule import rate, reference
from .state import frame, state, type_

_LATER = (frame, rate, state, order, type_, descent, reference)
_FIRST = Law("in_place", in_place)
OPTIMIZER_LAWS = (_FIRST, *(Law(law.__name__.rstrip("_"), law, after=(_FIRST.name,)) for law in _LATER))
