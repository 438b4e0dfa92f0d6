"""`scipy.fft` for arrays and tensors."""

from __future__ import annotations

from ..mirror import mirror
from . import fourier, trigonometric

OPERATIONS = trigonometric.OPERATIONS
FUNCTIONS = dict.fromkeys(fourier.FUNCTIONS, ("x",))
__getattr__, __dir__ = mirror(__name__, OPERATIONS, FUNCTIONS)
