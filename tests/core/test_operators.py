"""Python's operators resolve through the table of functions; these tests fill it with their own answers."""

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
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Every function answers with its name and what it was given."""
    found: list[tuple[Any, ...]] = []
    table: dict[Any, Any] = FUNCTIONS

    def answer(function: Any) -> Callable[..., Any]:
        def call(*args: Any) -> str:
            found.append((function, *args))
            return "answer"

        return call

    functions = {f for _, f in BINARY} | {f for _, *fs in COMPARISONS for f in fs} | {f for _, f in UNARY}
    for function in [*functions, operator.getitem]:
        monkeypatch.setitem(table, function, answer(function))
    return found


@pytest.mark.parametrize(("operation", "function"), BINARY)
def test_a_binary_operator_asks_for_its_function(operation: Any, function: Any, asked: list[Any]) -> None:
    x, y = tensor([1.0]), tensor([2.0])
    assert operation(x, y) == "answer"
    assert operation(x, 3) == "answer"
    assert asked == [(function, x, y), (function, x, 3)] or _same(asked, [(function, x, y), (function, x, 3)])


@pytest.mark.parametrize(("operation", "function"), BINARY)
def test_a_reflected_operator_keeps_the_order(operation: Any, function: Any, asked: list[Any]) -> None:
    x = tensor([1.0])
    operation(3, x)
    assert _same(asked, [(function, 3, x)])


@pytest.mark.parametrize(("operation", "function", "mirrored"), COMPARISONS)
def test_a_comparison_asks_for_its_function(
    operation: Any, function: Any, mirrored: Any, asked: list[Any]
) -> None:
    x = tensor([1.0])
    operation(x, 3)
    operation(3, x)
    assert _same(asked, [(function, x, 3), (mirrored, x, 3)])


@pytest.mark.parametrize(("operation", "function"), UNARY)
def test_a_unary_operator_asks_for_its_function(operation: Any, function: Any, asked: list[Any]) -> None:
    x = tensor([1.0])
    operation(x)
    assert _same(asked, [(function, x)])


@pytest.mark.parametrize("index", [0, slice(1), (0, None), ..., [0, 1]])
def test_indexing_asks_for_getitem(index: Any, asked: list[Any]) -> None:
    x = tensor([1.0, 2.0])
    assert x[index] == "answer"
    assert _same(asked, [(operator.getitem, x, index)])


@pytest.mark.parametrize(("operation", "function"), BINARY[:7])
def test_an_array_on_the_left_lets_the_tensor_answer(operation: Any, function: Any, asked: list[Any]) -> None:
    x, a = tensor([1.0]), np.array([3.0])
    assert operation(a, x) == "answer"
    assert _same(asked, [(function, a, x)])


def test_an_augmented_assignment_makes_a_new_tensor() -> None:
    x = tensor([1.0], requires_grad=True)
    y = x
    y += 1.0
    assert y is not x
    np.testing.assert_array_equal(x.numpy(), [1])


def test_augmented_assignment_to_an_array_is_refused_since_the_array_has_no_history() -> None:
    a = np.ones(1)
    with pytest.raises(ArgumentError, match="out"):
        a += tensor([1.0], requires_grad=True)


def test_writing_to_a_tensor_is_refused_with_the_ways_out() -> None:
    x = tensor([1.0, 2.0])
    with pytest.raises(ArgumentError, match=r"tensors are not written to.*np\.where.*t\.data on purpose"):
        x[0] = 3.0


def test_iterating_yields_what_indexing_does() -> None:
    assert [x.item() for x in tensor([1.0, 2.0])] == [1, 2]
    with pytest.raises(ArgumentError, match="a 0-d tensor cannot be iterated over"):
        iter(tensor(1.0))


def test_containment_is_numpys() -> None:
    x = tensor([1.0, 2.0])
    assert 2.0 in x
    assert 3.0 not in x


def _same(found: list[tuple[Any, ...]], expected: list[tuple[Any, ...]]) -> bool:
    """Compare by identity: tensors answer `==` elementwise."""
    return len(found) == len(expected) and all(
        len(f) == len(e)
        and all(
            a is b or (not isinstance(a, (Tensor, np.ndarray)) and a == b) for a, b in zip(f, e, strict=True)
        )
        for f, e in zip(found, expected, strict=True)
    )


def test_round_gives_pythons_number_of_a_single_value() -> None:
    t = tensor(2.675, requires_grad=True)
    assert round(t) == 3
    assert round(t, 1) == 2.7
    with pytest.raises(ArgumentError, match=r"np\.round\(t, decimals\) rounds those of an array"):
        round(tensor([1.5]))
