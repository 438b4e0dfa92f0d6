"""Solvers under SciPy's names: their derivatives agree with difference quotients, or are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.optimize

import minigrad_core as mg
from minigrad_core.errors import ArgumentError, DifferentiabilityError, InputError
from minigrad_scipy import optimize
from tests.differences import difference

T = np.array([0.5, 1.0, 1.5, 2.0])
DATA = np.array([2.0, 1.4, 1.1, 0.6])
EXACT = {"xtol": 1e-13, "ftol": 1e-13, "gtol": 1e-13}


def cubic(x: Any, p: Any) -> Any:
    return x**3 + p * x - 1


def slope(x: Any, p: Any) -> Any:
    return 3 * x * x + p


def pair(x: Any, p: Any) -> Any:
    return [x[0] ** 2 + x[1] - p, x[1] - x[0] * p]


def quartic(x: Any, p: Any) -> Any:
    return np.sum((x - p) ** 4 + p * x**2)


def valley(x: Any, p: Any) -> Any:
    return np.cosh(x - p) + p * x**2


def residuals(x: Any, p: Any) -> Any:
    return np.exp(-T * x[0]) * p + x[1] * T - np.array([1.2, 0.9, 0.5, 0.7])


def decay(t: Any, a: Any, b: Any) -> Any:
    return a * np.exp(-b * t)


def fit(p: Any, **options: Any) -> Any:
    return optimize.least_squares(residuals, [0.5, 0.1], args=(p,), **EXACT, **options)


def sigma(p: Any) -> Any:
    return np.stack([1.0, p, 2.0, 1.0])


BOX = [(0, 0.3), (None, None)]
SOLUTIONS: dict[str, Callable[[Any], Any]] = {
    "brentq": lambda p: optimize.brentq(cubic, 0.0, 2.0, args=(p,)),
    "brenth": lambda p: optimize.brenth(cubic, 0.0, 2.0, args=p),
    "bisect": lambda p: optimize.bisect(cubic, 0.0, 2.0, (p,)),
    "ridder, full output": lambda p: optimize.ridder(cubic, 0.0, 2.0, args=(p,), full_output=True)[0],
    "toms748": lambda p: optimize.toms748(cubic, 0.0, 2.0, args=(p,)),
    "newton": lambda p: optimize.newton(cubic, 0.5, fprime=slope, args=(p,)),
    "newton, array": lambda p: np.sum(optimize.newton(cubic, np.array([0.5, 0.6]), args=(p,))),
    "newton, report": lambda p: optimize.newton(cubic, 0.5, args=(p,), full_output=True)[1].root,
    "newton, report of arrays": lambda p: np.sum(
        optimize.newton(cubic, np.array([0.5, 0.6]), args=(p,), full_output=True).root
    ),
    "newton, closure": lambda p: optimize.newton(lambda x: cubic(x, p), 0.5),
    "root_scalar": lambda p: optimize.root_scalar(cubic, args=(p,), bracket=(0, 2)).root,
    "root_scalar, closure": lambda p: optimize.root_scalar(lambda x: cubic(x, p), bracket=(0, 2)).root,
    "root_scalar, fprime=True": lambda p: (
        optimize.root_scalar(lambda x, p: (cubic(x, p), slope(x, p)), x0=0.5, fprime=True, args=(p,)).root
    ),
    "root": lambda p: optimize.root(pair, [1.0, 1.0], args=(p,)).x[0],
    "root, closure": lambda p: optimize.root(lambda x: pair(x, p), [1.0, 1.0]).x[0],
    "root, start": lambda p: optimize.root(pair, np.stack([p, p]), args=(p,)).x[0],
    "fsolve": lambda p: optimize.fsolve(pair, [1.0, 1.0], args=(p,))[0],
    "fsolve, closure": lambda p: optimize.fsolve(lambda x: pair(x, p), [1.0, 1.0])[0],
    "fixed_point": lambda p: optimize.fixed_point(lambda x, p: np.exp(-p * x), 0.7, args=(p,)),
    "fixed_point, array": lambda p: optimize.fixed_point(lambda x: np.exp(-p * x), [0.7, 0.8])[1],
    "minimize": lambda p: optimize.minimize(quartic, np.zeros(2), args=(p,), tol=1e-9).x[0],
    "minimize, closure": lambda p: optimize.minimize(lambda x: quartic(x, p), np.zeros(2), tol=1e-9).x[0],
    "minimize, value": lambda p: optimize.minimize(quartic, np.zeros(2), args=(p,), tol=1e-9).fun,
    "minimize, jac": lambda p: optimize.minimize(
        quartic, np.zeros(2), args=(p,), jac=mg.grad(quartic), tol=1e-9
    ).x[0],
    "minimize, jac=True": lambda p: optimize.minimize(
        mg.value_and_grad(quartic), np.zeros(2), args=(p,), jac=True, tol=1e-9
    ).x[0],
    "minimize, bounds": lambda p: np.sum(
        optimize.minimize(quartic, np.zeros(2), args=(p,), bounds=BOX, tol=1e-10).x
    ),
    "fmin_bfgs": lambda p: optimize.fmin_bfgs(quartic, np.zeros(2), args=(p,), gtol=1e-8, disp=0)[0],
    "fmin_bfgs, value": lambda p: optimize.fmin_bfgs(
        quartic, np.zeros(2), args=(p,), gtol=1e-8, disp=0, full_output=True
    )[1],
    "minimize_scalar": lambda p: optimize.minimize_scalar(valley, args=(p,)).x,
    "minimize_scalar, bounds": lambda p: (
        optimize.minimize_scalar(valley, bounds=(-1, 3), args=(p,), options={"xatol": 1e-9}).x
    ),
    "fminbound": lambda p: optimize.fminbound(valley, -1, 3, args=(p,), xtol=1e-9),
    "brent": lambda p: optimize.brent(valley, args=(p,)),
    "brent, value": lambda p: optimize.brent(valley, args=(p,), full_output=True)[1],
    "least_squares": lambda p: fit(p).x[0],
    "least_squares, soft_l1": lambda p: fit(p, loss="soft_l1", f_scale=0.3).x[0],
    "least_squares, huber": lambda p: fit(p, loss="huber", f_scale=0.1).x[0],
    "least_squares, cauchy": lambda p: fit(p, loss="cauchy", f_scale=0.3).x[0],
    "least_squares, arctan": lambda p: fit(p, loss="arctan", f_scale=0.3).x[0],
    "least_squares, cost": lambda p: fit(p).cost,
    "least_squares, bounds": lambda p: fit(p, bounds=([0.47, -9], [9, 9])).x[1],
    "leastsq": lambda p: optimize.leastsq(residuals, [0.5, 0.1], args=(p,), xtol=1e-12, ftol=1e-12)[0][0],
    "leastsq, residuals": lambda p: np.sum(
        optimize.leastsq(residuals, [0.5, 0.1], args=(p,), xtol=1e-12, ftol=1e-12, full_output=True)[2][
            "fvec"
        ]
    ),
    "curve_fit": lambda p: np.sum(optimize.curve_fit(decay, T * p, DATA * p, **EXACT)[0]),
    "curve_fit, sigma": lambda p: optimize.curve_fit(decay, T, DATA, sigma=sigma(p), **EXACT)[0][1],
    "curve_fit, covariance": lambda p: np.sum(optimize.curve_fit(decay, T, DATA * p, **EXACT)[1]),
    "curve_fit, bounds": lambda p: optimize.curve_fit(decay, T, DATA * p, bounds=([0, 0], [2.4, 9]), **EXACT)[
        0
    ][1],
    "curve_fit, closure": lambda p: optimize.curve_fit(lambda t, a, b: decay(t, a, b) * p, T, DATA, **EXACT)[
        0
    ][0],
    "nnls": lambda p: np.sum(optimize.nnls(np.array([[1.0, 0.5], [0.2, 1], [0.5, 0.7]]), DATA[:3] * p)[0]),
}


@pytest.mark.parametrize("name", SOLUTIONS)
def test_derivatives_of_solutions_agree_with_differences(name: str) -> None:
    gradient = mg.grad(SOLUTIONS[name])
    assert gradient(1.3) == pytest.approx(difference(SOLUTIONS[name], 1.3, 1e-2), rel=1e-4, abs=1e-6)
    assert mg.grad(gradient)(1.3) == pytest.approx(difference(gradient, 1.3, 1e-2), rel=1e-3, abs=1e-5)


def test_results_have_scipys_values() -> None:
    p = mg.tensor(1.3, requires_grad=True)
    result, expected = (optimize.root(pair, [1.0, 1.0], args=(x,)) for x in (p, 1.3))
    np.testing.assert_array_equal(result.x.numpy(), expected.x)
    assert (result.success, result.nfev, result.message) == (True, expected.nfev, expected.message)
    fitted, covariance = optimize.curve_fit(decay, T, mg.tensor(DATA, requires_grad=True))
    values, matrix = scipy.optimize.curve_fit(decay, T, DATA)
    np.testing.assert_allclose(fitted.numpy(), values, rtol=1e-12)
    np.testing.assert_allclose(covariance.numpy(), matrix, rtol=1e-4)
    with pytest.warns(scipy.optimize.OptimizeWarning, match="Covariance"):
        covariance = optimize.curve_fit(decay, T[:2], mg.tensor(DATA[:2], requires_grad=True))[1]
    assert np.all(covariance.numpy() == np.inf)  # as many values as parameters


def test_tensors_without_a_gradient_keep_double_precision() -> None:
    start = mg.tensor(np.zeros(2))
    np.testing.assert_array_equal(
        optimize.minimize(quartic, start, args=(1.3,)).x.numpy(),
        optimize.minimize(quartic, np.zeros(2), args=(1.3,)).x,
    )
    fitted, covariance = optimize.curve_fit(decay, T, mg.tensor(DATA), sigma=0.3)
    values, matrix = scipy.optimize.curve_fit(decay, T, DATA, sigma=0.3)
    np.testing.assert_array_equal(fitted.numpy(), values)
    np.testing.assert_allclose(covariance.numpy(), matrix, rtol=1e-4)


def test_a_value_at_a_bound_is_constant() -> None:
    p = mg.tensor(1.3, requires_grad=True)
    x = optimize.minimize(quartic, np.zeros(2), args=(p,), bounds=BOX, tol=1e-10).x
    assert x.numpy()[0] == 0.3
    x[0].backward()
    assert p.grad == 0


def test_the_gradient_of_a_singular_solution_is_refused() -> None:
    with pytest.raises(np.linalg.LinAlgError, match="singular at the solution"):
        mg.grad(lambda p: optimize.root(lambda x: x**3 + 0 * p, [0.0]).x[0])(1.0)


@pytest.mark.parametrize(
    "f",
    [
        lambda p: optimize.minimize_scalar(valley, bounds=(2, 3), args=(p,)).x,
        lambda p: optimize.root(lambda x: x**2 + p, [1.0]).x[0],
        lambda p: optimize.minimize(quartic, np.zeros(2), args=(p,), options={"maxiter": 1}).x[0],
    ],
    ids=["at a bound", "no root", "too few iterations"],
)
def test_the_gradient_of_a_point_that_is_no_solution_is_refused(f: Callable[[Any], Any]) -> None:
    with pytest.raises(DifferentiabilityError, match="not a solution, or lies at a bound"):
        mg.grad(f)(1.3)


def test_constraints_and_parameters_that_are_not_finite_are_refused() -> None:
    p = mg.tensor(1.3, requires_grad=True)
    with pytest.raises(ArgumentError, match="constraints"):
        optimize.minimize(quartic, np.zeros(2), args=(p,), constraints={"type": "eq", "fun": np.sum})
    with pytest.raises(ArgumentError, match=r"'bounds' has no derivative here; pass its values, t\.item"):
        optimize.minimize(quartic, np.zeros(2), args=(1.3,), bounds=[(0, p), (0, 1)])
    with pytest.raises(ArgumentError, match="'bounds' has no derivative here"):
        optimize.curve_fit(decay, T, DATA, bounds=(0, p))
    with pytest.raises(ArgumentError, match="'f_scale' has no derivative here"):
        optimize.least_squares(residuals, [0.5, 0.1], args=(1.3,), loss="huber", f_scale=p)
    with pytest.raises(ArgumentError, match="'loss' is not supported for tensors"):
        optimize.curve_fit(decay, T, DATA * p, method="trf", loss="huber")
    with pytest.raises(ArgumentError, match="'x2' has no derivative here"):
        optimize.fminbound(valley, 0.0, p, args=(1.3,))
    with pytest.raises(InputError, match="not finite"):
        optimize.brentq(cubic, 0.0, 2.0, args=(mg.tensor(np.inf, requires_grad=True),))


def test_minimize_takes_the_gradient_of_a_function_of_tensors() -> None:
    result = optimize.minimize(mg.value_and_grad(lambda x: np.sum((x - 2) ** 2)), np.zeros(3), jac=True)
    assert type(result.x) is np.ndarray
    np.testing.assert_allclose(result.x, 2)
