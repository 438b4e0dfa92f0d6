"""First and second derivatives of scipy.linalg, integrate and optimize equal those of mpmath.

`make_solver_references.py` has the same programs in mpmath, and wrote solvers.json.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_scipy import integrate, linalg, optimize

STORED = json.loads(Path(__file__).with_name("solvers.json").read_text())
A0, A1, P0, P1, W, B = (np.array(STORED["matrices"][k]) for k in ("a0", "a1", "p0", "p1", "w", "b"))
C, X = B[:, 0], W[:, 0]  # a right-hand side, and weights of a solution
TIGHT: dict[str, Any] = {"xtol": 1e-14, "ftol": 1e-14, "gtol": 1e-14}


def a(t: Any) -> Any:
    return A0 + t * A1


def p(t: Any) -> Any:
    return P0 + t * P1


def dot(x: Any, w: Any = W) -> Any:
    """Return the sum of the products, of the rows and columns that both have."""
    return np.sum(x * w[tuple(map(slice, x.shape))])


def band(x: Any) -> Any:
    zero = np.zeros(1)
    parts = [zero, np.diagonal(x, 1)], [np.diagonal(x)], [np.diagonal(x, -1), zero]
    return np.stack([np.concatenate(part) for part in parts])


def decay(s: Any, y: Any, k: Any) -> Any:
    return -k * y**2


def well(x: Any, k: Any) -> Any:
    return np.sum(np.cosh(x - k) + k * x**2)


def fit(x: Any, t: Any) -> Any:
    times, data = np.array([0.5, 1.0, 2.0]), np.array([0.8, 0.5, 0.3])
    return np.exp(-times * x) - data - t * np.array([1.0, 0, 0])


PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "cholesky": lambda t: dot(linalg.cholesky(p(t))),
    "cho_solve": lambda t: dot(linalg.cho_solve(linalg.cho_factor(p(t)), C), X),
    "solve": lambda t: dot(linalg.solve(a(t), C), X),
    "solve_symmetric": lambda t: dot(linalg.solve(a(t), C, assume_a="sym"), X),
    "solve_triangular": lambda t: dot(linalg.solve_triangular(a(t), C), X),
    "solve_banded": lambda t: dot(linalg.solve_banded((1, 1), band(a(t)), C), X),
    "solveh_banded": lambda t: dot(linalg.solveh_banded(band(p(t))[:2], C), X),
    "solve_toeplitz": lambda t: dot(linalg.solve_toeplitz((a(t)[:, 0], a(t)[0]), C), X),
    "solve_circulant": lambda t: dot(linalg.solve_circulant(a(t)[:, 0], C), X),
    "matmul_toeplitz": lambda t: dot(linalg.matmul_toeplitz((a(t)[:, 0], a(t)[0]), C), X),
    "inv": lambda t: dot(linalg.inv(a(t))),
    "det": lambda t: linalg.det(a(t)),
    "lu": lambda t: sum(map(dot, linalg.lu(a(t))[1:])),
    "qr": lambda t: sum(map(dot, linalg.qr(a(t)))),
    "pinv": lambda t: dot(linalg.pinv(a(t)[:, :2])),
    "lstsq": lambda t: dot(linalg.lstsq(a(t)[:, :2], C)[0], X),
    "polar": lambda t: dot(linalg.polar(a(t))[0]),
    "eigh": lambda t: dot(linalg.eigh(p(t))[0], W[0]),
    "eigh_generalized": lambda t: dot(linalg.eigh(a(t), p(t), lower=False)[0], W[0]),
    "eigvals": lambda t: np.sum(np.real(linalg.eigvals(a(t))) ** 3),
    "svdvals": lambda t: dot(linalg.svdvals(a(t)), W[0]),
    "norm": lambda t: linalg.norm(a(t)),
    "expm": lambda t: dot(linalg.expm(a(t))),
    "expm_frechet": lambda t: dot(linalg.expm_frechet(a(t), P1, compute_expm=False)),
    "logm": lambda t: dot(linalg.logm(a(t))),
    "sqrtm": lambda t: dot(linalg.sqrtm(a(t))),
    "signm": lambda t: dot(linalg.signm(a(t) - 2 * np.eye(3))),
    "cosm": lambda t: dot(linalg.cosm(a(t))),
    "sinm": lambda t: dot(linalg.sinm(a(t))),
    "tanm": lambda t: dot(linalg.tanm(a(t))),
    "coshm": lambda t: dot(linalg.coshm(a(t))),
    "sinhm": lambda t: dot(linalg.sinhm(a(t))),
    "tanhm": lambda t: dot(linalg.tanhm(a(t))),
    "fractional_matrix_power": lambda t: np.real(dot(linalg.fractional_matrix_power(a(t), t + 0.3))),
    "solve_sylvester": lambda t: dot(linalg.solve_sylvester(a(t), p(t), W)),
    "solve_continuous_lyapunov": lambda t: dot(linalg.solve_continuous_lyapunov(a(t), W)),
    "solve_discrete_lyapunov": lambda t: dot(linalg.solve_discrete_lyapunov(a(t) / 5, W)),
    "quad": lambda t: integrate.quad(lambda x, k: np.exp(-k * x * x), t, 2, args=(1 + t,))[0],
    "root": lambda t: optimize.root(lambda x, k: x**3 + k * x - 1, [0.7], args=(1 + t,), tol=1e-14).x[0],
    "fixed_point": lambda t: optimize.fixed_point(lambda x: np.exp(-(1 + t) * x), 0.6, xtol=1e-14),
    "minimize": lambda t: optimize.minimize(well, [0.3], args=(1 + t,), jac=mg.grad(well), tol=1e-12).x[0],
    "least_squares": lambda t: optimize.least_squares(fit, [0.6], args=(t,), **TIGHT).x[0],
    "minimize_scalar": lambda t: optimize.minimize_scalar(well, args=(1 + t,), tol=1e-12).x,
    "root_scalar": lambda t: optimize.root_scalar(
        lambda x, k: x**3 + k * x - 1, args=(1 + t,), bracket=(0, 1), xtol=1e-14
    ).root,
    "quad_vec": lambda t: np.sum(
        integrate.quad_vec(lambda x, k: np.exp(-k * x * x) * np.stack([1 + 0 * x, x]), 0, 2, args=(1 + t,))[0]
    ),
    "simpson": lambda t: integrate.simpson(np.exp((1 + t) * np.linspace(0, 1, 5)), dx=0.25),
    "solve_ivp": lambda t: integrate.solve_ivp(
        decay, (0, 1.5), [2.0], t_eval=[1.5], args=(1 + t,), rtol=1e-9, atol=1e-10
    ).y[0, 0],
}  # fmt: skip
# Of solutions to a tolerance that SciPy's function does not reach.
LOOSE = {"minimize": 1e-6, "minimize_scalar": 1e-6, "least_squares": 1e-5, "solve_ivp": 1e-7, "quad": 1e-8}


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives_equal_those_of_mpmath(name: str) -> None:
    gradient = mg.grad(PROGRAMS[name])
    first, second = STORED["derivatives"][name]
    assert gradient(0.0) == pytest.approx(first, rel=LOOSE.get(name, 1e-10))
    assert mg.grad(gradient)(0.0) == pytest.approx(second, rel=LOOSE.get(name, 1e-9))


def test_every_stored_derivative_has_a_program() -> None:
    assert PROGRAMS.keys() == STORED["derivatives"].keys()
