"""Functions of scipy.ndimage and scipy.signal, written in JAX for the calls in array_calls.py."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.signal as jsg
import numpy as np
from jax.scipy.special import i0
from scipy import signal, special

from tests.scipy.array_calls import LABELS, POINTS, STRUCTURE
from tests.scipy.make_filter_references import correlate, lfilter, windows

Z = np.exp(1j * POINTS)

# ndimage


def fourier(factor: Any) -> Any:
    """Return the product with a factor of the frequencies along both axes."""
    return lambda x: x * factor(np.fft.fftfreq(4)[:, None], np.fft.fftfreq(5))


def ellipsoid(f: Any, g: Any) -> Any:
    r = np.pi * np.sqrt((2 * f) ** 2 + (1.5 * g) ** 2)
    return np.where(r == 0, 1, 2 * special.j1(r) / np.where(r == 0, 1, r))


def derive_bell(s: Any, order: int) -> Any:
    """Return the weights of 5 points of a Gaussian's derivative, of the bell that has the sum 1."""

    def bell(n: Any) -> Any:
        return jnp.exp(-(n**2) / (2 * s**2)) / jnp.sum(jnp.exp(-(jnp.arange(-2.0, 3) ** 2) / (2 * s**2)))

    for _ in range(order):
        bell = jax.grad(bell)
    return jax.vmap(bell)(jnp.arange(-2.0, 3))[::-1]


def gaussian(x: Any, s: Any, orders: Any) -> Any:
    first, second = (derive_bell(s / 50 + 0.5, order) for order in orders)
    return correlate(correlate(x, first[:, None]), second[None])


def rank(x: Any, shape: Any, place: int, mode: str = "symmetric") -> Any:
    return jnp.sort(windows(x, shape, mode), 0)[place]


erode, dilate = partial(rank, shape=(3, 3), place=0), partial(rank, shape=(3, 3), place=-1)


def erode_structure(x: Any) -> Any:
    return jnp.min(windows(x, (2, 3), "symmetric") - STRUCTURE.reshape(-1, 1, 1), 0)


def spline_filter(x: Any) -> Any:
    """Return the coefficients: the inverse of the matrices of B(-1), B(0), B(1), mirrored at the ends."""
    for axis, n in enumerate(x.shape):
        m = (4 * np.eye(n) + np.eye(n, k=1) + np.eye(n, k=-1)) / 6
        m[0, 1] = m[-1, -2] = 2 / 6
        x = jnp.moveaxis(jnp.tensordot(np.linalg.inv(m), x, (1, axis)), 0, axis)
    return x


def each_label(f: Any) -> Any:
    return lambda x: jnp.stack([f(x[label == LABELS]) for label in (2, 1)])


NDIMAGE = {
    "fourier_ellipsoid": fourier(ellipsoid),
    "fourier_gaussian": fourier(lambda f, g: np.exp(-2 * np.pi**2 * ((0.5 * f) ** 2 + (0.8 * g) ** 2))),
    "fourier_shift": fourier(lambda f, g: np.exp(-2j * np.pi * (0.5 * f - 0.8 * g))),
    "fourier_uniform": fourier(lambda f, g: np.sinc(2 * f) * np.sinc(1.5 * g)),
    "gaussian_filter1d": lambda x, s: correlate(x, derive_bell(s + 0.5, 0)[None]),
    "gaussian_gradient_magnitude": lambda x, s: jnp.hypot(gaussian(x, s, (0, 1)), gaussian(x, s, (1, 0))),
    "gaussian_laplace": lambda x, s: gaussian(x, s, (0, 2)) + gaussian(x, s, (2, 0)),
    "black_tophat": lambda x: erode(dilate(x)) - x,
    "grey_closing": lambda x: erode(dilate(x)),
    "grey_dilation": dilate,
    "grey_erosion": erode,
    "grey_opening": lambda x: dilate(erode(x)),
    "minimum_filter": erode,
    "morphological_gradient": lambda x: dilate(x) - erode(x),
    "morphological_laplace": lambda x: dilate(x) + erode(x) - 2 * x,
    "white_tophat": lambda x: x - dilate(erode(x)),
    "grey_erosion structure": erode_structure,
    "maximum_filter1d": lambda x: rank(x, (1, 3), -1),
    "minimum_filter1d": lambda x: rank(x, (1, 3), 0),
    "uniform_filter1d": lambda x: jnp.mean(windows(x, (1, 3), "symmetric"), 0),
    "percentile_filter": lambda x: rank(x, (3, 3), 2),
    "prewitt": lambda x: correlate(x, jnp.outer(jnp.array([-1.0, 0, 1]), jnp.ones(3))),
    "rank_filter": lambda x: rank(x, (3, 3), 6),
    "ndimage_convolve": lambda x, w: correlate(x, w[::-1, ::-1], "edge", (0, 1)),
    "ndimage_spline_filter": spline_filter,
    "ndimage_mean": each_label(jnp.mean),
    "ndimage_sum": each_label(jnp.sum),
    "ndimage_variance": each_label(jnp.var),
    "sum_labels": each_label(jnp.sum),
}

