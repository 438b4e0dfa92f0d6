"""Integrals and differential equations under SciPy's names, which the contract kit does not call."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.integrate

import minigrad_core as mg
from minigrad_core.errors import ArgumentError, DifferentiabilityError, InputError
from minigrad_scipy import integrate
from tests.differences import difference

Y0 = np.array([1.0, 0.5])
TIMES = [0.5, 1.0, 2.0]


def swing(t: Any, y: Any, k: Any, c: Any) -> Any:
    """Return the slope of a damped pendulum, as a list."""
    return [y[1], np.sin(t) - k * np.sin(y[0]) - c * y[1]]


def run(k: Any, c: Any = 0.3, y0: Any = Y0, method: str = "RK45", rtol: float = 1e-7, **options: Any) -> Any:
    """Return the states at a few times."""
    return integrate.solve_ivp(
        swing, (0.0, 2.0), y0, method, TIMES, args=(k, c), rtol=rtol, atol=rtol / 10, **options
    ).y


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1.0, 3.0, 5 * np.exp(-1) - 17 * np.exp(-3)),
        (1.0, np.inf, 5 * np.exp(-1)),
        (-np.inf, -1.0, 5 * np.exp(-1)),
        (-np.inf, np.inf, 4.0),
    ],
)
def test_a_function_is_not_called_outside_of_the_limits(a: float, b: float, expected: float) -> None:
    def integral(k: Any) -> Any:
        def fun(x: Any) -> Any:
            if not a <= x <= b:
                raise ValueError(f"{x} is not between {a} and {b}")
            return k * x * x * np.exp(-np.abs(x))

        return integrate.quad(fun, a, b)[0]

    assert mg.grad(integral)(1.0) == pytest.approx(expected)


def test_tolerances_also_hold_for_the_gradient() -> None:
    def integral(k: Any) -> Any:
        return integrate.quad(lambda x: k * np.abs(x - 0.3) ** 0.5, 0, 1, epsabs=1e-13, epsrel=1e-13)[0]

    assert mg.grad(integral)(1.0) == pytest.approx((0.3**1.5 + 0.7**1.5) / 1.5, rel=1e-12)


@pytest.mark.parametrize("method", ["RK23", "RK45", "DOP853", "Radau", "BDF", "LSODA"])
def test_the_adjoint_agrees_with_differences_for_every_method(method: str) -> None:
    weights = np.array([[1.0, -2.0, 0.5], [0.25, 1.0, 3.0]])
    loss = lambda k: np.sum(weights * run(k, method=method, rtol=1e-5))  # noqa: E731
    precise = lambda k: np.sum(weights * run(k, method="DOP853"))  # noqa: E731
    assert mg.grad(loss)(2.0) == pytest.approx(difference(precise, 2.0), abs=3e-4)


def test_values_and_the_result_object_are_those_of_scipy() -> None:
    expected = scipy.integrate.solve_ivp(swing, (0.0, 2.0), Y0, args=(2.0, 0.3))
    result = integrate.solve_ivp(swing, (0.0, 2.0), Y0, args=(mg.tensor(2.0, requires_grad=True), 0.3))
    np.testing.assert_allclose(result.y.numpy(), expected.y, rtol=1e-13)
    k = mg.tensor(2.0)
    np.testing.assert_array_equal(run(k, max_step=mg.tensor(0.1)).numpy(), run(k, max_step=0.1).numpy())
    np.testing.assert_array_equal(result.t, expected.t)
    assert (result.success, result.status, result.message) == (True, 0, expected.message)
    assert result.nfev == expected.nfev


def test_gradients_reach_tensors_that_the_function_closes_over() -> None:
    def loss(k: Any) -> Any:
        fun = lambda t, y: [y[1], np.sin(t) - k * np.sin(y[0]) - 0.3 * y[1]]  # noqa: E731
        return np.sum(integrate.solve_ivp(fun, (0.0, 2.0), Y0, t_eval=TIMES, rtol=1e-7, atol=1e-8).y)

    explicit = lambda k: np.sum(run(k))  # noqa: E731
    assert mg.grad(loss)(2.0) == pytest.approx(mg.grad(explicit)(2.0), rel=1e-6)
    assert mg.grad(mg.grad(loss))(2.0) == pytest.approx(difference(mg.grad(explicit), 2.0), rel=1e-4)


def test_gradients_reach_the_parameters_of_a_module() -> None:
    class Decay(mg.Module):
        def __init__(self) -> None:
            self.rate = mg.Parameter(np.array([0.5, 2.0]))

        def forward(self, t: Any, y: Any) -> Any:
            return -self.rate * y

    model = Decay()
    np.sum(integrate.solve_ivp(model, (0.0, 1.0), Y0, rtol=1e-8, atol=1e-9).y[:, -1]).backward()
    assert model.rate.grad is not None
    np.testing.assert_allclose(model.rate.grad, -Y0 * np.exp(-model.rate.data), rtol=1e-6)


def test_the_ends_of_the_span_have_gradients() -> None:
    def last(start: Any, end: Any) -> Any:
        return integrate.solve_ivp(swing, (start, end), Y0, args=(2.0, 0.3), rtol=1e-7, atol=1e-8).y[0, -1]

    start, end = mg.grad(last, (0, 1))(0.5, 2.0)
    assert end == pytest.approx(difference(lambda x: last(0.5, x), 2.0), rel=1e-5)
    assert start == pytest.approx(difference(lambda x: last(x, 2.0), 0.5), rel=1e-5)


def test_output_times_are_tensors_if_they_were_given_as_tensors() -> None:
    times = mg.tensor(TIMES, requires_grad=True)
    result = integrate.solve_ivp(lambda t, y: -y, (0.0, 2.0), Y0[:1], t_eval=times, rtol=1e-8, atol=1e-9)
    assert result.t is times
    np.sum(result.y).backward()
    np.testing.assert_allclose(times.grad, -np.exp(-np.array(TIMES)), rtol=1e-6)


def test_time_may_run_backward() -> None:
    loss = lambda k: np.sum(  # noqa: E731
        integrate.solve_ivp(swing, (2.0, 0.0), Y0, t_eval=[1.5, 0.5], args=(k, 0.3), rtol=1e-7, atol=1e-8).y
    )
    assert mg.grad(loss)(2.0) == pytest.approx(difference(loss, 2.0), rel=1e-5)


def test_a_stiff_system_has_a_gradient_by_an_implicit_method() -> None:
    def fun(t: Any, y: Any, k: Any) -> Any:
        return np.stack([-1000 * (y[0] - np.cos(t)) * k, y[0] - y[1]])

    jac = lambda t, y, k: np.array([[-1000 * k, 0], [1, -1]])  # noqa: E731
    loss = lambda k: np.sum(  # noqa: E731
        integrate.solve_ivp(
            fun, (0.0, 1.0), Y0, "Radau", t_eval=[0.5, 1.0], args=(k,), rtol=1e-6, atol=1e-8, jac=jac
        ).y
    )
    assert mg.grad(loss)(1.5) == pytest.approx(difference(loss, 1.5, 1e-1), rel=1e-2)


def test_a_second_derivative_is_refused_where_the_state_cannot_be_found_again() -> None:
    loss = lambda k: np.sum(  # noqa: E731
        integrate.solve_ivp(lambda t, y: -100 * k * y, (0.0, 1.0), Y0, t_eval=[1.0], rtol=1e-6).y
    )
    with pytest.raises(DifferentiabilityError, match="unstable backward in time"):
        mg.grad(mg.grad(loss))(1.0)


def test_a_second_derivative_in_single_precision_may_have_closer_tolerances_than_the_state() -> None:
    loss = lambda k, y0: np.sum(run(k, np.float32(0.3), y0, rtol=1e-11))  # noqa: E731
    single = mg.grad(mg.grad(loss))(np.float32(2), Y0.astype(np.float32))
    assert single.dtype == np.float32
    assert single == pytest.approx(mg.grad(mg.grad(loss))(2.0, Y0), rel=1e-5)


def test_single_precision_stays_single_and_whole_numbers_become_double() -> None:
    k = mg.tensor(np.float32(2.0), requires_grad=True)
    assert run(k, np.float32(0.3), Y0.astype(np.float32)).dtype == np.float32
    assert run(mg.tensor(2.0, requires_grad=True), y0=np.array([1, 0])).dtype == np.float64


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("events", lambda t, y, k, c: y[0]),
        ("vectorized", True),
        ("dense_output", True),
        ("max_step", mg.tensor(0.1, requires_grad=True)),
    ],
)
def test_arguments_without_a_gradient_are_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ArgumentError, match=name):
        run(mg.tensor(2.0, requires_grad=True), **{name: value})


def test_a_parameter_that_is_not_finite_is_refused() -> None:
    with pytest.raises(InputError, match="not finite"):  # SciPy's solver would never end
        run(mg.tensor(np.nan, requires_grad=True))


def test_a_tensor_that_the_function_reads_only_later_is_refused() -> None:
    k = mg.tensor(2.0, requires_grad=True)
    fun = lambda t, y: -y if t < 0.5 else -k * y  # noqa: E731
    with pytest.raises(ArgumentError, match="pass the tensor in args"):
        integrate.solve_ivp(fun, (0.0, 1.0), mg.tensor(Y0, requires_grad=True))


GRID = np.linspace(0.0, 1.0, 9)
INTEGRALS: dict[str, Callable[[Any], Any]] = {
    "quad": lambda k: integrate.quad(lambda x, k: np.exp(-k * x * x), 0, 2, args=(k,))[0],
    "quad, one argument": lambda k: integrate.quad(lambda x, k: np.exp(-k * x), 0, 1, args=k, points=[0.5])[
        0
    ],
    "quad, closure": lambda k: integrate.quad(lambda x: np.exp(-k * x * x), 0, k)[0],
    "quad, infinite limits": lambda k: integrate.quad(lambda x: np.exp(-k * x * x), -np.inf, np.inf)[0],
    "quad, limit": lambda k: integrate.quad(lambda x: np.exp(-x * x), k, 2 * k)[0],
    "quad_vec": lambda k: np.sum(integrate.quad_vec(lambda x: np.stack([np.exp(-k * x), k * x]), 0, k)[0]),
    "dblquad": lambda k: integrate.dblquad(lambda y, x: k * k * x * y, 0, 1, lambda x: x, k)[0],
    "fixed_quad": lambda k: integrate.fixed_quad(lambda x: np.exp(-k * x * x), 0, k)[0],
    "odeint": lambda k: np.sum(
        integrate.odeint(lambda y, t, k: [y[1], -k * y[0]], [1.0, 0.0], [0, 0.5], args=(k,))
    ),
    "odeint, a number": lambda k: integrate.odeint(lambda y, t: -k * y, 1.0, [0, 0.5])[1, 0],
    "trapezoid": lambda k: integrate.trapezoid(np.exp(k * GRID), dx=0.1 * k),
    "simpson": lambda k: integrate.simpson(np.exp(k * GRID), x=k * GRID),
    "simpson, dx": lambda k: integrate.simpson(np.exp(k * GRID[1:]), dx=k),
    "cumulative_trapezoid": lambda k: np.sum(integrate.cumulative_trapezoid(np.exp(k * GRID), k * GRID)),
    "cumulative_simpson": lambda k: np.sum(integrate.cumulative_simpson(np.exp(k * GRID), x=k * GRID)),
    "romb": lambda k: integrate.romb(np.exp(k * GRID), dx=0.1),
}


@pytest.mark.parametrize("name", INTEGRALS)
def test_derivatives_of_integrals_agree_with_differences(name: str) -> None:
    gradient = mg.grad(INTEGRALS[name])
    assert gradient(1.3) == pytest.approx(difference(INTEGRALS[name], 1.3), rel=1e-6)
    if name not in ("dblquad", "odeint", "odeint, a number"):  # seconds each
        assert mg.grad(gradient)(1.3) == pytest.approx(difference(gradient, 1.3), rel=1e-5)


def test_singular_integrands_have_the_precision_of_quad() -> None:
    assert mg.grad(lambda k: integrate.quad(lambda x: x ** (k - 1), 0, 1)[0])(0.1) == pytest.approx(-100)
    arcsine = mg.grad(lambda k: integrate.quad(lambda x: k / np.sqrt(1 - x * x), 0, 1)[0])  # infinite at 1
    assert arcsine(0.5) == pytest.approx(np.pi / 2)
    i = np.arange(20)  # many values, most of them not singular
    several = mg.grad(lambda p: integrate.quad(lambda x: np.sum(p * x ** (i - 0.9)), 0, 1)[0])
    np.testing.assert_allclose(several(np.ones(20)), 1 / (i + 0.1))


def test_second_derivatives_at_a_singularity_stop_where_quad_vec_does_not_converge() -> None:
    calls = itertools.count()

    def fun(x: Any, p: Any) -> Any:
        next(calls)
        return p[1] * x ** (p[0] - 1)

    def integral(p: Any) -> Any:
        return integrate.quad(fun, 0, 1, args=(p,))[0]

    hessian = mg.hessian(integral)(np.array([0.5, 1.0]))
    np.testing.assert_allclose(hessian, [[16, -4], [-4, 0]], atol=1e-8)
    assert next(calls) < 5000  # 9,318 if quad_vec takes its limit of 50 intervals, and 3,618 with 12


def test_limits_and_arguments_of_quad_without_a_gradient_are_refused_by_name() -> None:
    p = mg.tensor(1.3, requires_grad=True)
    with pytest.raises(ArgumentError, match="weight"):
        integrate.quad(lambda x: x * p, 0, 1, weight="cos", wvar=1)
    with pytest.raises(ArgumentError, match="Dfun"):
        integrate.odeint(lambda y, t: -p * y, [1.0], [0, 1.0], Dfun=lambda y, t: -1)
    with pytest.raises(ArgumentError, match="real limits"):
        integrate.quad(lambda x: x, 0, mg.tensor(np.nan, requires_grad=True))
    with pytest.raises(DifferentiabilityError, match="infinite limit"):
        mg.grad(lambda b: integrate.quad(lambda x: np.exp(-x * x), 0, b)[0])(np.inf)


def test_samples_at_complex_points_are_refused() -> None:
    with pytest.raises(ArgumentError, match="points are complex"):  # SciPy drops the imaginary part
        integrate.simpson(mg.tensor([1.0, 2.0, 3.0], requires_grad=True), x=np.array([0, 1j, 2]))


def test_a_weight_of_the_integral_keeps_the_gradient_of_a_limit() -> None:
    p, end = mg.tensor(0.7, requires_grad=True), mg.tensor(1.5, requires_grad=True)
    (0.5 * integrate.quad(lambda x: p * x**2, 0.0, end)[0]).backward()  # the gradient is a NumPy scalar
    assert p.grad == pytest.approx(0.5 * 1.5**3 / 3)
    assert end.grad == pytest.approx(0.5 * 0.7 * 1.5**2)


def test_backward_under_no_grad_reaches_what_the_function_closes_over() -> None:
    k = mg.tensor(1.3, requires_grad=True)
    value = integrate.quad(lambda x: k * x, 0, 1)[0]
    with mg.no_grad():
        value.backward()
    assert k.grad == pytest.approx(0.5)
