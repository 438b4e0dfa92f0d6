"""First and second derivatives through SciPy's own functions, against differences of its values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

import minigrad_core as mg

# Points inside the domain -> the functions of one argument that have it.
POINTS = {
    (-2.5, -0.3, 0.4, 1.7): ["erf", "erfc", "erfcx", "expit", "log_expit", "ndtr", "log_ndtr"],
    (-2.5, -0.3, 0.4, 6.0): ["i0", "i1", "i0e", "i1e", "j0", "j1"],
    (0.2, 0.9, 1.4, 7.0): ["gamma", "gammaln", "digamma", "entr"],
    (-0.9, -0.1, 0.5): ["erfinv"],
    (0.05, 0.5, 0.8): ["logit", "ndtri"],
    (0.3, 0.9, 2.4, 7.0): ["k0", "k1", "k0e", "k1e", "y0", "y1", "exp1", "expi"],
}
PAIRS = ["xlogy", "xlog1py", "rel_entr", "kl_div", "beta", "betaln"]


def differences(f: Callable[[Any], Any], x: Any) -> Any:
    """Return f'(x) by central differences of sixth order; the error is about 1e-10."""
    h = 2e-3
    weights = {1: 3 / 4, 2: -3 / 20, 3: 1 / 60}
    return sum(w * (f(x + k * h) - f(x - k * h)) for k, w in weights.items()) / h


@pytest.mark.parametrize(("points", "name"), [(x, name) for x, names in POINTS.items() for name in names])
def test_first_and_second_derivatives(points: tuple[float, ...], name: str) -> None:
    f = getattr(special, name)
    x = np.array(points)

    def slope(x: Any) -> Any:
        return mg.grad(lambda x: f(x).sum())(x)

    np.testing.assert_allclose(slope(x), differences(f, x), rtol=1e-6, atol=1e-8)
    curvature = mg.grad(lambda x: slope(x).sum())(x)
    np.testing.assert_allclose(curvature, differences(slope, x), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("argument", [0, 1])
def test_derivatives_of_functions_of_two_arguments(name: str, argument: int) -> None:
    f = getattr(special, name)
    values = [np.array([0.3, 1.2, 2.5]), np.array([[0.4], [1.9]])]

    def at(z: Any) -> Any:
        return f(z, values[1]) if argument == 0 else f(values[0], z)

    got = mg.grad(lambda z: at(z).sum())(values[argument])
    slopes = differences(at, np.broadcast_to(values[argument], (2, 3)))
    np.testing.assert_allclose(got, slopes.sum(axis=argument, keepdims=argument == 1), rtol=1e-6)


@pytest.mark.parametrize("name", ["gammainc", "gammaincc"])
@pytest.mark.parametrize("a", [0.5, 1.0, 3.0, np.array([[0.5], [4.0]])])
def test_derivatives_of_the_incomplete_gamma_functions(name: str, a: Any) -> None:
    x = np.array([0.2, 1.4, 7.0])

    def f(x: Any) -> Any:
        return getattr(special, name)(a, x)

    def slope(x: Any) -> Any:
        return mg.grad(lambda x: f(x).sum())(x)

    curvature = mg.grad(lambda x: slope(x).sum())(x)
    slopes = differences(f, x)
    np.testing.assert_allclose(slope(x), slopes.sum(axis=0) if np.ndim(a) else slopes, rtol=1e-6)
    np.testing.assert_allclose(curvature, differences(slope, x), rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "x"), [("betainc", [0.1, 0.6]), ("fdtr", [0.4, 2.5]), ("fdtrc", [0.4, 2.5])]
)
def test_derivatives_of_the_incomplete_beta_function(name: str, x: Any) -> None:
    def f(x: Any) -> Any:
        return getattr(special, name)(2.5, 3.0, x)

    def slope(x: Any) -> Any:
        return mg.grad(lambda x: f(x).sum())(x)

    x = np.array(x)
    np.testing.assert_allclose(slope(x), differences(f, x), rtol=1e-6)
    curvature = mg.grad(lambda x: slope(x).sum())(x)
    np.testing.assert_allclose(curvature, differences(slope, x), rtol=1e-6)


@pytest.mark.parametrize("name", ["erf", "erfc", "erfcx"])
def test_error_functions_of_complex_arguments_are_holomorphic(name: str) -> None:
    f = getattr(special, name)
    z = np.array([0.4 + 0.3j, -0.2 - 1.1j])
    slopes = mg.grad(lambda z: f(z).sum().real)(z)
    np.testing.assert_allclose(slopes, differences(f, z), rtol=1e-7)


def test_terms_that_are_absent_have_no_slope() -> None:
    y = np.array([0.0, 2.0])
    np.testing.assert_array_equal(mg.grad(lambda y: special.xlogy(np.zeros(2), y).sum())(y), [0.0, 0.0])


def test_a_number_beside_whole_numbers_is_not_rounded_to_one() -> None:
    x = mg.tensor(np.array([0, 1, 3], np.uint8))
    np.testing.assert_allclose(special.xlogy(x, 0.5).numpy(), np.log(0.5) * np.array([0, 1, 3]))
    np.testing.assert_allclose(special.beta(x, 1.5).numpy()[1:], special.beta([1, 3], 1.5))


def test_the_slope_of_log_ndtr_is_exact_far_to_the_left() -> None:
    x = np.array([-5.0, -40.0, -1e4])
    slope = mg.grad(lambda x: special.log_ndtr(x).sum())(x)
    # The asymptotic series of Mills' ratio, DLMF 7.12.1: -x (1 + 1/x^2 - 2/x^4 + 10/x^6 ...).
    np.testing.assert_allclose(slope[1:], (-x * (1 + x**-2 - 2 * x**-4 + 10 * x**-6))[1:], rtol=1e-10)
    np.testing.assert_allclose(slope[0], np.exp(-12.5) / np.sqrt(2 * np.pi) / special.ndtr(-5.0), rtol=1e-12)
