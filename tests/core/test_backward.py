"""One backward pass: the order of the visits, and the gradients that arrive.

Random graphs (`test_random_graphs.py`) check sums over paths, broadcasting and several outputs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core import Array, Context, no_grad, tensor
from tests.core.tiny_ops import Counting, add, gradient, leaf, make_operation, multiply


@pytest.mark.parametrize(
    ("seed", "expected"),
    [(None, [2, 4]), ([10, 100], [20, 400]), (tensor([1.0, 0.0]), [2, 0])],
    ids=["ones", "list", "tensor"],
)
def test_backward_starts_from_ones_or_the_given_gradient(seed: Any, expected: list[float]) -> None:
    x = leaf(1, 2)
    multiply(x, x).backward(seed)
    np.testing.assert_array_equal(gradient(x), expected)


def test_a_diamond_is_visited_once_with_the_whole_gradient() -> None:
    x, counting = leaf(1), Counting()
    middle = counting(x)
    add(add(middle, middle), multiply(middle, leaf(3))).backward()
    assert counting.visits == [5]
    np.testing.assert_array_equal(gradient(x), [5])


def test_a_ladder_of_diamonds_is_linear_in_its_rungs() -> None:
    x, counting = leaf(1), Counting()
    y = x
    for _ in range(200):  # 2^200 paths
        y = add(counting(y), y)
    y.backward([0.5**200])
    assert len(counting.visits) == 200
    np.testing.assert_allclose(gradient(x), [1])


def test_a_chain_of_a_hundred_thousand_operations() -> None:
    x = leaf(1)
    y = x
    for _ in range(50_000):
        y = add(multiply(y, np.ones(1)), np.ones(1))
    np.testing.assert_array_equal(y.numpy(), [50_001])
    y.backward()
    np.testing.assert_array_equal(gradient(x), [1])


def test_gradients_take_their_inputs_dtypes() -> None:
    x, y = leaf(1, 2, dtype=np.float32), leaf(3, 4)
    z = multiply(x, y)
    assert z.dtype == np.float64
    z.backward()
    assert (gradient(x).dtype, gradient(y).dtype) == (np.float32, np.float64)
    big_endian = leaf(3, 4, dtype=">f8")
    for _ in range(2):
        multiply(big_endian, big_endian).backward()
        assert gradient(big_endian).dtype == np.dtype(">f8")


def test_the_gradient_of_an_unused_output_is_zeros() -> None:
    received: list[tuple[Any, ...]] = []

    def backward(self: Any, ctx: Context, *grads: Array) -> Array:
        received.append(grads)
        return grads[0] + 2 * grads[2]

    three = make_operation(lambda self, ctx, x: (x * 1, np.ones((2, 2), np.float32), x * 2), backward)
    three(leaf(1, 2))[0].backward()
    ((used, second, third),) = received
    np.testing.assert_array_equal(used, [1, 1])
    np.testing.assert_array_equal(second, np.zeros((2, 2)))
    assert second.dtype == np.float32
    np.testing.assert_array_equal(third, [0, 0])


def test_an_output_of_integers_requires_no_gradient() -> None:
    op = make_operation(lambda self, ctx, x: (x * 1, np.argmax(x, keepdims=True)), lambda self, ctx, g, _: g)
    values, index = op(leaf(1, 2))
    assert values.requires_grad
    assert not index.requires_grad


def test_needs_has_one_bool_per_input_of_the_call() -> None:
    seen: list[tuple[bool, ...]] = []

    def forward(self: Any, ctx: Context, x: Array, y: Array, z: Array | None = None) -> Array:
        seen.append(ctx.needs)
        return x * y

    op, x = make_operation(forward), leaf(1)
    op(x, tensor([1.0]), x)
    op(x, np.ones(1))
    op(np.ones(1), np.ones(1))
    with no_grad():
        op(x, x)
    assert seen == [(True, False, True), (True, False), (False, False), (False, False)]
