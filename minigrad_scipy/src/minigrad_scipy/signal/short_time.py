"""Spectra of segments over time: `stft`, its inverse `istft`, and `spectrogram`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real
from minigrad_ops_basic.fourier import resize

from ..composites import Sampled
from .both_ways import extend_ends
from .frames import add_frames
from .segments import Segments, SegmentSpectrum, divide, double_middle, is_onesided, square

_SIGNAL = real("2 9")
_SHORT = {"nperseg": 4, "fs": 2.0}


@SegmentSpectrum.define(
    "signal.stft",
    Case(x=_SIGNAL, **_SHORT),
    *(Case(x=real("7 2 2"), axis=0, nperseg=4, noverlap=1, boundary=b) for b in ("even", "odd", "constant")),
    Case(x=real("7"), nperseg=4, boundary=None, padded=False, nfft=5, detrend="constant", scaling="psd"),
    Case(x=real("6"), nperseg=3, noverlap=2, return_onesided=False),
)
def stft(
    x: Any,
    *,
    fs: float = 1.0,
    window: Any = "hann_periodic",
    nperseg: int = 256,
    noverlap: int | None = None,
    nfft: int | None = None,
    detrend: Any = False,
    return_onesided: bool = True,
    boundary: str | None = "zeros",
    padded: bool = True,
    axis: int = -1,
    scaling: str = "spectrum",
) -> Iterator[Any]:
    """The spectra of windowed segments. (..., n, ...) -> (..., frequencies, ..., segments)."""
    lines = np.moveaxis(x, axis, -1)
    segments = divide(lines.shape[-1], window, nperseg, noverlap, nfft)
    lines, onesided = _extend(lines, segments, boundary, padded), is_onesided(x, return_onesided)
    times = segments.list_times(lines.shape[-1], fs) - (0 if boundary is None else segments.size / 2 / fs)
    yield segments.list_frequencies(fs, onesided), times
    spectra = segments.transform(lines, detrend, onesided) * np.sqrt(segments.scale(scaling, fs))
    yield np.moveaxis(spectra, -1, axis - 1 if axis < 0 else axis)


@Sampled.define(
    "signal.istft",
    Case(Zxx=real("2 3 4"), fs=2.0),
    Case(Zxx=real("3 4 2 2"), time_axis=0, freq_axis=1, input_onesided=False, scaling="psd"),
    Case(Zxx=real("3 4 2"), time_axis=1, freq_axis=0, nperseg=3, window="boxcar"),
    Case(
        Zxx=real("4 3"),
        time_axis=0,
        freq_axis=-1,
        nperseg=5,
        noverlap=3,
        boundary=False,
        window="boxcar",
    ),
)
def istft(
    Zxx: Any,
    *,
    fs: float = 1.0,
    window: Any = "hann_periodic",
    nperseg: int | None = None,
    noverlap: int | None = None,
    nfft: int | None = None,
    input_onesided: bool = True,
    boundary: bool = True,
    time_axis: int = -1,
    freq_axis: int = -2,
    scaling: str = "spectrum",
) -> Iterator[Any]:
    """The signal with the given spectra of segments, the inverse of `stft`: by least squares.

    Griffin and Lim 1984, "Signal estimation from modified short-time Fourier transform", equation 6.
    """
    d = len(Zxx.shape)
    spectra = np.moveaxis(Zxx, (time_axis, freq_axis), (-2, -1))
    default = 2 * (spectra.shape[-1] - 1) if input_onesided else spectra.shape[-1]
    size = default if nperseg is None else nperseg
    length = nfft or (size if input_onesided and size == default + 1 else default)
    overlap = size // 2 if noverlap is None else noverlap
    segments = divide(size, window, size, overlap, length)
    n, cut = size + (spectra.shape[-2] - 1) * segments.step, size // 2 if boundary else 0
    time, frequency = time_axis % d, freq_axis % d
    axis = time - (frequency < time)
    yield (np.arange(spectra.shape[0] if axis else n - 2 * cut) / fs,)  # the first axis, as in SciPy
    frames = (np.fft.irfft if input_onesided else np.fft.ifft)(spectra, length)[..., :size]
    frames = frames * (segments.window / np.sqrt(segments.scale(scaling, fs)))
    repeated = np.broadcast_to(segments.window**2, (spectra.shape[-2], size))
    norm = add_frames(repeated, n, segments.step)
    y = add_frames(frames, n, segments.step) / np.where(norm > 1e-10, norm, 1.0)
    yield np.moveaxis(y[..., cut : n - cut], -1, axis)


@SegmentSpectrum.define(
    "signal.spectrogram",
    Case(x=_SIGNAL, **_SHORT),
    Case(x=real("7 2 2"), axis=0, nperseg=4, noverlap=1, detrend="linear", scaling="spectrum"),
    Case(x=real("16"), nperseg=8),
    *(Case(x=real("9"), nperseg=4, detrend=False, mode=mode) for mode in ("complex", "magnitude")),
)
def spectrogram(
    x: Any,
    *,
    fs: float = 1.0,
    window: Any = ("tukey_periodic", 0.25),
    nperseg: int | None = None,
    noverlap: int | None = None,
    nfft: int | None = None,
    detrend: Any = "constant",
    return_onesided: bool = True,
    scaling: str = "density",
    axis: int = -1,
    mode: str = "psd",
) -> Iterator[Any]:
    """The power of windowed segments, or their spectra. (..., n, ...) -> (..., frequencies, ..., segments).

    mode: "psd" for the power, "complex" for the spectrum, "magnitude" for its absolute value.
    """
    n, onesided = x.shape[axis], is_onesided(x, return_onesided)
    segments = divide(n, window, nperseg, noverlap, nfft, share=8)
    yield segments.list_frequencies(fs, onesided), segments.list_times(n, fs)
    spectra = segments.transform(np.moveaxis(x, axis, -1), detrend, onesided)
    scale = segments.scale(scaling, fs)
    if mode == "psd":
        result = double_middle(square(spectra) * scale, segments.nfft, onesided)
    else:
        result = spectra * np.sqrt(scale)
    result = np.moveaxis(result, -1, axis - 1 if axis < 0 else axis)
    yield np.abs(result) if mode == "magnitude" else result


def _extend(lines: Any, segments: Segments, boundary: str | None, padded: bool) -> Any:
    """Return a signal with half a segment more at both ends, and zeros up to a whole number of segments."""
    lines = extend_ends(lines, segments.size // 2, boundary)
    if not padded:
        return lines
    missing = -(lines.shape[-1] - segments.size) % segments.step % segments.size
    return resize(lines, lines.shape[-1] + missing, -1)


OPERATIONS: tuple[Operation, ...] = (spectrogram, stft, istft)
