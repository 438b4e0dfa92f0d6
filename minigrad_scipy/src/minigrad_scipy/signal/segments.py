"""The windowed segments of a signal, and their spectra."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import scipy

from minigrad_core.errors import InputError

from .. import signal
from ..composites import Sampled
from .frames import split_frames


class Segments(NamedTuple):
    """How a signal is divided: the window of each segment, the distance of segments, and the FFT's length."""

    window: Any
    step: int
    nfft: int

    @property
    def size(self) -> int:
        """The length of a segment."""
        return len(self.window)

    def count(self, n: int) -> int:
        """Return the number of segments of n values."""
        return (n - self.size) // self.step + 1

    def scale(self, scaling: str, fs: float) -> float:
        """Return the factor of a power spectrum."""
        power = fs * np.sum(self.window**2) if scaling in ("density", "psd") else np.sum(self.window) ** 2
        return float(1 / power)

    def transform(self, lines: Any, detrend: Any, onesided: bool) -> Any:
        """Return the spectra of the segments: (..., n) -> (..., segments, frequencies)."""
        frames = split_frames(lines * 1.0, self.size, self.step)  # whole numbers would wrap
        if detrend:
            frames = signal.detrend(frames, type=detrend)
        return (np.fft.rfft if onesided else np.fft.fft)(frames * self.window, self.nfft)

    def list_frequencies(self, fs: float, onesided: bool) -> Any:
        """Return the frequencies of the spectra."""
        return (np.fft.rfftfreq if onesided else np.fft.fftfreq)(self.nfft, 1 / fs)

    def list_times(self, n: int, fs: float) -> Any:
        """Return the times of the middle of the segments of n values."""
        return np.arange(self.size / 2, n - self.size / 2 + 1, self.step) / fs


def divide(n: int, window: Any, nperseg: Any, noverlap: Any, nfft: Any, share: int = 2) -> Segments:
    """Return the segments of n values, as SciPy chooses them: `noverlap` is 1 / `share` of one by default."""
    if isinstance(window, (str, tuple)):
        window = scipy.signal.get_window(window, min(256 if nperseg is None else int(nperseg), n))
    window = np.asarray(window)
    size = len(window)
    return Segments(window, size - (size // share if noverlap is None else noverlap), nfft or size)


def is_onesided(x: Any, return_onesided: bool) -> bool:
    """Return whether spectra have the frequencies from 0 on only: not those of complex signals."""
    return return_onesided and x.dtype.kind != "c"


def square(x: Any) -> Any:
    """Return |x|^2."""
    return np.real(x) ** 2 + np.imag(x) ** 2


def double_middle(power: Any, nfft: int, onesided: bool) -> Any:
    """Return power spectra with those of the negative frequencies added, which 0 and nfft / 2 do not have."""
    if not onesided:
        return power
    factor = np.full(power.shape[-1], 2.0)
    factor[0] = 1
    if nfft % 2 == 0:
        factor[-1] = 1
    return power * factor


class SegmentSpectrum(Sampled):
    """A spectrum of segments. A function as `detrend` is refused: its gradient is not known."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        if callable(settings.get("detrend")):
            raise InputError(f"{self.name}: detrend is a function; subtract the trend from the signal before")
        if settings.get("mode") in ("angle", "phase"):
            raise InputError(f"{self.name}: the mode has no gradient; take np.angle of the mode 'complex'")
        if 0 in inputs[0].shape or settings.get("nfft") == 0:
            raise InputError(f"{self.name}: the signal of shape {inputs[0].shape}, or its part, is empty")
        if isinstance(settings.get("window"), np.ndarray):
            settings["window"] = settings["window"].copy()  # SciPy 1.17 scales the window in place
        return super().compute(*inputs, **settings)