# signal


def coherence(x: Any, y: Any) -> Any:
    power = jsg.welch(x, nperseg=4)[1] * jsg.welch(y, nperseg=4)[1]
    return jnp.abs(jsg.csd(x, y, nperseg=4)[1]) ** 2 / power


def deconvolve(s: Any, d: Any) -> Any:
    quotient = []
    for i in range(5):
        quotient.append(s[i] / d[0])
        s = s.at[i : i + 3].add(-quotient[-1] * d)
    return jnp.concatenate([jnp.stack(quotient), jnp.zeros(5), s[5:]])


def freqz_sos(b: Any, a: Any) -> Any:
    rows = make_rows(b, a)
    return jnp.prod(jnp.stack([jnp.polyval(s[2::-1], 1 / Z) / jnp.polyval(s[:2:-1], 1 / Z) for s in rows]), 0)


def make_rows(b: Any, a: Any) -> Any:
    return [jnp.concatenate([b[i], jnp.ones(1), a[i] / 2]) for i in range(2)]


def hilbert2(x: Any) -> Any:
    return jnp.fft.ifft2(jnp.fft.fft2(x) * np.outer([1, 2, 0, 0], [1, 2, 2, 0, 0]))


def lfilter_zi(b: Any, a: Any) -> Any:
    """Return the state z = m z + (b[1:] - a[1:] b[0]) of the step response, for a[0] = 1."""
    b, a = b / a[0], a / a[0]
    m = jnp.eye(2, k=1).at[:, 0].set(-a[1:])
    return jnp.linalg.solve(jnp.eye(2) - m, b[1:] - a[1:] * b[0])


def sosfilt_zi(b: Any, a: Any) -> Any:
    scale, states = 1.0, []
    for s in make_rows(b, a):
        states.append(scale * lfilter_zi(s[:3], s[3:]))
        scale *= jnp.sum(s[:3]) / jnp.sum(s[3:])
    return jnp.stack(states)


def sosfiltfilt(b: Any, a: Any, x: Any) -> Any:
    x = jnp.concatenate([2 * x[0] - x[4:0:-1], x, 2 * x[-1] - x[-2:-6:-1]])
    for _ in range(2):
        start = x[0]
        for s, zi in zip(make_rows(b, a), sosfilt_zi(b, a), strict=True):
            x = lfilter(s[:3], s[3:], x, zi * start)[0]
        x = x[::-1]
    return x[4:-4]


def spectrogram(x: Any) -> Any:
    w: Any = signal.get_window(("tukey", 0.25), 4)
    frames = x.reshape(3, 4)
    power = jnp.abs(jnp.fft.rfft((frames - frames.mean(1, keepdims=True)) * w)) ** 2 / np.sum(w**2)
    return (power * np.array([1, 2, 1])).T


def resample_poly(x: Any) -> Any:
    return jnp.convolve(jnp.zeros(21).at[::3].set(x), 3 * STRUCTURE[0])[1:22:2]


C = np.arange(-2.0, 3)  # the points of a window around its center
SIGNAL = {
    "coherence": coherence,
    "decimate": lambda x: jnp.convolve(x, signal.firwin(5, 0.5))[2:11:2],
    "deconvolve": lambda s, d: deconvolve(s, d + 0.5),
    "freqs": lambda b, a: jnp.polyval(b, 1j * POINTS) / jnp.polyval(a, 1j * POINTS),
    "freqz_sos": freqz_sos,
    "freqz_zpk": lambda z, p, k: k * jnp.prod(Z[:, None] - z, 1) / jnp.prod(Z[:, None] - p / 2, 1),
    "hilbert2": hilbert2,
    "lfilter_zi": lambda b, a: lfilter_zi(b, a + 0.5),
    "sosfilt_zi": sosfilt_zi,
    "sosfiltfilt": sosfiltfilt,
    "medfilt": lambda x: rank(x, (3,), 1, "constant"),
    "medfilt2d": lambda x: rank(x, (3, 3), 4, "constant"),
    "order_filter": lambda x: rank(x, (3, 3), 6, "constant"),
    "oaconvolve": jnp.convolve,
    "periodogram": lambda x: jsg.welch(x, window="boxcar", nperseg=7)[1],
    "spectrogram": spectrogram,
    "resample_poly": resample_poly,
    "windows_exponential": lambda t: jnp.exp(-jnp.abs(C) / (t + 0.5)),
    "windows_gaussian": lambda s: jnp.exp(-((C / (s + 0.5)) ** 2) / 2),
    "windows_general_cosine": lambda a: jnp.cos(np.outer(np.pi * (np.arange(6) / 3 - 1), np.arange(3))) @ a,
    "windows_general_gaussian": lambda p, s: jnp.exp(-((C**2 / (s + 0.5) ** 2) ** (p + 0.5)) / 2),
    "windows_general_hamming": lambda a: a + (1 - a) * jnp.cos(np.pi * C / 2),
    "windows_kaiser": lambda b: i0(3 * b * np.sqrt(1 - (C / 2) ** 2)) / i0(3 * b),
}
