"""Tensors in lists and arrays of objects: what NumPy makes of them has their gradients, or is refused."""

from __future__ import annotations

import copy
import pickle
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minigrad_core as mg
from minigrad_core.errors import ArgumentError, ConversionError, DifferentiabilityError

W = np.array([0.5, -1.25, 2.0])
V = mg.tensor(W, requires_grad=True)


CONTAINERS: dict[str, Any] = {
    "list": list,
    "tuple": tuple,
    "objects": lambda x: np.fromiter(x, object) if isinstance(x, mg.Tensor) else x,
    "nested": lambda x: [[x[0], x[1]], (x[2], 1.0)],
    "rows": lambda x: [x, 2.0 * x],
    "mixed": lambda x: [x[0], 1.0, np.float64(2.0)],
}
ROUTES: dict[str, Any] = {
    "array": np.array,
    "asarray float": lambda c: np.asarray(c, float),
    "array float": lambda c: np.array(list(c), dtype=float),
    "array like": lambda c: np.array(c, like=V),
    "array object": lambda c: np.array(c, dtype=object),
    "astype": lambda c: c.astype(float),
    "float each": lambda c: [float(v) for v in c],
    "fromiter": lambda c: np.fromiter(c, float),
    "fromiter objects": lambda c: np.fromiter(c, object),
    "assign": lambda c: _assigned(np.zeros(3), c),
    "assign each": lambda c: _assigned_each(np.zeros(np.shape(W)), c),
    "full": lambda c: np.full(3, c),
    "copy": np.copy,
    "r_": lambda c: np.r_[tuple(c)],
    "c_": lambda c: np.c_[tuple(c)],
    "stack": lambda c: np.stack(list(c)),
    "concatenate": lambda c: np.concatenate(list(c)),
    "hstack": lambda c: np.hstack(list(c)),
    "vstack": lambda c: np.vstack(list(c)),
    "column_stack": lambda c: np.column_stack(list(c)),
    "block": lambda c: np.block(c),
    "append": lambda c: np.append(c, c),
    "sum": np.sum,
    "prod": np.prod,
    "mean": np.mean,
    "std": np.std,
    "max": np.max,
    "median": np.median,
    "sort": np.sort,
    "cumsum": np.cumsum,
    "diff": np.diff,
    "norm": np.linalg.norm,
    "sin": np.sin,
    "square": np.square,
    "absolute": np.abs,
    "maximum": lambda c: np.maximum(c, 0.7341),
    "multiply": lambda c: np.multiply(c, 2.0),
    "times list": lambda c: c * W,
    "of tensors": lambda c: np.multiply(V.detach(), c),
    "tensor times": lambda c: V.detach() * c,
    "tensor at": lambda c: V.detach() @ c,
    "dot": lambda c: np.dot(c, W),
    "inner": lambda c: np.inner(c, W),
    "outer": lambda c: np.outer(c, W),
    "einsum": lambda c: np.einsum("i,i", c, W),
    "where": lambda c: np.where(W > 0, c, 0.0),
    "clip": lambda c: np.clip(c, -9.0, 9.0),
    "interp": lambda c: np.interp(c, [0.0, 9.0], [0.0, 18.0]),
    "inv": np.linalg.inv,
    "vectorize": lambda c: np.vectorize(lambda v: v * 2.0)(c),
    "apply_along_axis": lambda c: np.apply_along_axis(lambda v: v * 2.0, 0, c),
    "reshape": lambda c: np.reshape(c, -1),
    "tolist": lambda c: c.tolist() if isinstance(c, np.ndarray) else list(c),  # a tensor's leaves the graph
    "Tensor": lambda c: c if isinstance(c, mg.Tensor) else mg.Tensor(c),  # a tensor's is a new leaf
    "tensor": lambda c: c if isinstance(c, mg.Tensor) else mg.tensor(c, dtype=float),
    "operation": lambda c: mg.ops.basic.tanh(c),
    "checkpoint": lambda c: mg.checkpoint(lambda: c)(),
    "itself": lambda c: c,
}


def _assigned(array: Any, values: Any) -> Any:
    array[:] = values
    return array


def _assigned_each(array: Any, values: Any) -> Any:
    for i, value in enumerate(values):
        array[i] = value
    return array


