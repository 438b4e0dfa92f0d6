"""Write solvers.json: derivatives of functions of scipy.linalg, integrate and optimize, by mpmath with 50 digits.

Run this script with a Python that has mpmath: `python tests/scipy/make_solver_references.py`. Each program is a
function of a number t, through matrices that depend on t; the file has its first two derivatives at t = 0.
"""

# ruff: noqa: E501, E731 - one line for each function

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath as mp

mp.mp.dps = 50
MATRICES = {
    "a0": [[3.0, 0.5, -0.25], [0.75, 2.0, 0.5], [-0.5, 0.25, 1.25]],
    "a1": [[0.5, -1.0, 0.25], [1.0, 0.75, -0.5], [0.25, 1.5, -0.75]],
    "p0": [[2.0, 0.5, -0.25], [0.5, 3.0, 0.75], [-0.25, 0.75, 2.5]],
    "p1": [[0.5, 0.25, 1.0], [0.25, -0.5, 0.75], [1.0, 0.75, 0.25]],
    "w": [[1.0, -2.0, 0.5], [0.25, 1.5, 3.0], [-1.0, 0.75, 2.0]],
    "b": [[1.0], [-0.5], [2.0]],
}
A0, A1, P0, P1, W, B = (mp.matrix(MATRICES[k]) for k in ("a0", "a1", "p0", "p1", "w", "b"))
a: Any = lambda t: A0 + t * A1
p: Any = lambda t: P0 + t * P1


def dot(x: Any, w: Any = W) -> Any:
    """Return the sum of the products of two matrices, of the rows and columns that both have."""
    return mp.fsum(mp.re(x[i, j]) * w[i, j] for i in range(x.rows) for j in range(x.cols))


def kron_solve(left: Any, right: Any, q: Any) -> Any:
    """Return the solution y of left y + y right = q."""
    n = q.rows
    big = mp.zeros(n * n)
    for i in range(n):
        for j in range(n):
            for k in range(n):
                big[i * n + j, k * n + j] += left[i, k]
                big[i * n + j, i * n + k] += right[k, j]
    y = mp.lu_solve(big, mp.matrix([q[i, j] for i in range(n) for j in range(n)]))
    return mp.matrix(n, n) + mp.matrix([[y[i * n + j] for j in range(n)] for i in range(n)])


def discrete(a: Any, q: Any) -> Any:
    y = term = q
    for _ in range(400):
        term = a * term * a.T
        y = y + term
    return y


def lower_lu(x: Any) -> tuple[Any, Any]:
    """Return the factors of a matrix that needs no interchange."""
    n, left, u = x.rows, mp.eye(x.rows), x.copy()
    for i in range(n):
        for j in range(i + 1, n):
            left[j, i] = u[j, i] / u[i, i]
            for k in range(n):
                u[j, k] -= left[j, i] * u[i, k]
    return left, u


def qr(x: Any) -> tuple[Any, Any]:
    """Return the factors with the signs that LAPACK chooses for the matrices here."""
    r = mp.diag([-1, -1, 1]) * mp.cholesky(x.T * x).T
    return x * mp.inverse(r), r


def band(x: Any) -> Any:
    return mp.matrix([[x[i, j] if abs(i - j) <= 1 else 0 for j in range(3)] for i in range(3)])


def toeplitz(c: Any, r: Any) -> Any:
    return mp.matrix([[c[i - j] if i >= j else r[j - i] for j in range(3)] for i in range(3)])


def symmetric(x: Any) -> Any:
    """Return the matrix with the upper triangle of x."""
    return mp.matrix([[x[min(i, j), max(i, j)] for j in range(3)] for i in range(3)])


