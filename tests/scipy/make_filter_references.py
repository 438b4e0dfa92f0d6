"""Write filters.json: gradients of the calls in filter_calls.py, of the same functions written in JAX.

Run this script with a Python that has JAX and SciPy: `python -m tests.scipy.make_filter_references`.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.ndimage as jnd
import jax.scipy.signal as jsg
import numpy as np
import scipy

from tests.scipy.filter_calls import CALLS

jax.config.update("jax_enable_x64", True)


def interpolate(x: Any, c: Any, mode: str) -> Any:
    return jnd.map_coordinates(x, list(c), 1, mode)


def bspline(t: Any) -> Any:
    t = jnp.abs(t)
    return jnp.where(t < 1, 2 / 3 - t**2 + t**3 / 2, jnp.where(t < 2, (2 - t) ** 3 / 6, 0))


def cubic_weights(c: Any, n: int) -> Any:
    """Return the weights of n coefficients at the points c, mirrored at the ends: (points, n)."""
    places = np.arange(-4, n + 4)
    source = np.abs(places)
    source = np.where(source > n - 1, 2 * (n - 1) - source, source)
    return bspline(c[:, None] - places) @ np.eye(n)[source]


def cubic(x: Any, c: Any) -> Any:
    rows, columns = (jnp.linalg.inv(cubic_weights(jnp.arange(n, dtype=float), n)) for n in x.shape)
    coefficients = rows @ x @ columns.T
    return jnp.sum((cubic_weights(c[0], x.shape[0]) @ coefficients) * cubic_weights(c[1], x.shape[1]), axis=1)


def grid(shape: Any) -> Any:
    return jnp.stack(jnp.meshgrid(*(jnp.arange(float(n)) for n in shape), indexing="ij"))


def affine(x: Any, m: Any, b: Any, mode: str, shape: Any = None) -> Any:
    return interpolate(x, jnp.tensordot(m, grid(shape or x.shape), 1) + b[:, None, None], mode)


def rotate(x: Any, a: Any) -> Any:
    t = jnp.deg2rad(40 * a)
    m = jnp.array([[jnp.cos(t), jnp.sin(t)], [-jnp.sin(t), jnp.cos(t)]])
    center = (jnp.array(x.shape) - 1) / 2
    return affine(x, m, center - m @ center, "nearest")


def windows(x: Any, shape: Any, mode: str, before: Any = None) -> Any:
    """Return the shifted images under a window: (taps, *x.shape)."""
    before = [k // 2 for k in shape] if before is None else before
    padded = jnp.pad(x, [(b, k - 1 - b) for b, k in zip(before, shape, strict=True)], mode)
    return jnp.stack(
        [
            padded[tuple(slice(i, i + n) for i, n in zip(tap, x.shape, strict=True))]
            for tap in product(*map(range, shape))
        ]
    )


def correlate(x: Any, w: Any, mode: str = "symmetric", before: Any = None) -> Any:
    return jnp.tensordot(w.ravel(), windows(x, w.shape, mode, before), 1)


def gaussian(x: Any, s: Any) -> Any:
    n = jnp.arange(-2.0, 3)

    def bell(n: Any) -> Any:
        return jnp.exp(-(n**2) / (2 * s**2)) / jnp.sum(jnp.exp(-(jnp.arange(-2.0, 3) ** 2) / (2 * s**2)))

    slope = jax.vmap(jax.grad(bell))(n)[::-1]
    return correlate(correlate(x, bell(n)[:, None]), slope[None])


def lfilter(b: Any, a: Any, x: Any, zi: Any) -> Any:
    n = max(len(b), len(a)) - 1
    b, a = (jnp.pad(v / a[0], (0, n + 1 - len(v))) for v in (b, a))
    out = []
    for value in x:
        y = b[0] * value + zi[0]
        zi = jnp.append(zi[1:], 0.0) + b[1:] * value - a[1:] * y
        out.append(y)
    return jnp.stack(out), zi


def sosfilt(b: Any, a: Any, x: Any) -> Any:
    for i in range(2):
        x = lfilter(b[i], jnp.append(1.0, a[i] / 2), x, jnp.zeros(2))[0]
    return x


def filtfilt(b: Any, a: Any, x: Any) -> Any:
    x = jnp.concatenate([2 * x[0] - x[4:0:-1], x, 2 * x[-1] - x[-2:-6:-1]])
    state = (b[1] / a[0] - a[1] * b[0] / a[0] ** 2) / (1 + a[1] / a[0])
    for _ in range(2):
        x = lfilter(b, a, x, jnp.array([state * x[0]]))[0][::-1]
    return x[4:-4]


def upfirdn(h: Any, x: Any) -> Any:
    return jnp.convolve(jnp.zeros(11).at[::2].set(x), h)[::3]


def savgol(x: Any) -> Any:
    powers = np.vander(np.arange(5), 3)
    fit = powers @ np.linalg.pinv(powers)
    middle = jnp.stack([fit[2] @ x[i : i + 5] for i in range(len(x) - 4)])
    return jnp.concatenate([fit[:2] @ x[:5], middle, fit[3:] @ x[-5:]])


def wiener(x: Any) -> Any:
    w = windows(x, (3, 3), "constant")
    mean = jnp.mean(w, 0)
    variance = jnp.mean(w**2, 0) - mean**2
    return jnp.where(variance < 0.05, mean, mean + (x - mean) * (1 - 0.05 / variance))


def freqz(b: Any, a: Any) -> Any:
    z = jnp.exp(-1j * jnp.array([0.3, 1.1]))
    return jnp.polyval(b[::-1], z) / jnp.polyval(a[::-1], z)


def stack_states(b: Any, a: Any, x: Any, zi: Any) -> Any:
    return jnp.concatenate(lfilter(b, a + 0.5, x, zi))


JAX: dict[str, Any] = {
    **{
        f"map_coordinates {mode}": lambda x, c, theirs=theirs: interpolate(x, 9 * c - 3, theirs)
        for mode, theirs in zip(
            ("grid-constant", "nearest", "grid-wrap", "mirror", "reflect"),
            ("constant", "nearest", "wrap", "mirror", "reflect"),
            strict=True,
        )
    },
    "map_coordinates cubic": lambda x, c: cubic(x, 3 * c),
    "affine_transform": lambda x, m, b: affine(x, m, b, "reflect"),
    "shift": lambda x, s: affine(x, jnp.eye(2), -s, "nearest"),
    "zoom": lambda x: affine(x, jnp.diag(jnp.array([3 / 5, 4 / 7])), jnp.zeros(2), "nearest", (6, 8)),
    "rotate": rotate,
    "spline_filter1d": lambda x: jnp.linalg.inv(cubic_weights(jnp.arange(4.0), 4)) @ x,
    "ndimage_correlate": lambda x, w: correlate(x, w, "reflect", (0, 2)),
    "convolve1d": lambda x, w: correlate(x, w[::-1, None], "wrap", (1, 0)),
    "gaussian_filter": lambda x, s: gaussian(x, s + 0.5),
    "uniform_filter": lambda x: jnp.mean(windows(x, (2, 3), "edge"), 0),
    "sobel": lambda x: correlate(x, jnp.outer(jnp.array([-1.0, 0, 1]), jnp.array([1.0, 2, 1]))),
    "laplace": lambda x: correlate(x, jnp.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])),
    "maximum_filter": lambda x: jnp.max(windows(x, (3, 3), "symmetric"), 0),
    "median_filter": lambda x: jnp.median(windows(x, (3, 3), "symmetric"), 0),
    "convolve": lambda x, w: jsg.convolve(x, w, "same"),
    "correlate (signal)": lambda x, w: jsg.correlate(x, w, "valid"),
    "fftconvolve": jsg.fftconvolve,
    "convolve2d": lambda x, w: jsg.convolve2d(x, w, "same"),
    "correlate2d": lambda x, w: jsg.correlate2d(x, w, "same"),
    "upfirdn": upfirdn,
    "lfilter": stack_states,
    "sosfilt": sosfilt,
    "filtfilt": lambda b, a, x: filtfilt(b, a + 0.5, x),
    "detrend": jsg.detrend,
    "hilbert": lambda x: jnp.fft.ifft(jnp.fft.fft(x) * jnp.array([1.0, 2, 2, 2, 0, 0, 0])),
    "welch": lambda x: jsg.welch(x, nperseg=5)[1],
    "csd": lambda x, y: jsg.csd(x, y, nperseg=4)[1],
    "stft": lambda x: jsg.stft(x, nperseg=4)[2],
    "istft": lambda z: jsg.istft(z)[1],
    "resample": lambda x: jnp.fft.irfft(jnp.fft.rfft(x) * jnp.array([1.0, 1, 1, 0.5]) * (8 / 6), 8),
    "savgol_filter": savgol,
    "wiener": wiener,
    "freqz": lambda b, a: freqz(b, a + 0.5),
}


def write(file: str, calls: dict[str, Any], functions: dict[str, Any]) -> None:
    """Write a file: for each call the inputs, weights of the output, and gradients of the weighted sum."""
    stored = {}
    for seed, (name, (shapes, call)) in enumerate(calls.items()):
        rng = np.random.default_rng(seed)
        inputs = [rng.uniform(size=shape) for shape in shapes]
        expected = np.asarray(call(scipy, *inputs))
        weights = rng.uniform(-1, 1, expected.shape), rng.uniform(-1, 1, expected.shape)
        got = functions[name](*map(jnp.asarray, inputs))
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12, err_msg=name)

        def loss(*xs: Any, name: str = name, weights: Any = weights) -> Any:
            y = functions[name](*xs)
            return jnp.sum(y.real * weights[0] + (y.imag * weights[1] if jnp.iscomplexobj(y) else 0))

        gradients = jax.grad(loss, tuple(range(len(inputs))))(*map(jnp.asarray, inputs))
        stored[name] = {
            "inputs": [x.tolist() for x in inputs],
            "weights": [w.tolist() for w in weights],
            "gradients": [np.asarray(g).tolist() for g in gradients],
        }
    Path(__file__).with_name(file).write_text(json.dumps(stored) + "\n")


if __name__ == "__main__":
    write("filters.json", CALLS, JAX)
