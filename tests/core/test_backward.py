"""One reverse sweep: order, accumulation, freeing, and what it refuses."""

from __future__ import annotations

import gc
import re
import weakref
from typing import Any

import numpy as np
import pytest
from minigrad_core.errors import DifferentiabilityError, FreedGraphError, GradientError

from minigrad_core import Array, Context, MinigradError, Operation, Tensor, no_grad, tensor
from tests.core.tiny_ops import Counting, Faulty, add, multiply, pair, total


def leaf(*values: float, dtype: Any = np.float64) -> Tensor:
    return tensor(np.array(values, dtype), requires_grad=True)


def gradient(x: Tensor) -> Any:
    assert x.grad is not None
    return x.grad


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


def test_gradients_accumulate_until_they_are_zeroed() -> None:
    x = leaf(2)
    multiply(x, x).backward()
    multiply(x, x).backward()
    np.testing.assert_array_equal(gradient(x), [8])
    x.zero_grad()
    assert x.grad is None


def test_a_gradient_of_a_0d_tensor_stays_an_array() -> None:
    x = tensor(2.0, requires_grad=True)
    for expected in (4, 8, 12):
        multiply(x, x).backward()
        assert type(gradient(x)) is np.ndarray
        assert gradient(x) == expected


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


def test_a_chain_of_a_hundred_thousand_operations_is_destroyed_without_recursion() -> None:
    x = leaf(0)
    first = add(x, x)
    start = weakref.ref(first)
    y = first
    del first
    for _ in range(100_000):
        y = add(y, y)
    assert start() is not None
    del y
    assert start() is None


def test_a_graph_is_freed_by_reference_counting_alone() -> None:
    x = leaf(1, 2)
    middle = multiply(x, x)
    reference = weakref.ref(middle)
    gc.disable()
    try:
        y = total(middle)
        del middle
        assert reference() is not None
        del y
        assert reference() is None
    finally:
        gc.enable()


def test_what_a_node_held_is_gone_while_the_sweep_goes_on() -> None:
    held: list[bool] = []

    class Watch(Operation):
        name = "watch"

        def forward(self, ctx: Context, x: Array) -> Array:
            return x * 1

        def backward(self, ctx: Context, grad: Array) -> Array:
            held.append(saved() is not None)
            return grad * 1

    factor = np.array([3.0, 4.0])
    saved = weakref.ref(factor)
    y = multiply(multiply(Watch()(leaf(1, 2)), np.ones(2)), factor)
    del factor
    y.backward(retain_graph=True)
    y.backward()
    assert held == [True, False]


def test_a_retained_graph_keeps_what_was_saved() -> None:
    x = leaf(2)
    y = multiply(x, x)
    y.backward(retain_graph=True)
    assert y.node is not None
    assert len(y.node.saved) == 2


def test_a_second_backward_through_a_freed_graph_names_the_operation_and_the_way_out() -> None:
    x = leaf(2)
    y = multiply(x, x)
    y.backward()
    message = (
        "backward went through tiny_multiply before.*run the forward pass again, or pass retain_graph=True"
    )
    with pytest.raises(FreedGraphError, match=message):
        y.backward()


def test_a_freed_part_of_another_graph_is_refused_too() -> None:
    x = leaf(2)
    shared = multiply(x, x)
    add(shared, x).backward()
    with pytest.raises(FreedGraphError, match="tiny_multiply"):
        add(shared, shared).backward()


def test_a_gradient_of_another_shape_than_the_tensor_is_refused() -> None:
    y = multiply(leaf(1, 2), leaf(1, 2))
    with pytest.raises(GradientError, match=r"the tensor's shape: expected \(2,\), got \(3,\)"):
        y.backward([1, 2, 3])
    with pytest.raises(GradientError, match=r"expected \(2,\), got \(\)"):
        y.backward(1)


def test_backward_without_anything_that_requires_a_gradient_is_refused() -> None:
    with pytest.raises(DifferentiabilityError, match=r"requires no gradient.*make a leaf with mg\.tensor"):
        tensor([1.0]).backward()
    with no_grad():
        y = multiply(leaf(1), leaf(2))
    with pytest.raises(DifferentiabilityError, match="computed under no_grad"):
        y.backward()


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (np.ones(3), r"faulty: the gradient for input 0 has the wrong shape: expected \(2,\), got \(3,\)"),
        (np.ones(()), r"expected \(2,\), got \(\)"),
        (np.ones((1, 2)), r"expected \(2,\), got \(1, 2\)"),
        (1.0, r"faulty: the gradient for input 0: expected an array of shape \(2,\), got float"),
        ([1.0, 1.0], "expected an array of shape .*, got list"),
        (np.ones(2, complex), "the wrong dtype: expected float64, got complex128"),
        (np.array(["a", "b"]), "the wrong dtype: expected float64, got <U1"),
        ((np.ones(2), np.ones(2)), "faulty: backward returned 2 gradients for 1 inputs"),
        ((), "faulty: backward returned 0 gradients for 1 inputs"),
    ],
)
def test_a_wrong_gradient_is_refused(returned: Any, message: str) -> None:
    y = Faulty(returned)(leaf(1, 2))
    with pytest.raises(GradientError, match=message):
        y.backward()


def test_the_input_whose_gradient_is_wrong_is_named_even_if_it_is_there_twice() -> None:
    x = leaf(1, 2)
    y = Faulty((np.ones(2), np.ones(3)))(x, x)
    with pytest.raises(GradientError, match=r"the gradient for input 1 .* expected \(2,\), got \(3,\)"):
        y.backward()