column: Any = lambda x, j=0: [x[i, j] for i in range(3)]
row: Any = lambda x, i=0: [x[i, j] for j in range(3)]
half: Any = lambda x, f: (f(x) + f(-x)) / 2
exp: Any = lambda x: mp.expm(x)
polar: Any = lambda x: x * mp.inverse(mp.sqrtm(x.T * x))
spectrum: Any = lambda x: mp.eigsy(x, eigvals_only=True)
generalized: Any = lambda x, y: spectrum(mp.inverse(mp.cholesky(y)) * x * mp.inverse(mp.cholesky(y)).T)
PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "cholesky": lambda t: dot(mp.cholesky(p(t)).T),
    "cho_solve": lambda t: dot(mp.lu_solve(p(t), B)),
    "solve": lambda t: dot(mp.lu_solve(a(t), B)),
    "solve_symmetric": lambda t: dot(mp.lu_solve(symmetric(a(t)), B)),
    "solve_triangular": lambda t: dot(mp.lu_solve(mp.matrix([[a(t)[i, j] if j >= i else 0 for j in range(3)] for i in range(3)]), B)),
    "solve_banded": lambda t: dot(mp.lu_solve(band(a(t)), B)),
    "solveh_banded": lambda t: dot(mp.lu_solve(band(p(t)), B)),
    "solve_toeplitz": lambda t: dot(mp.lu_solve(toeplitz(column(a(t)), row(a(t))), B)),
    "solve_circulant": lambda t: dot(mp.lu_solve(mp.matrix([[column(a(t))[(i - j) % 3] for j in range(3)] for i in range(3)]), B)),
    "matmul_toeplitz": lambda t: dot(toeplitz(column(a(t)), row(a(t))) * B),
    "inv": lambda t: dot(mp.inverse(a(t))),
    "det": lambda t: mp.det(a(t)),
    "lu": lambda t: dot(lower_lu(a(t))[0]) + dot(lower_lu(a(t))[1]),
    "qr": lambda t: dot(qr(a(t))[0]) + dot(qr(a(t))[1]),
    "pinv": lambda t: dot((lambda x: mp.inverse(x.T * x) * x.T)(a(t)[:, :2])),
    "lstsq": lambda t: dot((lambda x: mp.inverse(x.T * x) * x.T)(a(t)[:, :2]) * B),
    "polar": lambda t: dot(polar(a(t))),
    "eigh": lambda t: mp.fsum(w * x for w, x in zip(row(W), spectrum(p(t)), strict=True)),
    "eigh_generalized": lambda t: mp.fsum(w * x for w, x in zip(row(W), generalized(symmetric(a(t)), p(t)), strict=True)),
    "eigvals": lambda t: mp.fsum(mp.re(x) ** 3 for x in mp.eig(a(t), left=False, right=False)),
    "svdvals": lambda t: mp.fsum(w * mp.sqrt(x) for w, x in zip(row(W)[::-1], spectrum(a(t).T * a(t)), strict=True)),
    "norm": lambda t: mp.sqrt(mp.fsum(x**2 for x in a(t))),
    "expm": lambda t: dot(exp(a(t))),
    "expm_frechet": lambda t: dot(mp.matrix([[mp.diff(lambda s, i=i, j=j: exp(a(t) + s * P1)[i, j], 0) for j in range(3)] for i in range(3)])),
    "logm": lambda t: dot(mp.logm(a(t))),
    "sqrtm": lambda t: dot(mp.sqrtm(a(t))),
    "signm": lambda t: dot((lambda x: x * mp.inverse(mp.sqrtm(x * x)))(a(t) - 2 * mp.eye(3))),
    "cosm": lambda t: dot(mp.cosm(a(t))),
    "sinm": lambda t: dot(mp.sinm(a(t))),
    "tanm": lambda t: dot(mp.inverse(mp.cosm(a(t))) * mp.sinm(a(t))),
    "coshm": lambda t: dot(half(a(t), exp)),
    "sinhm": lambda t: dot(half(a(t), exp) - exp(-a(t))),
    "tanhm": lambda t: dot(mp.inverse(half(a(t), exp)) * (half(a(t), exp) - exp(-a(t)))),
    "fractional_matrix_power": lambda t: dot(exp((t + mp.mpf("0.3")) * mp.logm(a(t)))),
    "solve_sylvester": lambda t: dot(kron_solve(a(t), p(t), W)),
    "solve_continuous_lyapunov": lambda t: dot(kron_solve(a(t), a(t).T, W)),
    "solve_discrete_lyapunov": lambda t: dot(discrete(a(t) / 5, W)),
    "quad": lambda t: mp.quad(lambda x: mp.exp(-(1 + t) * x * x), [t, 2]),
    "root": lambda t: mp.findroot(lambda x: x**3 + (1 + t) * x - 1, 0.7),
    "fixed_point": lambda t: mp.findroot(lambda x: mp.exp(-(1 + t) * x) - x, 0.6),
    "minimize": lambda t: mp.findroot(lambda x: mp.sinh(x - 1 - t) + 2 * (1 + t) * x, 0.3),
    "least_squares": lambda t: mp.findroot(lambda x: mp.fsum((mp.exp(-s * x) - d) * -s * mp.exp(-s * x) for s, d in ((0.5, 0.8 + t), (1.0, 0.5), (2.0, 0.3))), 0.6),
    "minimize_scalar": lambda t: mp.findroot(lambda x: mp.sinh(x - 1 - t) + 2 * (1 + t) * x, 0.3),
    "root_scalar": lambda t: mp.findroot(lambda x: x**3 + (1 + t) * x - 1, 0.7),
    "quad_vec": lambda t: mp.quad(lambda x: mp.exp(-(1 + t) * x * x) * (1 + x), [0, 2]),
    "simpson": lambda t: mp.fsum(w * mp.exp((1 + t) * x) for w, x in zip((1, 4, 2, 4, 1), (0, 0.25, 0.5, 0.75, 1), strict=True)) / 12,
    # y' = -(1 + t) y^2 + s has no elementary solution; the decay of y' = -(1 + t) y^2 has.
    "solve_ivp": lambda t: 1 / (1 / mp.mpf(2) + (1 + t) * mp.mpf("1.5")),
}  # fmt: skip


def main() -> None:
    derivatives = {name: [float(mp.diff(f, 0, n)) for n in (1, 2)] for name, f in PROGRAMS.items()}
    text = json.dumps({"matrices": MATRICES, "derivatives": derivatives}, indent=1)
    Path(__file__).with_name("solvers.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
