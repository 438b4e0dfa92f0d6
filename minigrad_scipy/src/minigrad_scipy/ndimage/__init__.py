"""`scipy.ndimage` for arrays and tensors."""

from __future__ import annotations

from minigrad_core import Operation

from ..mirror import mirror
from . import choices, correlation, greyscale, labels, resampling, rotation, smoothing, spectra, splines

OPERATIONS: tuple[Operation, ...] = (
    *correlation.OPERATIONS,
    *smoothing.OPERATIONS,
    *choices.OPERATIONS,
    *greyscale.OPERATIONS,
    *splines.OPERATIONS,
    *spectra.OPERATIONS,
    *labels.OPERATIONS,
    *resampling.OPERATIONS,
    *rotation.OPERATIONS,
)
__getattr__, __dir__ = mirror(__name__, OPERATIONS)
