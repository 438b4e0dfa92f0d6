"""A graph is freed as it is swept, or by reference counting alone."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from minigrad_core import Array, Context, Operation
from minigrad_core.errors import FreedGraphError, InputError
from tests.core.tiny_ops import add, leaf, multiply, total


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


class Refusing(Operation):
    name = "refusing"

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        raise InputError("its own words")

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad


@pytest.mark.parametrize("operation", [add, Refusing()], ids=["by NumPy", "by the operation itself"])
def test_what_a_refused_call_was_given_is_freed_by_reference_counting_alone(operation: Any) -> None:
    given = leaf(1, 2)
    reference = weakref.ref(given)
    gc.disable()
    try:
        with suppress(InputError):
            operation(given, np.ones(3))
        del given
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


def test_ten_thousand_steps_leave_nothing_behind() -> None:
    # Neither objects that wait for the collector, which would mean cycles, nor memory.
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
        for _ in range(10_000):
            step()
        assert len(gc.get_objects()) - objects < 100
        assert tracemalloc.get_traced_memory()[0] - memory < 10_000
    finally:
        tracemalloc.stop()
        gc.enable()
