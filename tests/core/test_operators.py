"""Python's operators call NumPy's functions through the dispatch table, which these tests replace."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from minigrad_core import Tensor, tensor
from minigrad_core.dispatch import FUNCTIONS
from minigrad_core.errors import ArgumentError

BINARY: list[tuple[Callable[..., Any], Callable[..., Any]]] = [
    (operator.add, np.add), (operator.sub, np.subtract), (operator.mul, np.multiply),
    (operator.truediv, np.divide), (operator.floordiv, np.floor_divide), (operator.mod, np.remainder),
    (operator.pow, np.power), (operator.matmul, np.matmul),
    (operator.and_, np.bitwise_and), (operator.or_, np.bitwise_or), (operator.xor, np.bitwise_xor),
    (operator.lshift, np.left_shift), (operator.rshift, np.right_shift),
]  # fmt: skip
COMPARISONS: list[tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]] = [
    (operator.lt, np.less, np.greater), (operator.le, np.less_equal, np.greater_equal),
    (operator.gt, np.greater, np.less), (operator.ge, np.greater_equal, np.less_equal),
    (operator.eq, np.equal, np.equal), (operator.ne, np.not_equal, np.not_equal),
]  # fmt: skip
UNARY: list[tuple[Callable[..., Any], Callable[..., Any]]] = [
    (operator.neg, np.negative), (operator.pos, np.positive), (abs, np.abs), (operator.invert, np.invert),
]  # fmt: skip


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Replace every function by one that appends (function, *arguments) to this list."""
    recorded: list[tuple[Any, ...]] = []
    table: dict[Any, Any] = FUNCTIONS

    def make_recorder(function: Any) -> Callable[..., Any]:
        def record(*args: Any) -> str:
            recorded.append((function, *args))
            return "answer"

        return record

    functions = {f for _, f in BINARY} | {f for _, *fs in COMPARISONS for f in fs} | {f for _, f in UNARY}
    for function in [*functions, operator.getitem]:
        monkeypatch.setitem(table, function, make_recorder(function))
    return recorded


@pytest.mark.parametrize(("operation", "function"), BINARY)
def test_a_binary_operator_calls_its_function_in_either_order(
    operation: Any, function: Any, calls: list[Any]
) -> None:
    x, y = tensor([1.0]), tensor([2.0])
    assert operation(x, y) == operation(x, 3) == operation(3, x) == "answer"
    assert _same(calls, [(function, x, y), (function, x, 3), (function, 3, x)])


@pytest.mark.parametrize(("operation", "function", "mirrored"), COMPARISONS)
def test_a_comparison_calls_its_function(
    operation: Any, function: Any, mirrored: Any, calls: list[Any]
) -> None:
    x = tensor([1.0])
    operation(x, 3)
    operation(3, x)
    assert _same(calls, [(function, x, 3), (mirrored, x, 3)])


@pytest.mark.parametrize(("operation", "function"), UNARY)
def test_a_unary_operator_calls_its_function(operation: Any, function: Any, calls: list[Any]) -> None:
    x = tensor([1.0])
    operation(x)
    assert _same(calls, [(function, x)])


@pytest.mark.parametrize("index", [0, slice(1), (0, None), ..., [0, 1]])
def test_indexing_calls_getitem(index: Any, calls: list[Any]) -> None:
    x = tensor([1.0, 2.0])
    assert x[index] == "answer"
    assert _same(calls, [(operator.getitem, x, index)])


@pytest.mark.parametrize(("operation", "function"), BINARY[:7])
def test_an_array_on_the_left_leaves_the_operator_to_the_tensor(
    operation: Any, function: Any, calls: list[Any]
) -> None:
    x, a = tensor([1.0]), np.array([3.0])
    assert operation(a, x) == "answer"
    assert _same(calls, [(function, a, x)])


def test_an_augmented_assignment_makes_a_new_tensor_and_is_refused_for_an_array() -> None:
    x, a = tensor([1.0], requires_grad=True), np.ones(1)
    y = x
    y += 1.0
    assert y is not x
    np.testing.assert_array_equal(x.numpy(), [1])
    with pytest.raises(ArgumentError, match="out"):
        a += x  # an array is not in the graph


def test_iteration_and_containment_are_those_of_numpy() -> None:
    x = tensor([1.0, 2.0])
    assert [element.item() for element in x] == [1, 2]
    with pytest.raises(ArgumentError, match="a 0-d tensor cannot be iterated over"):
        iter(tensor(1.0))
    assert 2.0 in x
    assert 3.0 not in x


def _same(found: list[tuple[Any, ...]], expected: list[tuple[Any, ...]]) -> bool:
    """Compare by identity, since `==` of tensors is elementwise."""
    return len(found) == len(expected) and all(
        len(f) == len(e)
        and all(
            a is b or (not isinstance(a, (Tensor, np.ndarray)) and a == b) for a, b in zip(f, e, strict=True)
        )
        for f, e in zip(found, expected, strict=True)
    )


def test_round_of_a_single_value_is_a_python_number() -> None:
    t = tensor(2.675, requires_grad=True)
    assert round(t) == 3
    assert round(t, 1) == 2.7
    with pytest.raises(ArgumentError, match=r"np\.round\(t, decimals\) rounds those of an array"):
        round(tensor([1.5]))
