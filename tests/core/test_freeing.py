"""A graph is freed during backward, or by reference counting alone."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from minigrad_core import Array, Context, tensor
from minigrad_core.errors import FreedGraphError, InputError
from tests.core.tiny_ops import add, leaf, make_operation, multiply, total


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


def refuse(self: Any, ctx: Context, x: Array, y: Array) -> Array:
    raise InputError("its own words")


@pytest.mark.parametrize("operation", [add, make_operation(refuse)], ids=["by NumPy", "by the operation"])
@pytest.mark.usefixtures("without_gc")
def test_the_inputs_of_a_refused_call_are_freed_by_reference_counting_alone(operation: Any) -> None:
    given = leaf(1, 2)
    reference = weakref.ref(given)
    with suppress(InputError):
        operation(given, np.ones(3))
    del given
    assert reference() is None


@pytest.mark.usefixtures("without_gc")
def test_a_tensor_that_was_assigned_values_of_its_own_graph_is_freed_by_reference_counting_alone() -> None:
    for is_computed in (True, False):
        y = multiply(leaf(1, 2), np.ones(2)) if is_computed else tensor([1.0, 2.0])
        y[:] = multiply(multiply(y, leaf(3, 4)), y)
        reference = weakref.ref(y)
        del y
        assert reference() is None


def test_saved_values_are_freed_during_backward_unless_the_graph_is_retained() -> None:
    alive: list[bool] = []

    def backward(self: Any, ctx: Context, grad: Array) -> Array:
        alive.append(saved() is not None)
        return grad * 1

    factor = np.array([3.0, 4.0])
    saved = weakref.ref(factor)
    watched = make_operation(lambda self, ctx, x: x * 1, backward)(leaf(1, 2))
    y = multiply(multiply(watched, np.ones(2)), factor)
    del factor
    y.backward(retain_graph=True)
    y.backward()
    assert alive == [True, False]


def test_a_second_backward_through_a_freed_graph_is_refused_with_advice() -> None:
    x = leaf(2)
    y = multiply(x, x)
    y.backward()
    message = (
        "backward went through tiny_multiply before.*run the forward pass again, or pass retain_graph=True"
    )
    for root in (y, add(y, x)):  # also as a part of another graph
        with pytest.raises(FreedGraphError, match=message):
            root.backward()


def test_two_thousand_steps_leave_nothing_behind() -> None:
    # Neither memory, nor objects that wait for the garbage collector, which would mean cycles.
    x, weight = np.ones(3), leaf(0.1, 0.2, 0.3)

    def step() -> None:
        weight.zero_grad()
        total(multiply(add(multiply(weight, x), weight), weight)).backward()

    for _ in range(100):
        step()
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        step()
        objects, (memory, _) = len(gc.get_objects()), tracemalloc.get_traced_memory()
        for _ in range(2_000):
            step()
        assert len(gc.get_objects()) - objects < 100
        assert tracemalloc.get_traced_memory()[0] - memory < 10_000  # five bytes a step
    finally:
        tracemalloc.stop()
        gc.enable()
