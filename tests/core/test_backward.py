"""One reverse sweep: the order of the visits, and what arrives."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation, no_grad, tensor
from tests.core.tiny_ops import Counting, add, gradient, leaf, multiply, pair


def test_backward_seeds_ones() -> None:
    x = leaf(1, 2, 3)
    multiply(x, x).backward()
    np.testing.assert_array_equal(gradient(x), [2, 4, 6])


def test_backward_weights_with_the_gradient_it_is_given() -> None:
    x = leaf(1, 2)
    multiply(x, x).backward([10, 100])
    np.testing.assert_array_equal(gradient(x), [20, 400])


def test_the_gradient_it_is_given_may_be_a_tensor_without_history() -> None:
    x = leaf(1, 2)
    multiply(x, x).backward(tensor([1.0, 0.0]))
    np.testing.assert_array_equal(gradient(x), [2, 0])


def test_a_leaf_passes_the_gradient_to_itself() -> None:
    x = leaf(1, 2)
    x.backward([3, 4])
    np.testing.assert_array_equal(gradient(x), [3, 4])


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


def test_order_of_recording_decides_not_order_of_arguments() -> None:
    x = leaf(3)
    early = multiply(x, x)
    late = multiply(early, x)
    add(late, early).backward()
    np.testing.assert_array_equal(gradient(x), [3 * 9 + 2 * 3])
    x.zero_grad()
    early = multiply(x, x)
    late = multiply(early, x)
    add(early, late).backward()
    np.testing.assert_array_equal(gradient(x), [3 * 9 + 2 * 3])


def test_a_fan_of_a_thousand_uses_adds_up() -> None:
    x = leaf(1, 1)
    parts = [multiply(x, np.full(2, float(i))) for i in range(1000)]
    y = parts[0]
    for part in parts[1:]:
        y = add(y, part)
    y.backward()
    np.testing.assert_array_equal(gradient(x), [499500, 499500])


def test_a_chain_of_a_hundred_thousand_operations() -> None:
    x = leaf(1)
    y = x
    for _ in range(50_000):
        y = add(multiply(y, np.ones(1)), np.ones(1))
    np.testing.assert_array_equal(y.numpy(), [50_001])
    y.backward()
    np.testing.assert_array_equal(gradient(x), [1])


def test_a_broadcast_input_gets_the_sum_of_its_copies() -> None:
    row, column, scalar = (
        leaf(1, 2, 3),
        tensor(np.ones((2, 1)), requires_grad=True),
        tensor(2.0, requires_grad=True),
    )
    multiply(add(row, column), scalar).backward()
    np.testing.assert_array_equal(gradient(row), [4, 4, 4])
    np.testing.assert_array_equal(gradient(column), [[6], [6]])
    np.testing.assert_array_equal(gradient(scalar), np.sum(np.array([1, 2, 3]) + np.ones((2, 1))))


def test_gradients_take_their_inputs_dtypes() -> None:
    x, y = leaf(1, 2, dtype=np.float32), leaf(3, 4)
    z = multiply(x, y)
    assert z.dtype == np.float64
    z.backward()
    assert (gradient(x).dtype, gradient(y).dtype) == (np.float32, np.float64)


def test_an_output_that_nobody_used_arrives_as_zeros() -> None:
    arrived: list[tuple[Any, ...]] = []

    class Three(Operation):
        name = "three"

        def forward(self, ctx: Context, x: Array) -> tuple[Array, ...]:
            return x * 1, np.ones((2, 2), np.float32), x * 2

        def backward(self, ctx: Context, *grads: Array) -> Array:
            arrived.append(grads)
            return grads[0] + 2 * grads[2]

    x = leaf(1, 2)
    first, _, _ = Three()(x)
    first.backward()
    ((used, second, third),) = arrived
    np.testing.assert_array_equal(used, [1, 1])
    np.testing.assert_array_equal(second, np.zeros((2, 2)))
    assert second.dtype == np.float32
    np.testing.assert_array_equal(third, [0, 0])


def test_all_outputs_add_up() -> None:
    x = leaf(1, 2)
    twice, minus = pair(x)
    add(multiply(twice, minus), minus).backward()
    np.testing.assert_array_equal(gradient(x), [-4 * 1 - 1, -4 * 2 - 1])


def test_an_output_of_integers_requires_no_gradient() -> None:
    class WithIndex(Operation):
        name = "with_index"

        def forward(self, ctx: Context, x: Array) -> tuple[Array, Array]:
            return x * 1, np.argmax(x, keepdims=True)

        def backward(self, ctx: Context, grad: Array, index: Array) -> Array:
            return grad

    values, index = WithIndex()(leaf(1, 2))
    assert values.requires_grad
    assert not index.requires_grad


def test_needs_tells_which_gradients_are_asked_for() -> None:
    seen: list[tuple[bool, ...]] = []

    class Needs(Operation):
        name = "needs"

        def forward(self, ctx: Context, x: Array, y: Array, z: Array | None = None) -> Array:
            seen.append(ctx.needs)
            return x * y

        def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
            return grad, None, None

    x = leaf(1)
    Needs()(x, tensor([1.0]), x)
    Needs()(x, np.ones(1))
    Needs()(np.ones(1), np.ones(1))
    with no_grad():
        Needs()(x, x)
    assert seen == [(True, False, True), (True, False), (False, False), (False, False)]
