"""Cases of any shape, and bytes: NumPy's own exponential of these is in half precision."""

from __future__ import annotations

import numpy as np

from minigrad_core.cases import Case, real

BYTES = Case(x=np.array([0, 1, 17], np.uint8))
CASES = (Case(x=real("...")), BYTES)
