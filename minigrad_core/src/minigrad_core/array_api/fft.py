"""The Fourier transforms of the array API standard: NumPy's, which call operations on tensors."""

from __future__ import annotations

import numpy as np
from numpy.fft import (
    fft,
    fftn,
    fftshift,
    hfft,
    ifft,
    ifftn,
    ifftshift,
    ihfft,
    irfft,
    irfftn,
    rfft,
    rfftn,
)
from numpy.typing import DTypeLike

from ..tensor import Tensor
from .beyond_standard import look_up
from .creation import check_device

__getattr__ = look_up(np.fft, __name__)


def fftfreq(
    n: int, /, *, d: float = 1.0, dtype: DTypeLike | None = None, device: str | None = None
) -> Tensor:
    """Return the frequencies of `fft`, in cycles per unit of the sample spacing `d`."""
    check_device(device)
    return Tensor(np.fft.fftfreq(n, d).astype(dtype or np.float64))


def rfftfreq(
    n: int, /, *, d: float = 1.0, dtype: DTypeLike | None = None, device: str | None = None
) -> Tensor:
    """Return the frequencies of `rfft`, in cycles per unit of the sample spacing `d`."""
    check_device(device)
    return Tensor(np.fft.rfftfreq(n, d).astype(dtype or np.float64))