def _total(values: Any) -> Any:
    """Return the sum of what is in nested sequences, by Python's operators alone."""
    if isinstance(values, (list, tuple)) or np.shape(values):
        return sum(map(_total, values))
    return values.item() if isinstance(values, np.ndarray) else values


@settings(deadline=None, max_examples=500)
@given(st.sampled_from(sorted(CONTAINERS)), st.lists(st.sampled_from(sorted(ROUTES)), min_size=1, max_size=3))
def test_no_route_from_a_container_of_tensors_loses_a_gradient(container: str, names: list[str]) -> None:
    def f(x: Any) -> Any:
        values = CONTAINERS[container](x)
        for name in names:
            values = ROUTES[name](values)
            if not isinstance(x, mg.Tensor) and isinstance(values, np.ndarray) and values.dtype.hasobject:
                with suppress(TypeError, ValueError):
                    values = values.astype(float)  # of numbers NumPy makes arrays of numbers
        return _total(values)

    x = np.array([1.513, 2.267, 3.141])  # no two sides of a maximum meet here
    h = 1e-6
    try:
        found = mg.grad(f)(x)
        steps = [(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(3)]
    except (TypeError, ValueError, AttributeError, IndexError):
        return  # refused, by us or by NumPy
    np.testing.assert_allclose(found, steps, rtol=1e-6, atol=1e-6 * np.max(np.abs(steps), initial=1.0))


# What programs for autograd write, and the same with the list joined.
IDIOMS: dict[str, tuple[Any, Any]] = {
    "array": (
        lambda x: np.array([x[0] * x[1], np.sin(x[2])]),
        lambda x: np.stack([x[0] * x[1], np.sin(x[2])]),
    ),
    "of vectors": (lambda x: np.array([x, 2.0 * x]), lambda x: np.stack([x, 2.0 * x])),
    "with numbers": (lambda x: np.array([x[0], 1, 2.5]), lambda x: np.concatenate([x[:1], [1, 2.5]])),
    "of numbers alone": (lambda x: np.array([[x[0]], [1.0]])[1], lambda x: np.ones(1)),
    "matrix": (
        lambda x: np.array([[np.cos(x[0]), -x[1]], [x[1], np.cos(x[0])]]) @ np.eye(2),
        lambda x: np.array([[np.cos(x[0]), -x[1]], [x[1], np.cos(x[0])]], like=x),
    ),
    "beside a tensor": (lambda x: np.array([x[0], x[1], 1.0]) * x, lambda x: np.stack([x[0], x[1], 1.0]) * x),
    "functions": (lambda x: np.exp(np.tanh(np.array([x, x]))), lambda x: np.exp(np.tanh(np.stack([x, x])))),
    "sum": (lambda x: np.sum([x[0], x[1] ** 2]), lambda x: x[0] + x[1] ** 2),
    "norm": (lambda x: np.linalg.norm([x[0], x[1]]), lambda x: np.linalg.norm(x[:2])),
    "r_": (lambda x: np.r_[x, 0.0, x[0]], lambda x: np.concatenate([x, [0.0], x[:1]])),
    "asarray": (lambda x: np.asarray(x) * 2.0, lambda x: x * 2.0),
    "0-d": (lambda x: np.array(x[0]) * x[1], lambda x: x[0] * x[1]),
    "written to": (lambda x: _assigned_each(np.array([x[0], 0.0]), [x[1], x[2]]), lambda x: x[1:]),
    "tree": (lambda x: {"a": [np.array([x[0]])], "b": x[1]}, lambda x: {"a": [x[:1]], "b": x[1]}),
    "argument": (
        lambda x: mg.grad(lambda y: np.sum(y**3))(np.array([x[0], x[1]])),
        lambda x: 3 * x[:2] ** 2,
    ),
    "closed over": (lambda x: _nested(np.array([x[0], x[1]]), x.dtype), lambda x: 3 * np.sum(x[:2] ** 2)),
    "checkpoint": (
        lambda x: mg.checkpoint(lambda y: np.array([y[0] * y[1]]))(x) * x[2],
        lambda x: x[:1] * x[1] * x[2],
    ),
}


def _nested(array: Any, dtype: Any) -> Any:
    return 3.0 * np.sum(mg.grad(lambda y: np.sum(y * array**2))(np.ones(1, dtype)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", IDIOMS)
def test_a_list_of_tensors_in_a_differentiated_function_is_the_array_of_its_values(
    name: str, dtype: Any
) -> None:
    x = W.astype(dtype)
    found, expected = (_derivatives(f, x) for f in IDIOMS[name])
    for a, b in zip(found, expected, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=4 * np.finfo(dtype).eps)


def _derivatives(f: Any, x: Any) -> list[Any]:
    """Return value, Jacobian, its Jacobian, and tangent of `f`."""

    def flat(x: Any) -> Any:
        value = f(x)
        parts = [value] if not isinstance(value, dict) else [value["a"][0], value["b"]]
        return np.concatenate([np.reshape(mg.ops.basic.multiply(p, 1.0), -1) for p in parts])

    return [
        mg.vjp(flat, x)[0],
        mg.jacobian(flat)(x),
        mg.hessian(lambda x: np.sum(flat(x)))(x),
        mg.jvp(flat, x, x)[1],
    ]


def test_the_form_of_what_is_returned_is_kept_and_so_is_what_comes_beside() -> None:
    (value, aux), _ = mg.value_and_grad(lambda x: (x[0], {"row": np.array([x[0], 2.0])}), has_aux=True)(W)
    assert value == 0.5
    np.testing.assert_array_equal(aux["row"], [0.5, 2.0])
    assert aux["row"].dtype == float
    tree, _ = mg.vjp(lambda x: (np.array([x[0]]), [np.array([[x[1]]])]), W)
    assert [tree[0].shape, tree[1][0].shape] == [(1,), (1, 1)]


def test_outside_of_differentiated_functions_a_list_of_tensors_is_refused() -> None:
    for make in (np.array, np.asarray, np.sum):
        with pytest.raises(ConversionError, match=r"np\.stack"):
            make([V[0], V[1]])
    with pytest.raises(ConversionError, match=r"\.numpy\(\)"):
        np.asarray(V[0])


def test_a_large_tensor_does_not_become_objects() -> None:
    mg.grad(lambda x: np.sum(np.asarray(x)))(np.ones(100))
    with pytest.raises(ConversionError, match=r"np\.stack"):
        mg.grad(lambda x: np.sum(np.asarray(x)))(np.ones(101))


def test_numbers_are_asked_for_by_their_type_and_no_objects_are_made() -> None:
    for convert in (
        lambda x: np.array([x[0]], dtype=float),
        lambda x: np.asarray(x, dtype=float),
        lambda x: np.float64(x[0]),
    ):
        with pytest.raises(ConversionError, match=r"\.numpy\(\)"):
            mg.grad(convert)(W)


class InNumbers(mg.Operation):
    """sin(x), with a gradient that wants an array of numbers. d/dx = grad * cos(x)."""

    name = "in_numbers"

    def forward(self, ctx: mg.Context, x: mg.Array) -> mg.Array:
        ctx.save(x)
        return np.sin(x)

    def backward(self, ctx: mg.Context, grad: mg.Array) -> mg.Array:
        return grad * np.cos(np.asarray(ctx.saved[0]))


@pytest.mark.parametrize(
    "second",
    [
        mg.hessian,
        lambda f: mg.grad(lambda x: mg.grad(f)(x)[0]),
        lambda f: lambda x: mg.hvp(f, x, x),
        mg.jacobian,
    ],
)
def test_the_code_of_an_operation_makes_no_objects_of_its_tensors(second: Any) -> None:
    in_numbers = InNumbers()
    f = (
        (lambda x: np.sum(in_numbers(x)))
        if second is not mg.jacobian
        else (lambda x: mg.grad(lambda y: np.sum(in_numbers(y)))(x))
    )
    with pytest.raises(ConversionError, match="does not turn into an array in silence"):
        second(f)(W)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.imag(np.array([x[0], x[1]]) * 1j)[0],
        lambda x: np.imag(np.array([x[0], 0.0]) + 1j * np.array([x[1], x[2]]))[0],
        lambda x: np.imag(np.array([x[0] * 1j, 0.0]))[0],
        lambda x: np.array([np.exp(1j * x)])[0, 0].imag,
    ],
)
def test_complex_objects_whose_imaginary_part_numpy_takes_for_0_are_refused(f: Any) -> None:
    with pytest.raises((DifferentiabilityError, ConversionError), match=r"np\.stack"):
        mg.grad(f)(W)


def test_complex_tensors_and_lists_of_real_ones_go_together() -> None:
    def f(x: Any) -> Any:
        weights = np.array([x[0], x[1]])
        z = np.exp(1j * x)
        return np.sum(weights * np.array([np.real(z[0] * 1j), np.imag(z[1])]))

    expected = mg.grad(lambda x: -x[0] * np.sin(x[0]) + x[1] * np.sin(x[1]))(W)
    np.testing.assert_allclose(mg.grad(f)(W), expected, rtol=1e-14)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.linalg.inv(np.array([[x[0], 0.0], [0.0, x[1]]])),
        lambda x: np.exp(np.array([0.0, x[0]])),
        lambda x: np.isnan(np.array([x[0], x[1]])),
        lambda x: np.mean([x[0], x[1]]),
    ],
)
def test_what_numpy_does_not_do_with_objects_is_an_error_that_names_what_joins(f: Any) -> None:
    with pytest.raises((TypeError, AttributeError)) as caught:
        mg.grad(lambda x: mg.grad(lambda y: np.sum(f(y)))(x)[0])(W)
    assert len(caught.value.__notes__) == 1
    assert "np.stack" in caught.value.__notes__[0]


