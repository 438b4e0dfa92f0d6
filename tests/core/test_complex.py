"""Complex numbers between real tensors and real results."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import DifferentiabilityError, GradientError
from tests.core.tiny_ops import gradient, make_operation

X: Any = np.array([1.0, -2.0, 0.5])
Z: Any = np.array([1 + 2j, -0.5 + 1j, 3 - 1j])


doubled = make_operation(lambda self, ctx, x: 2 * x, lambda self, ctx, grad: 2 * grad, name="doubled")
turned = make_operation(lambda self, ctx, x: 2j * x, lambda self, ctx, grad: 2 * grad, name="turned")


def test_a_real_leaf_gets_the_real_part() -> None:
    x = mg.tensor(X, requires_grad=True)
    y = np.sum(np.real(x * Z) + np.imag(x * Z) * 3)
    y.backward()
    np.testing.assert_allclose(gradient(x), Z.real + 3 * Z.imag)


def test_single_precision_stays_single() -> None:
    x = mg.tensor(X, dtype=np.float32, requires_grad=True)
    z = x * 1j + x
    assert z.dtype == np.complex64
    np.sum(np.abs(z)).backward()
    assert gradient(x).dtype == np.float32
    np.testing.assert_allclose(gradient(x), np.sqrt(2) * np.sign(X), rtol=1e-6)


def test_the_gradient_of_a_complex_argument_is_dx_minus_i_dy() -> None:
    np.testing.assert_allclose(mg.grad(lambda z: np.sum(np.abs(z) ** 2))(Z), 2 * Z.conj())
    np.testing.assert_allclose(mg.grad(lambda z: np.sum(z.real * 3 + z.imag * 5))(Z), 3 - 5j + 0 * Z)


def test_the_pullback_of_a_holomorphic_function_is_its_derivative() -> None:
    value, pullback = mg.vjp(lambda z: z**3, Z)
    np.testing.assert_allclose(value, Z**3)
    np.testing.assert_allclose(pullback(1j * Z), 1j * Z * 3 * Z**2)


def test_the_pushforward_is_the_derivative_along_the_tangent() -> None:
    _, tangent = mg.jvp(lambda z: np.conj(z) * z**2, (Z,), (1j * Z,))
    h = 1e-6
    numeric = (np.conj(Z + h * 1j * Z) * (Z + h * 1j * Z) ** 2 - np.conj(Z) * Z**2) / h
    np.testing.assert_allclose(tangent, numeric, rtol=1e-4)


def test_products_with_the_hessian_go_through() -> None:
    f = lambda x: np.sum(np.abs(np.exp(1j * x) + x**2) ** 2)  # noqa: E731
    real = lambda x: np.sum((np.cos(x) + x**2) ** 2 + np.sin(x) ** 2)  # noqa: E731
    np.testing.assert_allclose(mg.hvp(f, X, X), mg.hvp(real, X, X), rtol=1e-12)
    np.testing.assert_allclose(mg.hessian(f)(X), mg.hessian(real)(X), rtol=1e-12)
    third = mg.grad(lambda x: np.sum(mg.hvp(f, x, X)))
    np.testing.assert_allclose(third(X), mg.grad(lambda x: np.sum(mg.hvp(real, x, X)))(X), rtol=1e-12)


def test_a_checkpoint_passes_complex_values_on() -> None:
    def f(x: Any) -> Any:
        z = mg.checkpoint(lambda x: x * 1j + x**2)(x)
        return np.sum(np.abs(mg.checkpoint(lambda z: z * z)(z)))

    np.testing.assert_allclose(mg.grad(f)(X), 4 * X**3 + 2 * X, rtol=1e-12)


def test_several_complex_outputs() -> None:
    x = mg.tensor(X, requires_grad=True)
    split = make_operation(
        lambda self, ctx, x: (x * 1.0, x * 1j), lambda self, ctx, g, h: g + 1j * h, takes_complex=True
    )
    first, second = split(x)
    np.sum(first.real * 2 + second.imag * 5).backward()
    np.testing.assert_allclose(gradient(x), [7, 7, 7])


def test_an_operation_for_real_numbers_refuses_complex_ones() -> None:
    x = mg.tensor(X, requires_grad=True)
    with pytest.raises(DifferentiabilityError, match=r"doubled is for real numbers.*z\.real, z\.imag or"):
        doubled(x * 1j)
    with mg.no_grad():
        np.testing.assert_array_equal(doubled(x * 1j).numpy(), 2j * X)
    np.testing.assert_array_equal(doubled((x * 1j).detach()).numpy(), 2j * X)


def test_an_operation_for_real_numbers_must_not_make_complex_ones() -> None:
    with pytest.raises(DifferentiabilityError, match="turned is for real numbers"):
        turned(mg.tensor(X, requires_grad=True))


def test_leaves_and_the_outputs_of_backward_and_grad_are_real() -> None:
    with pytest.raises(DifferentiabilityError, match=r"one for the imaginary part.* x \+ 1j \* y"):
        mg.tensor(Z, requires_grad=True)
    with pytest.raises(DifferentiabilityError, match=r"complex128; compute a real result"):
        (mg.tensor(X, requires_grad=True) * 1j).backward()
    for f in (lambda x: np.sum(x * 1j), lambda _: 1j):
        with pytest.raises(DifferentiabilityError, match=r"z\.real, z\.imag or np\.abs\(z\)"):
            mg.grad(f)(X)


@pytest.mark.parametrize(
    "call",
    [
        lambda: mg.jacobian(lambda x: x * 1j)(X),
        lambda: mg.jacobian(lambda z: np.abs(z))(Z),
        lambda: mg.hvp(lambda z: np.sum(np.abs(z)), Z, Z),
        lambda: mg.hessian(lambda z: np.sum(np.abs(z)))(Z),
    ],
)
def test_jacobians_and_hessians_refuse_complex_values(call: Any) -> None:
    with pytest.raises(DifferentiabilityError, match="is for real arguments and values"):
        call()


@pytest.mark.parametrize(
    "product",
    [
        lambda: mg.vjp(lambda z: np.abs(z), Z)[1](Z),
        lambda: mg.jvp(np.sin, (1.0,), (1j,)),
        lambda: mg.vjp(np.sin, 1.0)[1](1j),
        lambda: mg.hvp(np.sin, (1.0,), (1j,)),
    ],
)
def test_a_complex_cotangent_or_tangent_of_a_real_value_is_refused(product: Any) -> None:
    with pytest.raises(GradientError, match="a cotangent or tangent is complex"):
        product()
