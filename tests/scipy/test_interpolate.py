"""Interpolants through the mirror of `scipy.interpolate`, with the values and differences of SciPy's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import scipy.interpolate
from scipy.sparse.linalg import spsolve

import minigrad_core as mg
from minigrad_core.errors import ArgumentError
from minigrad_scipy import interpolate
from tests.differences import take_differences

RNG = np.random.default_rng(0)
X = np.array([-1.0, -0.3, 0.2, 1.1, 1.9, 2.4, 3.0])
Y = RNG.normal(size=(7, 2))
POINTS = np.array([[-0.8, 0.25, 1.0], [1.5, 2.2, 2.9]])
OUTSIDE = np.array([-1.4, 3.3])
HESSE = (2, np.array([0.5, -1.0]))


def make(name: str, n: int = 7, **settings: Any) -> Callable[[Any, Any, Any], Any]:
    """Return an interpolant of the first n points as a function of a module, the points and values."""
    return lambda module, x, y: getattr(module, name)(x[:n], y[:n], **settings)


def make_spline(**settings: Any) -> Callable[[Any, Any], Any]:
    """Return the interpolating spline as a function of a module and the values."""
    return lambda module, y: module.make_interp_spline(X, y, **settings)


# Each interpolant as a function of a module, of the points and of the values.
INTERPOLANTS: dict[str, Callable[[Any, Any, Any], Any]] = {
    **{
        f"CubicSpline {i}": make("CubicSpline", bc_type=bc)
        for i, bc in enumerate(
            ["not-a-knot", "natural", "clamped", (HESSE, "not-a-knot"), ((1, 2 * Y[0]), HESSE)]
        )
    },
    "CubicSpline periodic": lambda m, x, y: m.CubicSpline(
        np.concatenate([x, x[-1:] + 1]), np.concatenate([y, y[:1]]), bc_type="periodic"
    ),
    "PchipInterpolator": make("PchipInterpolator"),
    "Akima1DInterpolator": make("Akima1DInterpolator", extrapolate=True),
    "makima": make("Akima1DInterpolator", method="makima", extrapolate=True),
    "CubicHermiteSpline": lambda m, x, y: m.CubicHermiteSpline(x, y, y[::-1] ** 2),
    **{
        f"{name} of {n}": make(name, n, extrapolate=True)
        for n in (2, 3)
        for name in ("CubicSpline", "PchipInterpolator", "Akima1DInterpolator")
    },
}
SPLINES: dict[str, Callable[[Any, Any], Any]] = {
    **{f"degree {k}": make_spline(k=k) for k in (1, 2, 3, 5)},
    "natural": make_spline(bc_type="natural"),
    "derivatives": make_spline(bc_type=([(1, 2 * Y[0])], [HESSE])),
    "BSpline": lambda m, y: m.BSpline(np.array([-1.0, -1, -1, -0.2, 0.9, 1.3, 1.3, 3, 3, 3]), y, 2),
    "axis": lambda m, y: m.make_interp_spline(X, y.T, axis=1),
}


def total(spline: Any, points: Any = POINTS) -> Any:
    """Return a number that depends on values, derivatives and integrals of a spline."""
    values = np.concatenate([spline(points), spline(points, 1), spline.derivative()(points)], axis=None)
    outside = spline(OUTSIDE, extrapolate=True)
    area = spline.integrate(-0.7, 2.1) + spline.antiderivative(2)(0.4)
    return np.sum(values * np.cos(np.arange(values.size))) + np.sum(outside**2) / 99 + np.sum(area)


@pytest.mark.parametrize("make", INTERPOLANTS.values(), ids=INTERPOLANTS)
def test_cubics_have_gradients_in_points_and_values(make: Any) -> None:
    np.testing.assert_allclose(
        total(make(interpolate, X, mg.tensor(Y))).item(), total(make(scipy.interpolate, X, Y)), rtol=1e-9
    )
    got = mg.grad(lambda x, y: total(make(interpolate, x, y)), (0, 1))(X, Y)
    in_x = take_differences(lambda x: total(make(scipy.interpolate, x, Y)), X)
    in_y = take_differences(lambda y: total(make(scipy.interpolate, X, y)), Y)
    np.testing.assert_allclose(got[0], in_x, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(got[1], in_y, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("make", SPLINES.values(), ids=SPLINES)
def test_b_splines_have_gradients_in_values(make: Any) -> None:
    def scipys(y: Any) -> Any:
        spline = make(scipy.interpolate, y)
        return total(scipy.interpolate.PPoly.from_spline(spline)) if y.ndim == 1 else total(spline)

    np.testing.assert_allclose(total(make(interpolate, mg.tensor(Y))).item(), scipys(Y), rtol=1e-9)
    got = mg.grad(lambda y: total(make(interpolate, y)))(Y)
    np.testing.assert_allclose(got, take_differences(scipys, Y), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    "name", ["CubicSpline", "PchipInterpolator", "Akima1DInterpolator", "make_interp_spline"]
)
def test_an_interpolant_of_arrays_is_scipys_and_takes_points_of_a_tensor(name: str) -> None:
    spline = getattr(interpolate, name)(X, Y)
    assert isinstance(spline, type(getattr(scipy.interpolate, name)(X, Y)))
    assert type(spline(POINTS)) is np.ndarray
    np.testing.assert_allclose(spline(mg.tensor(POINTS)).numpy(), spline(POINTS), rtol=1e-12)
    gradient = mg.grad(lambda points: spline(points).sum())(POINTS)
    np.testing.assert_allclose(gradient, spline(POINTS, 1).sum(axis=-1), rtol=1e-9, atol=1e-12)


def test_second_derivatives_in_points_and_values() -> None:
    def energy(y: Any, p: Any) -> Any:
        return np.sum(interpolate.CubicSpline(X, y)(p) ** 3)

    y = Y[:, 0]
    mixed = mg.jacobian(mg.grad(energy, 1))(y, POINTS[0])
    weights = np.array([0.3, -1.0, 2.0])
    wanted = take_differences(lambda y: np.sum(weights * mg.grad(energy, 1)(y, POINTS[0])), y)
    np.testing.assert_allclose(weights @ mixed, wanted, rtol=1e-6, atol=1e-7)


def test_points_outside_have_no_value_and_no_gradient_without_extrapolation() -> None:
    spline = interpolate.CubicSpline(X, mg.tensor(Y, requires_grad=True), extrapolate=False)
    points = mg.tensor([-2.0, 0.5, np.nan], requires_grad=True)
    y = spline(points)
    np.testing.assert_array_equal(np.isnan(y.numpy()), [[True] * 2, [False] * 2, [True] * 2])
    np.sum(np.where(np.isnan(y), 0, y)).backward()
    assert points.grad is not None
    assert np.isfinite(points.grad).all()
    assert points.grad[1] != 0


@pytest.mark.parametrize("limits", [(-1.5, 2.2), (4.0, -1.5), (-3.0, -1.5)])
def test_a_b_spline_is_zero_outside_for_an_integral_without_extrapolation(limits: Any) -> None:
    knots, c = np.array([0.0, 0.0, 0.0, 1.0, 2.5, 3.0, 3.0, 3.0]), np.array([1.0, -2.0, 0.5, 3.0, 1.5])
    spline = interpolate.BSpline(knots, mg.tensor(c), 2, extrapolate=False)
    expected = scipy.interpolate.BSpline(knots, c, 2, extrapolate=False).integrate(*limits)
    np.testing.assert_allclose(spline.integrate(*limits).numpy(), expected, rtol=1e-12, atol=1e-15)


def test_periodic_extrapolation() -> None:
    x, y = np.append(X, 3.5), np.concatenate([Y, Y[:1]])
    f, g = (
        m.CubicSpline(x, z, bc_type="periodic")
        for m, z in ((interpolate, mg.tensor(y)), (scipy.interpolate, y))
    )
    np.testing.assert_allclose(f(OUTSIDE + 9).numpy(), g(OUTSIDE + 9), rtol=1e-12)
    np.testing.assert_allclose(f.integrate(-7.3, 9.1).numpy(), g.integrate(-7.3, 9.1), rtol=1e-12)
    line = [[1.0], [0.0]], [0.0, 0.1]
    f, g = (
        interpolate.PPoly(mg.tensor(line[0]), line[1], "periodic"),
        scipy.interpolate.PPoly(*line, "periodic"),
    )
    np.testing.assert_allclose(f.integrate(0, 1.0).item(), g.integrate(0, 1.0))  # 1.0 // 0.1 is 9


def test_a_polynomial_with_tensors_moves_its_axis_as_scipys() -> None:
    c, x = RNG.normal(size=(2, 3, 4, 5)), np.arange(5.0)
    f = interpolate.PPoly(mg.tensor(c, requires_grad=True), x, axis=1)
    g = scipy.interpolate.PPoly(c, x, axis=1)
    np.testing.assert_allclose(f(POINTS).detach(), g(POINTS), rtol=1e-12)
    with pytest.raises(ValueError, match="coefficients"):
        interpolate.PPoly(mg.tensor(c), x)


GRID = (np.linspace(0, 1, 7), np.linspace(2, -1, 6) + 0.03 * np.arange(6) % 2)
VALUES = RNG.normal(size=(7, 6, 2))
XI = np.array([[0.3, 0.5], [0.9, 1.7], [0.11, -0.4]])


@pytest.mark.parametrize("method", ["linear", "slinear", "cubic", "quintic", "nearest"])
def test_a_regular_grid_has_gradients_in_values_and_points(method: str) -> None:
    solver = {"solver": spsolve} if method in ("cubic", "quintic") else {}
    scipys = partial(scipy.interpolate.RegularGridInterpolator, method=method, **solver)
    make = partial(interpolate.RegularGridInterpolator, method=method)

    def weigh(y: Any) -> Any:
        return np.sum(y * np.cos(np.arange(6.0)).reshape(3, 2))

    values, xi = mg.tensor(VALUES, requires_grad=True), mg.tensor(XI, requires_grad=True)
    y = make(GRID, values)(xi)
    np.testing.assert_allclose(y.detach(), scipys(GRID, VALUES)(XI), rtol=1e-9)
    np.testing.assert_allclose(make(GRID, VALUES, **solver)(xi).detach(), y.detach(), rtol=1e-9)
    weigh(y).backward()
    assert values.grad is not None
    slope = take_differences(lambda v: weigh(scipys(GRID, v)(XI)), VALUES)
    np.testing.assert_allclose(values.grad, slope, rtol=1e-6, atol=1e-8)
    if method == "nearest":
        assert xi.grad is None
    else:
        assert xi.grad is not None
        slope = take_differences(lambda xi: weigh(scipys(GRID, VALUES)(xi)), XI)
        np.testing.assert_allclose(xi.grad, slope, rtol=1e-6, atol=1e-6)


def test_interpn_and_points_outside_of_a_grid() -> None:
    xi = np.array([[0.3, 9.0], [0.2, 0.1]])
    settings: dict[str, Any] = {"bounds_error": False, "fill_value": 7.0}
    values = mg.tensor(VALUES, requires_grad=True)
    got = interpolate.interpn(GRID, values, xi, **settings)
    np.testing.assert_allclose(got.detach(), scipy.interpolate.interpn(GRID, VALUES, xi, **settings))
    with pytest.raises(ValueError, match="out of bounds in dimension 1"):
        interpolate.interpn(GRID, values, xi)
    one = interpolate.RegularGridInterpolator(GRID, values, bounds_error=False, fill_value=None)
    other = scipy.interpolate.RegularGridInterpolator(GRID, VALUES, bounds_error=False, fill_value=None)
    np.testing.assert_allclose(one((0.4, 5.0)).detach(), other((0.4, 5.0)), rtol=1e-12)
    np.testing.assert_allclose(one([0.4, 5.0]).detach(), other([0.4, 5.0]), rtol=1e-12)


def test_arguments_without_a_rule_are_refused_by_name() -> None:
    x, values = mg.tensor(X, requires_grad=True), mg.tensor(VALUES, requires_grad=True)
    with pytest.raises(ArgumentError, match="'x' has no derivative"):
        interpolate.make_interp_spline(x, Y)
    with pytest.raises(ArgumentError, match="periodic spline of tensors"):
        interpolate.make_interp_spline(np.arange(3), mg.tensor([1.0, 2.0, 1.0]), bc_type="periodic")
    with pytest.raises(ArgumentError, match="'t' has no derivative"):
        interpolate.BSpline(x, Y[:3, 0], 3)
    with pytest.raises(ArgumentError, match="method='pchip' has no derivative"):
        interpolate.RegularGridInterpolator(GRID, values, method="pchip")(XI)
    with pytest.raises(ValueError, match="strictly increasing"):
        interpolate.CubicSpline(x[::-1], Y)
    with pytest.raises(ValueError, match="needs 6 points along axis 0, which has 4"):
        interpolate.RegularGridInterpolator((GRID[0][:4], GRID[1]), values[:4], "quintic", False)(XI)
    with pytest.raises(ArgumentError, match="must increase"):
        interpolate.PPoly(mg.tensor(np.ones((2, 2))), np.array([2.0, 1.0, 0.0]))(0.5)


def test_points_outside_have_no_gradient_and_a_breakpoint_belongs_to_the_interval_after_it() -> None:
    c = mg.tensor([[1.0, 2.0], [0.5, -1.0]], requires_grad=True)
    points = mg.tensor([-0.5, 0.25, 1.0, 2.5], requires_grad=True)
    y = interpolate.PPoly(c, np.array([0.0, 1.0, 2.0]), extrapolate=False)(points)
    np.testing.assert_array_equal(y.numpy(), [np.nan, 0.75, -1.0, np.nan])
    np.sum(y).backward()
    np.testing.assert_array_equal(points.grad, [0.0, 1.0, 2.0, 0.0])
    np.testing.assert_array_equal(c.grad, [[0.25, 0.0], [1.0, 1.0]])


def test_whole_numbers_and_bytes_have_values_in_double_precision() -> None:
    x = mg.tensor([0.1, 1.0, 2.0], requires_grad=True)
    y = interpolate.PPoly(np.array([[1, 2], [3, 1]], np.uint8), x)(np.array([1, 0], np.uint8))
    assert y.dtype == np.float64
    np.testing.assert_allclose(y.numpy(), [1.0, 2.9])
    points, values = np.array([0, 50, 100, 180, 250], np.uint8), np.array([200, 10, 250, 3, 90], np.uint8)
    for name in ("CubicSpline", "PchipInterpolator", "Akima1DInterpolator"):
        got = getattr(interpolate, name)(mg.tensor(points), mg.tensor(values))(77.0)
        np.testing.assert_allclose(got.numpy(), getattr(scipy.interpolate, name)(points, values)(77.0))
