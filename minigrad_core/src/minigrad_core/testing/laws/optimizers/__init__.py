"""The eight laws of optimizers; each sees every run of the pool."""

from ...finding import Law
from .frame import frame
from .movement import descent, in_place, order
from .rate import rate
from .reference import reference
from .state import state, type_

_LATER = (frame, rate, state, order, type_, descent, reference)
_FIRST = Law("in_place", in_place)
OPTIMIZER_LAWS = (_FIRST, *(Law(law.__name__.rstrip("_"), law, after=(_FIRST.name,)) for law in _LATER))
