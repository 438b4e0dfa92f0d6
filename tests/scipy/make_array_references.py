"""Write arrays.json: gradients of the calls in array_calls.py, of the same functions written in JAX.

Run this script with a Python that has JAX and SciPy: `python -m tests.scipy.make_array_references`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import jax.numpy as jnp
import jax.scipy.linalg as jsl
import numpy as np
from jax.scipy import fft
from jax.scipy.interpolate import RegularGridInterpolator

from tests.scipy.array_calls import CALLS, GRID, KNOTS, positive
from tests.scipy.array_filters import NDIMAGE, SIGNAL
from tests.scipy.make_filter_references import correlate, write

I3 = np.eye(3)

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


def norm(x: Any) -> Any:
    return jnp.linalg.norm(x, axis=-1, keepdims=True)


def jensenshannon(x: Any, y: Any) -> Any:
    x, y = (x / x.sum(-1, keepdims=True))[:, None], y / y.sum(-1, keepdims=True)
    m = (x + y) / 2
    return jnp.sqrt(jnp.sum(x * jnp.log(x / m) + y * jnp.log(y / m), -1) / 2)


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
    "spsolve": solve,
    "dct ortho": lambda x: fft.dct(x, norm="ortho"),
    "dctn ortho": lambda x: fft.dctn(x, norm="ortho"),
    "idct ortho": lambda x: fft.idct(x, norm="ortho"),
    "idctn ortho": lambda x: fft.idctn(x, norm="ortho"),
    "cdist euclidean": lambda x, y: jnp.linalg.norm(x[:, None] - y, axis=-1),
    "cdist cosine": lambda x, y: 1 - (x / norm(x)) @ (y / norm(y)).T,
    "cdist jensenshannon": jensenshannon,
    "cdist canberra": lambda x, y: jnp.sum(jnp.abs(x[:, None] - y) / (x[:, None] + y), -1),
    "grid linear": lambda values, xi: RegularGridInterpolator(list(map(jnp.array, GRID)), values)(xi),
}

if __name__ == "__main__":
    write("arrays.json", CALLS, {**LINALG, **NDIMAGE, **SIGNAL, **OTHERS})
