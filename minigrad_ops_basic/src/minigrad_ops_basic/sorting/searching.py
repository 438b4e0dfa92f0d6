"""`argmax`, `argsort`, `searchsorted`, `nonzero` and their kin: plain arrays, no gradient."""

from __future__ import annotations

import numpy as np

from minigrad_core.cases import Case, between, real

from ..non_differentiable import OfOne, OfTwo

argmax = OfOne(np.argmax)
argmin = OfOne(np.argmin)
nanargmax = OfOne(np.nanargmax)
nanargmin = OfOne(np.nanargmin)
argsort = OfOne(np.argsort)
argpartition = OfOne(np.argpartition, (Case(x=real("5"), kth=2),))
lexsort = OfOne(np.lexsort)
argwhere = OfOne(np.argwhere)
nonzero = OfOne(np.nonzero)
flatnonzero = OfOne(np.flatnonzero)
searchsorted = OfTwo(np.searchsorted, (Case(x=np.linspace(-1, 1, 5), y=between(-1, 1, "n")),))
digitize = OfTwo(np.digitize, (Case(x=between(-1, 1, "n"), y=np.linspace(-1, 1, 5)),))
count_nonzero = OfOne(np.count_nonzero)
