"""Derivatives of derivatives: of any order, in any combination, without confusing the variables."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from minigrad_core import grad, hvp, jacobian, jvp, tensor, vjp
from minigrad_core.errors import FreedGraphError, GradientError


def differentiate_by_jvp(f: Any) -> Any:
    """Return the derivative of a function of a number, computed by jvp."""
    return lambda x: jvp(f, (x,), (1.0,))[1]


def differentiate_by_vjp(f: Any) -> Any:
    """Return the derivative of a function of a number, computed by vjp."""

    def derivative(x: Any) -> Any:
        _, pullback = vjp(f, x)
        return pullback(1.0)

    return derivative


TRANSFORMS: dict[str, Any] = {
    "grad": grad,
    "jvp": differentiate_by_jvp,
    "vjp": differentiate_by_vjp,
    "jacobian": jacobian,
}


def derivatives_of_tanh(x: float, order: int) -> float:
    """Return the derivative from a polynomial in t = tanh x, where t' = 1 - t^2."""
    p, t = np.polynomial.Polynomial([0, 1]), np.polynomial.Polynomial([0, 1])
    for _ in range(order):
        p = p.deriv() * (1 - t**2)
    return float(p(np.tanh(x)))


@pytest.mark.parametrize(
    "names", [*itertools.product(TRANSFORMS, repeat=3), ("grad",) * 4, ("grad",) * 5], ids="-".join
)
def test_transforms_nested_in_any_order_give_the_higher_derivative(names: tuple[str, ...]) -> None:
    f: Any = np.tanh
    for name in names:
        f = TRANSFORMS[name](f)
    np.testing.assert_allclose(f(0.4), derivatives_of_tanh(0.4, len(names)), rtol=1e-10)


def test_perturbations_are_not_confused() -> None:
    # d/dx (x d/dy (x + y)) = 1, and not 2 (Siskind and Pearlmutter, 2005)
    for outer, inner in itertools.product(TRANSFORMS.values(), repeat=2):
        assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0  # noqa: B023
        assert outer(lambda x: x * inner(lambda y: x * y)(1.0))(3.0) == 6.0  # noqa: B023

        # d/dx (x f'(x)) = f' + x f'', where the inner variable has the same array as the outer one
        np.testing.assert_allclose(outer(lambda x: x * inner(lambda y: y**3)(x))(2.0), 3 * 4 + 2 * 12)  # noqa: B023


def test_a_detached_tensor_is_a_constant_beside_the_variable_with_its_array() -> None:
    def f(x: Any) -> Any:
        return np.sum(x * x.detach() * x)

    x = np.array([3.0])
    np.testing.assert_array_equal(grad(f)(x), [18])
    np.testing.assert_array_equal(grad(lambda x: np.sum(grad(f)(x)))(x), [6])


def test_the_inner_function_may_be_constant_or_return_the_outer_variable() -> None:
    assert grad(lambda x: grad(lambda y: y**3)(2.0) * x)(5.0) == 12
    assert grad(lambda x: grad(lambda y: y**3)(2.0))(5.0) == 0
    assert grad(lambda x: grad(lambda y: x)(1.0) + x)(3.0) == 1


def test_a_pullback_that_is_called_after_its_transform_finds_a_freed_graph() -> None:
    kept: list[Any] = []

    def f(x: Any) -> Any:
        value, pullback = vjp(lambda y: x * y**2, 3.0)
        kept.append(pullback)
        return value

    assert grad(f)(2.0) == 9
    with pytest.raises(FreedGraphError, match="run the forward pass again"):
        kept[0](1.0)


def test_third_derivatives_of_a_chain_of_matrix_products() -> None:
    rng = np.random.default_rng(0)
    a, b, x = rng.normal(size=(2, 3)), rng.normal(size=(3, 2)), rng.normal(size=(3, 3))
    u, v, w = (rng.normal(size=(3, 3)) for _ in range(3))

    def f(x: Any) -> Any:  # trilinear in x: its third derivative is the sum over all orders of the three
        return np.sum(a @ x @ x @ x @ b)

    third = jvp(lambda x: jvp(lambda x: jvp(f, (x,), (u,))[1], (x,), (v,))[1], (x,), (w,))[1]
    expected = sum(np.sum(a @ p @ q @ r @ b) for p, q, r in itertools.permutations((u, v, w)))
    np.testing.assert_allclose(third, expected, rtol=1e-10)
    by_grad = grad(lambda x: np.sum(hvp(f, (x,), (u,))[0] * v))(x)
    np.testing.assert_allclose(np.sum(by_grad * w), expected, rtol=1e-10)


def test_backward_inside_a_function_is_refused_if_it_depends_on_the_argument_and_else_a_constant() -> None:
    def step(x: Any, factor: Any) -> Any:
        w = tensor([1.0, 2.0], requires_grad=True)
        np.sum(w * w * factor).backward()
        return np.sum(x * w.grad)

    x = np.array([1.0, 2.0])
    with pytest.raises(GradientError, match=r"backward\(\) inside a function that is being differentiated"):
        grad(lambda x: step(x, x))(x)
    np.testing.assert_array_equal(grad(lambda x: step(x, 1.0))(x), [2, 4])