def test_an_array_of_objects_beside_a_tensor_is_joined_and_no_tensor_or_index_is_made_of_it() -> None:
    def f(x: Any) -> Any:
        objects = np.fromiter(x, object)
        with pytest.raises(ArgumentError, match=r"np\.stack"):
            mg.Tensor(objects)
        with pytest.raises(ArgumentError, match="'index' is a tensor"):
            V.__getitem__(objects)
        return np.sum(x * objects)

    np.testing.assert_array_equal(mg.grad(f)(W), 2 * W)
    with pytest.raises(ArgumentError, match=r"basic::multiply.*np\.stack\(list\(x\)\) joins.*x\.astype"):
        np.multiply(V, np.array([1, 2, 3], object))


def test_numbers_in_an_array_of_objects_become_a_tensor_where_a_type_is_named() -> None:
    numbers = np.array([1, 2.5], dtype=object)
    assert mg.tensor(numbers, dtype=np.float32).dtype == np.float32
    with pytest.raises(ArgumentError, match=r"x\.astype\(float\)"):
        mg.Tensor(numbers)


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, lambda x: copy.deepcopy([x, x])[1]])
def test_a_copy_in_a_differentiated_function_has_the_gradient_of_what_it_was_made_of(how: Any) -> None:
    def f(x: Any) -> Any:
        return np.sum(how(x) * x * how(np.sin(x))) + np.sum(how(np.array([x[0], 3.0])) ** 2)

    def plain(x: Any) -> Any:
        return np.sum(x * x * np.sin(x)) + x[0] ** 2 + 9.0

    for derivative in (mg.grad, mg.hessian, lambda f: lambda x: mg.jvp(f, (x,), (V.numpy(),))):
        np.testing.assert_allclose(derivative(f)(W), derivative(plain)(W), rtol=1e-12)
    z = W * (1 + 1j)
    by_copy = mg.grad(lambda z: np.sum(np.abs(how(z)) ** 2))(z)
    np.testing.assert_allclose(by_copy, mg.grad(lambda z: np.sum(np.abs(z) ** 2))(z))


def test_a_leaf_is_copied_as_a_leaf_and_nothing_is_pickled_in_a_differentiated_function() -> None:
    layer = mg.Parameter(np.ones(3), "weight")

    def f(x: Any) -> Any:
        for how in (copy.copy, copy.deepcopy):
            assert type(how(layer)) is mg.Parameter
            assert how(V).requires_grad
        with pytest.raises(ConversionError, match="pickled"):
            pickle.dumps(x)
        return np.sum(x)

    np.testing.assert_array_equal(mg.grad(f)(W), np.ones(3))
