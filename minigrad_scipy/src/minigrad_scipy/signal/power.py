"""Power spectra averaged over segments: `welch`, `csd`, `periodogram` and `coherence`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, nonzero, real
from minigrad_ops_basic.fourier import resize

from ..binding import take_settings_of
from .segments import SegmentSpectrum, divide, double_middle, is_onesided, square

_SIGNAL = real("2 9")
_SHORT = {"nperseg": 4, "fs": 2.0}
_POWER_CASES = (
    Case(x=_SIGNAL, **_SHORT),
    Case(x=real("7 2 2"), axis=0, nperseg=5, nfft=6, noverlap=1, detrend="linear", scaling="spectrum"),
    Case(x=real("13"), nperseg=4, average="median", detrend=False, return_onesided=False),
)
_CROSS_CASES = (
    Case(x=_SIGNAL, y=real("2 7"), **_SHORT),
    Case(x=real("7 2 2"), y=real("7 2 2"), axis=0, window=np.array([0.3, 1.0, 0.6]), detrend=False),
    Case(x=real("13"), y=real("13"), nperseg=4, average="median", scaling="spectrum", nfft=5),
)


def _average(power: Any, average: str) -> Any:
    """Return the average of spectra over the segments: (..., segments, frequencies) -> (..., frequencies)."""
    n = power.shape[-2]
    if average == "mean" or n == 1:
        return np.mean(power, axis=-2)
    even = 2 * np.arange(1.0, (n - 1) // 2 + 1)
    bias = 1 + np.sum(1 / (even + 1) - 1 / even)  # of the median of exponential variables, as SciPy has it
    if power.dtype.kind == "c":
        return (np.median(np.real(power), axis=-2) + 1j * np.median(np.imag(power), axis=-2)) / bias
    return np.median(power, axis=-2) / bias


@SegmentSpectrum.define("signal.csd", *_CROSS_CASES)
def csd(
    x: Any,
    y: Any,
    *,
    fs: float = 1.0,
    window: Any = "hann_periodic",
    nperseg: int | None = None,
    noverlap: int | None = None,
    nfft: int | None = None,
    detrend: Any = "constant",
    return_onesided: bool = True,
    scaling: str = "density",
    axis: int = -1,
    average: str = "mean",
) -> Iterator[Any]:
    """The average over segments of conj(X) Y, for the spectra X and Y of the windowed segments.

    The shorter signal is filled up with zeros. (..., n, ...) -> (..., frequencies, ...).
    """
    n = max(x.shape[axis], y.shape[axis])
    segments = divide(n, window, nperseg, noverlap, nfft)
    onesided = is_onesided(x, return_onesided)
    yield (segments.list_frequencies(fs, onesided),)
    spectra = []
    for v in (x,) if y is x else (x, y):
        lines = resize(np.moveaxis(v, axis, -1), n, -1)
        spectra.append(segments.transform(lines, detrend, onesided))
    power = square(spectra[0]) if y is x else np.conj(spectra[0]) * spectra[1]
    power = power * segments.scale(scaling, fs)
    yield np.moveaxis(_average(double_middle(power, segments.nfft, onesided), average), -1, axis)


@SegmentSpectrum.define("signal.welch", *_POWER_CASES)
@take_settings_of(csd.description)
def welch(x: Any, **settings: Any) -> Iterator[Any]:
    """The average over segments of |X|^2, for the spectrum X of a windowed segment, by Welch's method.

    (..., n, ...) -> (..., frequencies, ...).
    """
    return csd.description(x, x, **settings)


@SegmentSpectrum.define(
    "signal.periodogram",
    Case(x=real("2 5"), fs=2.0),
    Case(x=real("5 2 2"), axis=0, nfft=6, window="hann", detrend="linear", scaling="spectrum"),
    Case(x=real("n")),
    Case(x=real("5"), nfft=2, window=None, detrend=False, return_onesided=False),
)
@take_settings_of(csd.description, "nperseg", "noverlap", "average")
def periodogram(
    x: Any, *, window: Any = "boxcar", nfft: int | None = None, axis: int = -1, **settings: Any
) -> Iterator[Any]:
    """|X|^2 for the spectrum X of the windowed signal. (..., n, ...) -> (..., frequencies, ...)."""
    lines = np.moveaxis(x, axis, -1)
    n = lines.shape[-1] if nfft is None else min(nfft, lines.shape[-1])
    window = "boxcar" if window is None else window
    settings |= {"window": window, "nperseg": n, "noverlap": 0, "nfft": nfft}
    outputs = welch.description(lines[..., :n], **settings)
    yield next(outputs)
    yield np.moveaxis(next(outputs), -1, axis)


@SegmentSpectrum.define(
    "signal.coherence",
    Case(x=nonzero("2 9"), y=nonzero("2 9"), detrend=False, **_SHORT),
    Case(
        x=nonzero("9 2 2"),
        y=nonzero("9 2 2"),
        detrend=False,
        axis=0,
        window=np.array([0.3, 1.0, 0.6]),
    ),
    real=True,
)
@take_settings_of(csd.description, "return_onesided", "scaling", "average")
def coherence(x: Any, y: Any, **settings: Any) -> Iterator[Any]:
    """|P_xy|^2 / (P_xx P_yy), for the power P_xx and the cross power P_xy of `welch` and `csd`."""
    outputs = csd.description(x, y, **settings)
    yield next(outputs)
    yield square(next(outputs)) / welch.formula(x, **settings) / welch.formula(y, **settings)


OPERATIONS: tuple[Operation, ...] = (welch, csd, periodogram, coherence)
