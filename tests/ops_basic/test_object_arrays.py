"""Tensors in lists and arrays of objects: what NumPy makes of them has their gradients, or is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minigrad_core as mg
from minigrad_core.errors import ArgumentError

W = np.array([0.5, -1.25, 2.0])
V = mg.tensor(W, requires_grad=True)


CONTAINERS: dict[str, Any] = {
    "list": list,
    "tuple": tuple,
    "objects": lambda x: np.fromiter(x, object),
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
        return _total(values)

    x = np.array([1.513, 2.267, 3.141])  # no two sides of a maximum meet here
    try:
        found = mg.grad(f)(x)
    except (TypeError, ValueError, AttributeError, IndexError):
        return  # refused, by us or by NumPy
    h = 1e-6
    steps = [(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(3)]
    np.testing.assert_allclose(found, steps, rtol=1e-6, atol=1e-6 * np.max(np.abs(steps), initial=1.0))


def test_an_array_of_objects_beside_a_tensor_is_refused_and_names_what_joins_its_tensors() -> None:
    def f(x: Any) -> Any:
        objects = np.fromiter(x, object)
        with pytest.raises(ArgumentError, match=r"basic::multiply.*np\.stack\(list\(x\)\) joins.*x\.astype"):
            np.multiply(V, objects)
        with pytest.raises(ArgumentError, match=r"np\.stack"):
            mg.Tensor(objects)
        with pytest.raises(ArgumentError, match="'index' is a tensor"):
            V.__getitem__(objects)
        return np.sum(x * np.stack(list(objects)))

    np.testing.assert_array_equal(mg.grad(f)(W), 2 * W)


def test_numbers_in_an_array_of_objects_become_a_tensor_where_a_type_is_named() -> None:
    numbers = np.array([1, 2.5], dtype=object)
    assert mg.tensor(numbers, dtype=np.float32).dtype == np.float32
    with pytest.raises(ArgumentError, match=r"x\.astype\(float\)"):
        mg.Tensor(numbers)
