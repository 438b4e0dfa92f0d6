"""Calls of ndimage and signal; filters.json has their inputs, and their gradients by JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# The shapes of the inputs, then the call. Inputs are in (0, 1); "sp" is the package.
CALLS: dict[str, tuple[tuple[tuple[int, ...], ...], Callable[..., Any]]] = {
    **{
        f"map_coordinates {mode}": (
            ((4, 5), (2, 6)),
            lambda sp, x, c, mode=mode: sp.ndimage.map_coordinates(x, 9 * c - 3, order=1, mode=mode),
        )
        for mode in ("grid-constant", "nearest", "grid-wrap", "mirror", "reflect")
    },
    "map_coordinates cubic": (
        ((4, 5), (2, 6)),
        lambda sp, x, c: sp.ndimage.map_coordinates(x, 3 * c, mode="mirror"),
    ),
    "affine_transform": (
        ((4, 5), (2, 2), (2,)),
        lambda sp, x, m, b: sp.ndimage.affine_transform(x, m, b, order=1, mode="reflect"),
    ),
    "shift": (((4, 5), (2,)), lambda sp, x, s: sp.ndimage.shift(x, s, order=1, mode="nearest")),
    "zoom": (((4, 5),), lambda sp, x: sp.ndimage.zoom(x, 1.5, order=1, mode="nearest")),
    "rotate": (
        ((4, 5), ()),
        lambda sp, x, a: sp.ndimage.rotate(x, 40 * a, order=1, mode="nearest", reshape=False),
    ),
    "spline_filter1d": (((4, 5),), lambda sp, x: sp.ndimage.spline_filter1d(x, axis=0)),
    "ndimage_correlate": (
        ((4, 5), (2, 3)),
        lambda sp, x, w: sp.ndimage.correlate(x, w, mode="mirror", origin=(-1, 1)),
    ),
    "convolve1d": (((4, 5), (4,)), lambda sp, x, w: sp.ndimage.convolve1d(x, w, 0, mode="wrap")),
    "gaussian_filter": (
        ((5, 6), ()),
        lambda sp, x, s: sp.ndimage.gaussian_filter(x, s + 0.5, order=(0, 1), radius=2),
    ),
    "uniform_filter": (((4, 5),), lambda sp, x: sp.ndimage.uniform_filter(x, (2, 3), mode="nearest")),
    "sobel": (((4, 5),), lambda sp, x: sp.ndimage.sobel(x, 0)),
    "laplace": (((4, 5),), lambda sp, x: sp.ndimage.laplace(x)),
    "maximum_filter": (((4, 5),), lambda sp, x: sp.ndimage.maximum_filter(x, 3)),
    "median_filter": (((4, 5),), lambda sp, x: sp.ndimage.median_filter(x, 3)),
    "convolve": (((4, 5), (2, 3)), lambda sp, x, w: sp.signal.convolve(x, w, "same")),
    "correlate (signal)": (((9,), (4,)), lambda sp, x, w: sp.signal.correlate(x, w, "valid")),
    "fftconvolve": (((4, 5), (2, 3)), lambda sp, x, w: sp.signal.fftconvolve(x, w)),
    "convolve2d": (((4, 5), (2, 3)), lambda sp, x, w: sp.signal.convolve2d(x, w, "same")),
    "correlate2d": (((4, 5), (3, 3)), lambda sp, x, w: sp.signal.correlate2d(x, w, "same")),
    "upfirdn": (((5,), (6,)), lambda sp, h, x: sp.signal.upfirdn(h, x, 2, 3)),
    "lfilter": (
        ((3,), (2,), (7,), (2,)),
        lambda sp, b, a, x, zi: np.concatenate(sp.signal.lfilter(b, a + 0.5, x, zi=zi)),
    ),
    "sosfilt": (
        ((2, 3), (2, 2), (7,)),
        lambda sp, b, a, x: sp.signal.sosfilt(np.concatenate([b, np.ones((2, 1)), a / 2], axis=1), x),
    ),
    "filtfilt": (((2,), (2,), (9,)), lambda sp, b, a, x: sp.signal.filtfilt(b, a + 0.5, x, padlen=4)),
    "detrend": (((3, 6),), lambda sp, x: sp.signal.detrend(x)),
    "hilbert": (((7,),), lambda sp, x: sp.signal.hilbert(x)),
    "welch": (((12,),), lambda sp, x: sp.signal.welch(x, nperseg=5)[1]),
    "csd": (((12,), (12,)), lambda sp, x, y: sp.signal.csd(x, y, nperseg=4)[1]),
    "stft": (((10,),), lambda sp, x: sp.signal.stft(x, nperseg=4)[2]),
    "istft": (((3, 5),), lambda sp, z: sp.signal.istft(z)[1]),
    "resample": (((6,),), lambda sp, x: sp.signal.resample(x, 8)),
    "savgol_filter": (((8,),), lambda sp, x: sp.signal.savgol_filter(x, 5, 2)),
    "wiener": (((4, 5),), lambda sp, x: sp.signal.wiener(x, 3, 0.05)),
    "freqz": (((3,), (2,)), lambda sp, b, a: sp.signal.freqz(b, a + 0.5, np.array([0.3, 1.1]))[1]),
}