def test_the_plugin_of_a_registered_operation_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from minigrad_core.dispatch.tables import LABELS

    faulty = Faulty(np.ones(3))
    monkeypatch.setitem(LABELS, id(faulty), "mine::faulty (minigrad-mine 1.2)")
    with pytest.raises(GradientError, match=re.escape("mine::faulty (minigrad-mine 1.2): the gradient for")):
        faulty(leaf(1, 2)).backward()


def test_one_input_may_get_a_bare_array() -> None:
    x = leaf(1, 2)
    Faulty(np.array([7.0, 8.0]))(x).backward()
    np.testing.assert_array_equal(gradient(x), [7, 8])


def test_none_adds_nothing() -> None:
    x = leaf(1, 2)
    add(Faulty(None)(x), x).backward()
    np.testing.assert_array_equal(gradient(x), [1, 1])


def test_a_gradient_for_an_input_that_needs_none_is_ignored() -> None:
    x, y = leaf(1, 2), tensor([1.0, 2.0])
    Faulty((np.ones(2), "nonsense"))(x, y).backward()
    assert y.grad is None


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


def test_an_operation_that_does_not_broadcast_gets_no_sum() -> None:
    y = Faulty(np.ones((2, 2)))(leaf(1, 2))
    with pytest.raises(GradientError, match="wrong shape"):
        y.backward()


def test_gradients_take_their_inputs_dtypes() -> None:
    x, y = leaf(1, 2, dtype=np.float32), leaf(3, 4)
    z = multiply(x, y)
    assert z.dtype == np.float64
    z.backward()
    assert (gradient(x).dtype, gradient(y).dtype) == (np.float32, np.float64)


def test_integers_have_no_gradient_and_get_none_in_silence() -> None:
    class Floor(Operation):
        """Says it is differentiable, and returns integers."""

        name = "integers"

        def forward(self, ctx: Context, x: Array) -> Array:
            return x.astype(int)

        def backward(self, ctx: Context, grad: Array) -> Array:
            return grad

    y = Floor()(leaf(1.5))
    with pytest.raises(GradientError, match="values of type int64 have no gradient"):
        multiply(y, leaf(0.5)).backward()
    with pytest.raises(
        DifferentiabilityError, match="only floating point tensors have a gradient, this one is int64"
    ):
        y.backward()


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


def test_an_error_on_the_way_leaves_the_gradients_as_they_were() -> None:
    x, z = leaf(1, 2), leaf(1, 1)
    x.backward([5, 5])
    with pytest.raises(MinigradError):
        add(multiply(z, x), Faulty(np.ones(7))(x)).backward()
    np.testing.assert_array_equal(gradient(x), [5, 5])
    assert z.grad is None


def test_the_seed_is_never_written_to() -> None:
    x, seed = leaf(1, 2), np.array([3.0, 4.0])
    add(add(x, x), add(x, x)).backward(seed)
    np.testing.assert_array_equal(seed, [3, 4])
    x.zero_grad()
    x.backward(seed)
    assert not np.shares_memory(gradient(x), seed)


def test_an_array_that_an_operation_has_cached_is_never_added_to() -> None:
    cached = np.array([1.0, 1.0])
    cache = Faulty(cached)
    found = []
    for _ in range(3):
        x = leaf(1, 1)
        y = add(add(cache(x), cache(x)), add(cache(x), add(x, x)))
        y.backward()
        found.append(gradient(x).tolist())
    assert found == [[5, 5]] * 3  # and not 5, 7, 9
    np.testing.assert_array_equal(cached, [1, 1])


def test_two_leaves_that_get_one_array_share_none() -> None:
    x, y = leaf(1, 2), leaf(3, 4)
    add(x, y).backward()
    gradient(x)[:] = 100
    np.testing.assert_array_equal(gradient(y), [1, 1])


def test_a_gradient_outlives_what_the_operation_does_with_its_array() -> None:
    mine = np.array([1.0, 2.0])
    x = leaf(0, 0)
    Faulty(mine)(x).backward()
    mine[:] = 100
    np.testing.assert_array_equal(gradient(x), [1, 2])


def test_a_gradient_that_is_a_view_becomes_an_array_of_its_own() -> None:
    mine = np.arange(6.0)
    x = leaf(0, 0, 0)
    Faulty(mine[::2])(x).backward()
    assert gradient(x).base is None
    assert not np.shares_memory(gradient(x), mine)


def test_accumulating_does_not_write_to_the_gradient_that_was_there() -> None:
    x = leaf(1, 2)
    x.backward()
    before = gradient(x)
    x.backward()
    np.testing.assert_array_equal(before, [1, 1])
    np.testing.assert_array_equal(gradient(x), [2, 2])


def test_ten_thousand_steps_leave_nothing_behind() -> None:
    x, weight = np.ones(3), leaf(0.1, 0.2, 0.3)

    def step() -> None:
        weight.zero_grad()
        total(multiply(add(multiply(weight, x), weight), weight)).backward()

    for _ in range(100):
        step()
    gc.collect()
    before = len(gc.get_objects())
    gc.disable()
    try:
        for _ in range(10_000):
            step()
        assert len(gc.get_objects()) - before < 100  # no cycles: nothing waits for the collector
    finally:
        gc.enable()
