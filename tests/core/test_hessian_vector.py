"""hvp, and the whole matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core import Module, Parameter, Tensor, grad, hessian, hvp, jacobian, jvp, tensor, vjp
from minigrad_core.errors import ArgumentError, DifferentiabilityError, GradientError

RNG = np.random.default_rng(0)
A = RNG.normal(size=(3, 3))
SYMMETRIC = A + A.T


def quadratic(x: Any) -> Any:
    return x @ SYMMETRIC @ x / 2


def test_hvp_of_a_quadratic_is_the_matrix_times_the_vector() -> None:
    x, v = RNG.normal(size=3), RNG.normal(size=3)
    (product,) = hvp(quadratic, (x,), (v,))
    assert type(product) is np.ndarray
    np.testing.assert_allclose(product, SYMMETRIC @ v, rtol=1e-12)


def test_hvp_mirrors_the_primals() -> None:
    f = lambda a, t: np.sum(a**2 * t["b"][0])  # noqa: E731
    a, b = np.array([1.0, 2.0]), 3.0
    first, rest = hvp(f, (a, {"b": [b]}), (np.ones(2), {"b": [1.0]}))
    np.testing.assert_allclose(first, 2 * b + 2 * a)
    np.testing.assert_allclose(rest["b"][0], np.sum(2 * a))
    assert isinstance(hvp(f, [a, {"b": [b]}], [np.ones(2), {"b": [1.0]}]), list)


def test_hvp_takes_one_argument_by_itself() -> None:
    v = np.ones(3)
    np.testing.assert_allclose(hvp(quadratic, np.zeros(3), v), SYMMETRIC @ v)


def test_hvp_of_a_linear_function_is_zeros() -> None:
    np.testing.assert_array_equal(hvp(np.sum, (np.ones(3),), (np.ones(3),))[0], np.zeros(3))
    np.testing.assert_array_equal(hvp(lambda x: 5.0, (np.ones(3),), (np.ones(3),))[0], np.zeros(3))


def test_hvp_agrees_with_forward_over_reverse_and_reverse_over_reverse() -> None:
    f = lambda x: np.sum(np.tanh(x) ** 2 * np.exp(x[::-1]))  # noqa: E731
    x, v = RNG.normal(size=4), RNG.normal(size=4)
    (product,) = hvp(f, (x,), (v,))
    np.testing.assert_allclose(product, jvp(grad(f), (x,), (v,))[1], rtol=1e-12)
    np.testing.assert_allclose(product, vjp(grad(f), x)[1](v), rtol=1e-12)
    np.testing.assert_allclose(product, hessian(f)(x) @ v, rtol=1e-12)


def test_hvp_keeps_the_dtype() -> None:
    assert hvp(lambda x: np.sum(x**3), (np.ones(2, np.float32),), (np.ones(2),))[0].dtype == np.float32


def test_hvp_of_tensors_can_be_differentiated_again() -> None:
    x = tensor([2.0], requires_grad=True)
    (product,) = hvp(lambda x: np.sum(x**4), (x,), (np.ones(1),))
    assert isinstance(product, Tensor)
    product.backward()
    assert x.grad is not None
    np.testing.assert_allclose(x.grad, [48])


def test_hvp_reaches_closed_over_parameters_only_when_asked() -> None:
    weight = Parameter(np.array([3.0]))
    (product,) = hvp(lambda x: np.sum(weight * x**3), (np.array([2.0]),), (np.ones(1),))
    assert type(product) is np.ndarray
    np.testing.assert_array_equal(product, [36])
    by_weight = grad(lambda w: np.sum(hvp(lambda x: np.sum(w * x**3), (np.array([2.0]),), (np.ones(1),))[0]))
    np.testing.assert_array_equal(by_weight(np.array([3.0])), [12])


@pytest.mark.parametrize(
    ("f", "vectors", "message"),
    [
        (
            np.sum,
            (np.ones(2),),
            r"the vectors: expected an array of shape \(3,\), got ndarray of shape \(2,\)",
        ),
        (np.sum, (np.ones(3), 1.0), "the vectors: expected a tuple of 1, got a tuple of 2"),
        (
            lambda x: x,
            (np.ones(3),),
            r"needs a function that returns a scalar, this one returned shape \(3,\)",
        ),
    ],
)
def test_hvp_refuses_other_forms(f: Any, vectors: Any, message: str) -> None:
    with pytest.raises(GradientError, match=message):
        hvp(f, (np.ones(3),), vectors)


def test_the_jacobian_has_the_values_axes_then_the_arguments() -> None:
    x = RNG.normal(size=(2, 3))
    found = jacobian(lambda x: x @ A)(x)
    assert found.shape == (2, 3, 2, 3)
    np.testing.assert_allclose(found, np.einsum("ik,lj->ijkl", np.eye(2), A))


def test_a_tall_jacobian_is_taken_column_by_column() -> None:
    calls = []

    def f(x: Any) -> Any:
        calls.append(1)
        return np.stack([np.sin(x * k) for k in range(1, 40)])

    x = np.array([0.1, 0.2])
    found = jacobian(f)(x)
    assert len(calls) == 1
    k = np.arange(1, 40)[:, None, None]
    np.testing.assert_allclose(found, k * np.cos(x[:, None] * k) * np.eye(2), rtol=1e-12)


@pytest.mark.parametrize("shape", [(), (0,), (2, 0), (1,)])
def test_jacobians_of_any_shape(shape: tuple[int, ...]) -> None:
    x = np.ones(shape)
    assert jacobian(lambda x: x * 2)(x).shape == shape + shape
    assert jacobian(np.sum)(x).shape == shape
    assert jacobian(lambda y: x * y)(1.0).shape == shape
    assert jacobian(lambda y: np.stack([x * y] * 3))(np.ones(())).shape == (3, *shape)


def test_jacobians_mirror_value_and_argument() -> None:
    found = jacobian(lambda d: [d["x"] * 2, {"s": np.sum(d["x"]) * d["y"]}])({"x": np.ones(2), "y": 3.0})
    np.testing.assert_array_equal(found[0]["x"], 2 * np.eye(2))
    np.testing.assert_array_equal(found[0]["y"], np.zeros(2))
    np.testing.assert_array_equal(found[1]["s"]["x"], [3, 3])
    assert found[1]["s"]["y"] == 2


def test_argnums_of_jacobians_and_hessians() -> None:
    f = lambda x, y: x * y**2  # noqa: E731
    assert jacobian(f, 1)(2.0, 3.0) == 12
    assert jacobian(f, (0, 1))(2.0, 3.0) == (9, 12)
    assert hessian(f, 1)(2.0, 3.0) == 4
    assert hessian(f, (0, 1))(2.0, 3.0) == ((0, 6), (6, 4))
    with pytest.raises(ArgumentError, match="argnums 2 is out of range"):
        jacobian(f, 2)(1.0, 1.0)


def test_the_hessian_of_a_quadratic_is_its_matrix() -> None:
    np.testing.assert_allclose(hessian(quadratic)(np.zeros(3)), SYMMETRIC)


def test_the_hessian_of_a_module_is_a_dict_of_dicts() -> None:
    class Product(Module):
        def __init__(self) -> None:
            self.a, self.b = Parameter(np.array([2.0])), Parameter(np.array([3.0, 4.0]))

        def forward(self) -> Any:
            return np.sum(self.a * self.b**2)

    h = hessian(lambda m: m())(Product())
    np.testing.assert_array_equal(h["a"]["a"], [[0]])
    np.testing.assert_array_equal(h["a"]["b"], [[6, 8]])
    np.testing.assert_array_equal(h["b"]["b"], [[4, 0], [0, 4]])


def test_hessian_needs_a_scalar() -> None:
    with pytest.raises(GradientError, match=r"returns a scalar.*jacobian\(jacobian\(f\)\) for hessian\(f\)"):
        hessian(lambda x: x)(np.ones(2))
    squares = jacobian(jacobian(lambda x: x**2))(np.ones(2))
    np.testing.assert_array_equal(squares, [[[2, 0], [0, 0]], [[0, 0], [0, 2]]])


def test_integers_have_no_jacobian() -> None:
    with pytest.raises(DifferentiabilityError, match="int64"):
        jacobian(lambda x: x * 2)(np.ones(2, int))


def test_jacobians_inside_other_transforms_stay_in_the_graph() -> None:
    x = np.array([0.5, 1.5])
    found = grad(lambda x: np.sum(jacobian(lambda y: y**3)(x)))(x)
    np.testing.assert_allclose(found, 6 * x)
    found = grad(lambda k: np.sum(jacobian(lambda y: np.stack([y * k] * 5))(1.0)))(2.0)  # column by column
    assert found == 5


def test_float32_jacobians_stay_float32() -> None:
    x = np.ones(2, np.float32)
    assert jacobian(np.tanh)(x).dtype == np.float32
    assert jacobian(lambda x: np.stack([x] * 5))(x).dtype == np.float32
    assert hessian(lambda x: np.sum(x**3))(x).dtype == np.float32
