"""Write arrays.json: gradients of the calls in array_calls.py, of the same functions written in JAX.

Run this script with a Python that has JAX and SciPy: `python -m tests.scipy.make_array_references`.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jsl
import jax.scipy.signal as jsg
import numpy as np
from jax.scipy.special import i0
from scipy import signal, special

from tests.scipy.array_calls import CALLS, KNOTS, LABELS, POINTS, STRUCTURE, positive
from tests.scipy.make_filter_references import correlate, lfilter, windows, write

I3 = np.eye(3)
Z = np.exp(1j * POINTS)

# linalg


def lu_factor(x: Any) -> Any:
    """Return L and U in one matrix, which needs no interchange."""
    for i in range(3):
        x = x.at[i + 1 :, i].divide(x[i, i])
        x = x.at[i + 1 :, i + 1 :].add(-jnp.outer(x[i + 1 :, i], x[i, i + 1 :]))
    return x


def bidiagonal(d: Any, e: Any) -> Any:
    return jnp.diag(d) + jnp.diag(e, -1)


def tridiagonal(d: Any, e: Any) -> Any:
    return bidiagonal(d, e) + jnp.diag(e, 1)


def eigh_tridiagonal(d: Any, e: Any) -> Any:
    w, v = jnp.linalg.eigh(tridiagonal(d, e))
    return jnp.concatenate([w[None], v**2])


def orthogonal_procrustes(x: Any, y: Any) -> Any:
    """Return the polar factor of x^T y, times its nuclear norm."""
    m = x.T @ y
    w, v = jnp.linalg.eigh(m.T @ m)
    return m @ (v / jnp.sqrt(w)) @ v.T * jnp.sum(jnp.sqrt(w))


def pinvh(x: Any) -> Any:
    inverse = jnp.linalg.inv(x.T @ x)
    return x @ inverse @ inverse @ x.T


def take(v: Any, i: Any) -> Any:
    return jnp.asarray(v)[i]


ROW, COLUMN = np.indices((3, 4))
LINALG = {
    "block_diag": jsl.block_diag,
    "cho_solve_banded": lambda d, e, b: jnp.linalg.solve(bidiagonal(d + 1, e) @ bidiagonal(d + 1, e).T, b),
    "circulant": lambda c: take(c, np.subtract.outer(np.arange(4), np.arange(4)) % 4),
    "companion": lambda a: jnp.eye(3, k=-1).at[0].set(-(a[1:] + 0.5) / (a[0] + 0.5)),
    "convolution_matrix": lambda a: jnp.stack([jnp.convolve(row, a, "same") for row in np.eye(4)], 1),
    "eigh_tridiagonal": eigh_tridiagonal,
    "eigvalsh": lambda x: jnp.linalg.eigvalsh(jnp.tril(x) + jnp.tril(x, -1).T, symmetrize_input=False),
    "eigvalsh_tridiagonal": lambda d, e: jnp.linalg.eigvalsh(tridiagonal(d, e)),
    "fiedler": lambda a: jnp.abs(a[:, None] - a),
    "hankel": lambda c, r: take(jnp.concatenate([c, r[1:]]), ROW + COLUMN),
    "khatri_rao": lambda x, y: jnp.einsum("ik,jk->ijk", x, y).reshape(-1, 3),
    "leslie": lambda f, s: jnp.diag(s, -1).at[0].set(f),
    "lu_factor": lambda x: lu_factor(x + 3 * I3),
    "lu_solve": lambda x, b: jnp.linalg.solve(x + 3 * I3, b),
    "orthogonal_procrustes": orthogonal_procrustes,
    "pinvh of rank 2": pinvh,
    "toeplitz": lambda c, r: take(jnp.concatenate([c[::-1], r[1:]]), COLUMN - ROW + 2),
}

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

# fft, integrate, optimize, spatial, sparse, interpolate


def sines(n: int) -> Any:
    """Return the matrix of the DST-II: 2 sin(pi (k + 1) (2 j + 1) / (2 n))."""
    return 2 * np.sin(np.pi * np.outer(np.arange(1, n + 1), 2 * np.arange(n) + 1) / (2 * n))


def cumulative_simpson(y: Any, x: Any) -> Any:
    """Return the sums of the integrals of parabolas through three points."""
    steps = []
    for i in range(5):
        k = i if i % 2 == 0 and i < 4 else i - 1
        u = x[k : k + 3] - x[i]
        c = jnp.linalg.solve(jnp.stack([u * u, u, jnp.ones(3)], 1), y[k : k + 3])
        steps.append(jnp.polyval(jnp.polyint(c), x[i + 1] - x[i]))
    return jnp.cumsum(jnp.stack(steps))


def nnls(a: Any, x: Any, r: Any) -> Any:
    """Return the solution times the norm of the residual, where all elements are above 0."""
    b = a @ (x + 0.5) + r / 9
    x = jnp.linalg.solve(a.T @ a, a.T @ b)
    return x * jnp.sqrt(jnp.sum((a @ x - b) ** 2))


def pdist(x: Any) -> Any:
    i, j = np.triu_indices(4, 1)
    return jnp.sqrt(jnp.sum((x[i] - x[j]) ** 2, 1))


def squareform(x: Any) -> Any:
    m = jnp.zeros((4, 4)).at[np.triu_indices(4, 1)].set(x)
    return m + m.T


def solve(x: Any, b: Any) -> Any:
    return jnp.linalg.solve(positive(x), b)


def find_piece(x: Any) -> Any:
    return jnp.clip(jnp.searchsorted(KNOTS, x, side="right") - 1, 0, 3)


def ppoly(c: Any, x: Any) -> Any:
    i = find_piece(x)
    return jnp.polyval(c[:, i], x - jnp.asarray(KNOTS)[i])


H = np.diff(KNOTS)


def hermite(y: Any, d: Any, x: Any) -> Any:
    """Return the cubic polynomials of values y and slopes d at the knots."""
    i = find_piece(x)
    h = jnp.asarray(H)[i]
    t = (x - jnp.asarray(KNOTS)[i]) / h
    values = y[i] * (1 + 2 * t) * (1 - t) ** 2 + y[i + 1] * t**2 * (3 - 2 * t)
    return values + h * (d[i] * t * (1 - t) ** 2 - d[i + 1] * t**2 * (1 - t))


def natural(y: Any, x: Any) -> Any:
    m, r = jnp.diff(y) / H, 1 / H
    a = np.diag(2 * (np.append(r, 0) + np.append(0, r))) + np.diag(r, 1) + np.diag(r, -1)
    right = 3 * (jnp.append(m * r, 0) + jnp.append(0, m * r))
    return hermite(y, jnp.linalg.solve(a, right), x)


def pchip_end(h: Any, g: Any, m: Any, n: Any) -> Any:
    d = ((2 * h + g) * m - h * n) / (h + g)
    d = jnp.where(jnp.sign(d) == jnp.sign(m), d, 0)
    return jnp.where((jnp.sign(m) != jnp.sign(n)) & (jnp.abs(d) > 3 * jnp.abs(m)), 3 * m, d)


def pchip(y: Any, x: Any) -> Any:
    m = jnp.diff(y) / H
    v, w = 2 * H[1:] + H[:-1], H[1:] + 2 * H[:-1]
    inner = jnp.where(m[1:] * m[:-1] > 0, (v + w) / (v / m[:-1] + w / m[1:]), 0)
    ends = pchip_end(H[0], H[1], m[0], m[1]), pchip_end(H[-1], H[-2], m[-1], m[-2])
    return hermite(y, jnp.concatenate([ends[0][None], inner, ends[1][None]]), x)


def akima(y: Any, x: Any) -> Any:
    m = jnp.diff(y) / H
    left, right = 2 * m[0] - m[1], 2 * m[-1] - m[-2]
    m = jnp.concatenate([jnp.stack([2 * left - m[0], left]), m, jnp.stack([right, 2 * right - m[-1]])])
    step = jnp.abs(jnp.diff(m))
    return hermite(y, (step[2:] * m[1:-2] + step[:-2] * m[2:-1]) / (step[2:] + step[:-2]), x)


def bsplines(t: Any, x: Any) -> Any:
    """Return the cubic basis on the knots t, by the recursion of Cox and de Boor: (points, len(t) - 4)."""
    basis = jnp.stack([jnp.where((a <= x) & (x < b), 1.0, 0.0) for a, b in pairwise(t)])
    for k in (1, 2, 3):
        w = [(x - a) / (b - a) if b > a else 0 * x for a, b in zip(t, t[k:], strict=False)]
        basis = jnp.stack([w[i] * basis[i] + (1 - w[i + 1]) * basis[i + 1] for i in range(len(t) - k - 1)])
    return basis.T


def interpolating_spline(y: Any, x: Any) -> Any:
    t = np.concatenate([[0.0] * 4, [1.0], [2.0] * 4])
    at_knots = bsplines(t, KNOTS - 1e-300 * (KNOTS == 2)).at[-1].set(jnp.eye(5)[-1])
    return bsplines(t, x) @ jnp.linalg.solve(at_knots, y)


OTHERS = {
    "dst": lambda x: x @ sines(4).T,
    "dstn": lambda x: sines(3) @ x @ sines(4).T,
    "idst": lambda x: x @ np.linalg.inv(sines(4)).T,
    "idstn": lambda x: np.linalg.inv(sines(3)) @ x @ np.linalg.inv(sines(4)).T,
    "cumulative_simpson": lambda y, x: cumulative_simpson(y, jnp.cumsum(x + 0.1)),
    "cumulative_trapezoid": lambda y, x: jnp.cumsum((y[:, 1:] + y[:, :-1]) / 2 * jnp.diff(x), 1),
    "romb": lambda y, dx: dx * 2 / 45 * jnp.dot(jnp.array([7.0, 32, 12, 32, 7]), y),
    "nnls": nnls,
    "pdist": pdist,
    "squareform": squareform,
    "bicgstab": solve,
    "cg": solve,
    "gmres": solve,
    "PPoly": lambda c, x: ppoly(c, 2 * x),
    "CubicSpline": lambda y, x: natural(y, 2 * x),
    "PchipInterpolator": lambda y, x: pchip(y, 2 * x),
    "Akima1DInterpolator": lambda y, x: akima(y, 2 * x),
    "BSpline": lambda c, x: bsplines(np.arange(-3.0, 6), 2 * x) @ c,
    "make_interp_spline": lambda y, x: interpolating_spline(y, 2 * x),
    "correlate1d": lambda x, w: correlate(x, w[:, None], "edge"),
    "cho_factor": lambda x: jnp.linalg.cholesky(positive(x)).T,
    "eig": jsl.expm,
    "sparse_matmul": lambda x, b: jnp.zeros((3, 3)).at[[0, 1, 1, 2], [2, 0, 1, 1]].set(x) @ b,
}

if __name__ == "__main__":
    write("arrays.json", CALLS, {**LINALG, **NDIMAGE, **SIGNAL, **OTHERS})
