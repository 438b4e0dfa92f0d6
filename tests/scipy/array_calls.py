"""Calls of functions of arrays; arrays.json has their inputs, and their gradients by JAX.

The name of a call begins with the name of the operation. Inputs are in (0, 1); "sp" is the package.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

POINTS = np.array([0.3, 1.1])
GRID = ([0.0, 0.4, 1.0], [-1.0, 0.0, 0.7, 2.0])
KNOTS = np.array([0.0, 0.4, 1.0, 1.3, 2.0])
LABELS = np.array([[0, 1, 1, 2], [2, 2, 1, 0], [1, 2, 0, 2]])
STRUCTURE = np.array([[0.1, 0.3, 0.2], [0.0, 0.4, 0.1]])


def positive(x: Any) -> Any:
    """Return a symmetric matrix whose diagonal dominates."""
    return x + x.T + 6 * np.eye(3)


def make_sparse(sp: Any, a: Any) -> Any:
    """Return a dense array, whose elements become values of a sparse one."""
    return sp.sparse.csr_array((a.ravel(), np.indices((3, 3)).reshape(2, -1)))


def solve(sp: Any, method: str, a: Any, b: Any) -> Any:
    """Return the solution of a dense system, as a sparse one, by an iteration."""
    return getattr(sp.sparse.linalg, method)(make_sparse(sp, a), b, rtol=1e-14)[0]


def exponentiate(w: Any, v: Any) -> Any:
    """Return the exponential of the matrix with these eigenvalues and eigenvectors."""
    return np.real((v * np.exp(w)) @ np.linalg.inv(v))


def make_sections(b: Any, a: Any) -> Any:
    """Return two sections from (2, 3) and (2, 2)."""
    return np.concatenate([b, np.ones((2, 1)), a / 2], axis=1)


Call = tuple[tuple[tuple[int, ...], ...], Callable[..., Any]]
LINALG: dict[str, Call] = {
    "block_diag": (((2, 3), (1, 2)), lambda sp, x, y: sp.linalg.block_diag(x, y)),
    "cho_solve_banded": (
        ((3,), (2,), (3,)),
        lambda sp, d, e, b: sp.linalg.cho_solve_banded(
            (np.stack([d + 1, np.concatenate([e, [0.0]])]), True), b
        ),
    ),
    "circulant": (((4,),), lambda sp, c: sp.linalg.circulant(c)),
    "companion": (((4,),), lambda sp, a: sp.linalg.companion(a + 0.5)),
    "convolution_matrix": (((3,),), lambda sp, a: sp.linalg.convolution_matrix(a, 4, "same")),
    "eigh_tridiagonal": (
        ((4,), (3,)),
        lambda sp, d, e: (lambda w, v: np.stack([w, *v**2]))(*sp.linalg.eigh_tridiagonal(d, e)),
    ),
    "eigvalsh": (((3, 3),), lambda sp, x: sp.linalg.eigvalsh(x)),
    "eigvalsh_tridiagonal": (((4,), (3,)), lambda sp, d, e: sp.linalg.eigvalsh_tridiagonal(d, e)),
    "fiedler": (((4,),), lambda sp, a: sp.linalg.fiedler(a)),
    "hankel": (((3,), (4,)), lambda sp, c, r: sp.linalg.hankel(c, r)),
    "khatri_rao": (((2, 3), (4, 3)), lambda sp, x, y: sp.linalg.khatri_rao(x, y)),
    "leslie": (((4,), (3,)), lambda sp, f, s: sp.linalg.leslie(f, s)),
    "lu_factor": (((3, 3),), lambda sp, x: sp.linalg.lu_factor(x + 3 * np.eye(3))[0]),
    "lu_solve": (
        ((3, 3), (3,)),
        lambda sp, x, b: sp.linalg.lu_solve(sp.linalg.lu_factor(x + 3 * np.eye(3)), b),
    ),
    "orthogonal_procrustes": (
        ((4, 3), (4, 3)),
        lambda sp, x, y: (lambda r, scale: r * scale)(*sp.linalg.orthogonal_procrustes(x, y)),
    ),
    "pinvh of rank 2": (((3, 2),), lambda sp, x: sp.linalg.pinvh(x @ x.T, rtol=1e-10)),
    "toeplitz": (((3,), (4,)), lambda sp, c, r: sp.linalg.toeplitz(c, r)),
}
NDIMAGE: dict[str, Call] = {
    "fourier_ellipsoid": (((4, 5),), lambda sp, x: sp.ndimage.fourier_ellipsoid(x, (2.0, 1.5))),
    "fourier_gaussian": (((4, 5),), lambda sp, x: sp.ndimage.fourier_gaussian(x, (0.5, 0.8))),
    "fourier_shift": (((4, 5),), lambda sp, x: sp.ndimage.fourier_shift(x, (0.5, -0.8))),
    "fourier_uniform": (((4, 5),), lambda sp, x: sp.ndimage.fourier_uniform(x, (2.0, 1.5))),
    "gaussian_filter1d": (((3, 6), ()), lambda sp, x, s: sp.ndimage.gaussian_filter1d(x, s + 0.5, radius=2)),
    "gaussian_gradient_magnitude": (
        ((5, 6), ()),
        lambda sp, x, s: sp.ndimage.gaussian_gradient_magnitude(x, s / 50 + 0.5),
    ),
    "gaussian_laplace": (((5, 6), ()), lambda sp, x, s: sp.ndimage.gaussian_laplace(x, s / 50 + 0.5)),
    **{
        name: (((5, 6),), lambda sp, x, name=name: getattr(sp.ndimage, name)(x, size=3))
        for name in (
            "black_tophat",
            "grey_closing",
            "grey_dilation",
            "grey_erosion",
            "grey_opening",
            "minimum_filter",
            "morphological_gradient",
            "morphological_laplace",
            "white_tophat",
        )
    },
    "grey_erosion structure": (((4, 5),), lambda sp, x: sp.ndimage.grey_erosion(x, structure=STRUCTURE)),
    **{
        name: (((3, 6),), lambda sp, x, name=name: getattr(sp.ndimage, name)(x, 3))
        for name in ("maximum_filter1d", "minimum_filter1d", "uniform_filter1d")
    },
    "percentile_filter": (((4, 5),), lambda sp, x: sp.ndimage.percentile_filter(x, 30, size=3)),
    "prewitt": (((4, 5),), lambda sp, x: sp.ndimage.prewitt(x, 0)),
    "rank_filter": (((4, 5),), lambda sp, x: sp.ndimage.rank_filter(x, 6, size=3)),
    "ndimage_convolve": (
        ((4, 5), (2, 3)),
        lambda sp, x, w: sp.ndimage.convolve(x, w, mode="nearest"),
    ),
    "ndimage_spline_filter": (((4, 5),), lambda sp, x: sp.ndimage.spline_filter(x)),
    **{
        operation: (
            ((3, 4),),
            lambda sp, x, name=name: getattr(sp.ndimage, name)(x, LABELS, [2, 1]),
        )
        for operation, name in (
            ("ndimage_mean", "mean"),
            ("ndimage_sum", "sum"),
            ("ndimage_variance", "variance"),
            ("sum_labels", "sum_labels"),
        )
    },
}
SIGNAL: dict[str, Call] = {
    "coherence": (((12,), (12,)), lambda sp, x, y: sp.signal.coherence(x, y, nperseg=4)[1]),
    "decimate": (((9,),), lambda sp, x: sp.signal.decimate(x, 2, 4, ftype="fir")),
    "deconvolve": (((7,), (3,)), lambda sp, s, d: np.concatenate(sp.signal.deconvolve(s, d + 0.5))),
    "freqs": (((3,), (2,)), lambda sp, b, a: sp.signal.freqs(b, a, POINTS)[1]),
    "freqz_sos": (((2, 3), (2, 2)), lambda sp, b, a: sp.signal.freqz_sos(make_sections(b, a), POINTS)[1]),
    "freqz_zpk": (((2,), (3,), ()), lambda sp, z, p, k: sp.signal.freqz_zpk(z, p / 2, k, POINTS)[1]),
    "hilbert2": (((4, 5),), lambda sp, x: sp.signal.hilbert2(x)),
    "lfilter_zi": (((3,), (3,)), lambda sp, b, a: sp.signal.lfilter_zi(b, a + 0.5)),
    "sosfilt_zi": (((2, 3), (2, 2)), lambda sp, b, a: sp.signal.sosfilt_zi(make_sections(b, a))),
    "sosfiltfilt": (
        ((2, 3), (2, 2), (9,)),
        lambda sp, b, a, x: sp.signal.sosfiltfilt(make_sections(b, a), x, padlen=4),
    ),
    "medfilt": (((7,),), lambda sp, x: sp.signal.medfilt(x, 3)),
    "medfilt2d": (((4, 5),), lambda sp, x: sp.signal.medfilt2d(x, 3)),
    "order_filter": (((4, 5),), lambda sp, x: sp.signal.order_filter(x, np.ones((3, 3)), 6)),
    "oaconvolve": (((9,), (3,)), lambda sp, x, y: sp.signal.oaconvolve(x, y)),
    "periodogram": (((7,),), lambda sp, x: sp.signal.periodogram(x)[1]),
    "spectrogram": (((12,),), lambda sp, x: sp.signal.spectrogram(x, nperseg=4)[2]),
    "resample_poly": (((7,),), lambda sp, x: sp.signal.resample_poly(x, 3, 2, window=STRUCTURE[0])),
    "windows_exponential": (((),), lambda sp, t: sp.signal.windows.exponential(5, tau=t + 0.5)),
    "windows_gaussian": (((),), lambda sp, s: sp.signal.windows.gaussian(5, s + 0.5)),
    "windows_general_cosine": (((3,),), lambda sp, a: sp.signal.windows.general_cosine(6, a, sym=False)),
    "windows_general_gaussian": (
        ((), ()),
        lambda sp, p, s: sp.signal.windows.general_gaussian(5, p + 0.5, s + 0.5),
    ),
    "windows_general_hamming": (((),), lambda sp, a: sp.signal.windows.general_hamming(5, a)),
    "windows_kaiser": (((),), lambda sp, b: sp.signal.windows.kaiser(5, 3 * b)),
}
OTHERS: dict[str, Call] = {
    **{
        name: (((3, 4),), lambda sp, x, name=name: getattr(sp.fft, name)(x))
        for name in ("dst", "dstn", "idst", "idstn")
    },
    "cumulative_simpson": (
        ((6,), (6,)),
        lambda sp, y, x: sp.integrate.cumulative_simpson(y, x=np.cumsum(x + 0.1)),
    ),
    "cumulative_trapezoid": (((3, 5), (5,)), lambda sp, y, x: sp.integrate.cumulative_trapezoid(y, x)),
    "romb": (((5,), ()), lambda sp, y, dx: sp.integrate.romb(y, dx)),
    "nnls": (
        ((5, 3), (3,), (5,)),
        lambda sp, a, x, r: (lambda x, norm: x * norm)(*sp.optimize.nnls(a, a @ (x + 0.5) + r / 9)),
    ),
    "pdist": (((4, 3),), lambda sp, x: sp.spatial.distance.pdist(x)),
    "squareform": (((6,),), lambda sp, x: sp.spatial.distance.squareform(x)),
    **{
        name: (((3, 3), (3,)), lambda sp, x, b, name=name: solve(sp, name, positive(x), b))
        for name in ("bicgstab", "cg", "gmres")
    },
    "PPoly": (((4, 4), (6,)), lambda sp, c, x: sp.interpolate.PPoly(c, KNOTS)(2 * x)),
    "CubicSpline": (
        ((5,), (6,)),
        lambda sp, y, x: sp.interpolate.CubicSpline(KNOTS, y, bc_type="natural")(2 * x),
    ),
    "PchipInterpolator": (((5,), (6,)), lambda sp, y, x: sp.interpolate.PchipInterpolator(KNOTS, y)(2 * x)),
    "Akima1DInterpolator": (
        ((5,), (6,)),
        lambda sp, y, x: sp.interpolate.Akima1DInterpolator(KNOTS, y)(2 * x),
    ),
    "BSpline": (
        ((5,), (6,)),
        lambda sp, c, x: sp.interpolate.BSpline(np.arange(-3.0, 6), c, 3)(2 * x),
    ),
    "make_interp_spline": (
        ((5,), (6,)),
        lambda sp, y, x: sp.interpolate.make_interp_spline(KNOTS, y, 3)(2 * x),
    ),
    "correlate1d": (((4, 5), (3,)), lambda sp, x, w: sp.ndimage.correlate1d(x, w, 0, mode="nearest")),
    "cho_factor": (((3, 3),), lambda sp, x: np.triu(sp.linalg.cho_factor(positive(x))[0])),
    "eig": (((3, 3),), lambda sp, x: exponentiate(*sp.linalg.eig(x))),
    "sparse_matmul": (
        ((4,), (3, 2)),
        lambda sp, x, b: sp.sparse.coo_array((x, ([0, 1, 1, 2], [2, 0, 1, 1])), shape=(3, 3)) @ b,
    ),
    "spsolve": (((3, 3), (3,)), lambda sp, x, b: sp.sparse.linalg.spsolve(make_sparse(sp, positive(x)), b)),
    **{
        f"{name} ortho": (((3, 4),), lambda sp, x, name=name: getattr(sp.fft, name)(x, norm="ortho"))
        for name in ("dct", "dctn", "idct", "idctn")
    },
    **{
        f"cdist {metric}": (
            ((4, 3), (5, 3)),
            lambda sp, x, y, metric=metric: sp.spatial.distance.cdist(x, y, metric),
        )
        for metric in ("euclidean", "cosine", "jensenshannon", "canberra")
    },
    "grid linear": (
        ((3, 4), (2, 2)),
        lambda sp, values, xi: sp.interpolate.RegularGridInterpolator(GRID, values)(xi),
    ),
}
CALLS: dict[str, Call] = {**LINALG, **NDIMAGE, **SIGNAL, **OTHERS}
