"""`argmax`, `argsort`, `searchsorted`, `nonzero` and the like, without a gradient."""

from __future__ import annotations

import numpy as np

from minigrad_core.cases import Case, between, real

from ..non_differentiable import BinaryFunction, UnaryFunction

argmax = UnaryFunction(np.argmax)
argmin = UnaryFunction(np.argmin)
nanargmax = UnaryFunction(np.nanargmax)
nanargmin = UnaryFunction(np.nanargmin)
argsort = UnaryFunction(np.argsort)
argpartition = UnaryFunction(np.argpartition, (Case(x=real("5"), kth=2),))
lexsort = UnaryFunction(np.lexsort)
argwhere = UnaryFunction(np.argwhere)
nonzero = UnaryFunction(np.nonzero)
flatnonzero = UnaryFunction(np.flatnonzero)
searchsorted = BinaryFunction(np.searchsorted, (Case(x=np.linspace(-1, 1, 5), y=between(-1, 1, "n")),))
digitize = BinaryFunction(np.digitize, (Case(x=between(-1, 1, "n"), y=np.linspace(-1, 1, 5)),))
count_nonzero = UnaryFunction(np.count_nonzero)
