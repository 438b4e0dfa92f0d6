"""Leaves that are written to in place between a call and its backward."""

from __future__ import annotations

import copy
import threading
from functools import partial
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core import Optimizer, Parameter, vjp
from minigrad_core.errors import StaleGraphError
from tests.core.tiny_ops import add, gradient, leaf, multiply


class Descent(Optimizer):
    name = "descent"

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        data -= settings["lr"] * grad


class Two(mg.Module):
    def __init__(self) -> None:
        self.p, self.q = parameters()

    def forward(self, x: Any) -> Any:
        return multiply(multiply(self.p, self.q), x)


def parameters() -> tuple[Parameter, Parameter]:
    return Parameter(np.array([2.0, 1.0]), "p"), Parameter(np.array([3.0, 1.0]), "q")


def call_retained(p: Parameter, q: Parameter) -> Any:
    y = multiply(p, q)
    y.backward(retain_graph=True)
    return partial(y.backward, retain_graph=True)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (
            lambda p, q: multiply(multiply(p, p), q).backward,
            r"multiply was called with a parameter '[pq]' of shape \(2,\) that has been changed since, by "
            r"a step .* Call backward before step, or run the forward pass again",
        ),
        (call_retained, "parameter '[pq]'"),
        (lambda p, q: mg.checkpoint(lambda: multiply(p, q))().backward, "checkpoint was called with a param"),
        (lambda p, q: multiply(p.data[::-1], leaf(1, 2)).backward, "parameter 'p'"),
        (lambda p, q: partial(vjp(multiply, p, q)[1], np.ones(2)), "parameter '[pq]'"),
    ],
    ids=["call", "retained graph", "checkpoint", "view", "pullback"],
)
@pytest.mark.parametrize("make", [lambda optimizer: optimizer, copy.deepcopy], ids=["optimizer", "copy"])
def test_backward_after_a_step_is_refused(make: Any, record: Any, message: str) -> None:
    # The rate is so small that a checkpoint cannot notice the step by its values.
    optimizer = make(Descent(parameters(), lr=1e-12))
    p, q = optimizer.params
    call = record(p, q)
    multiply(p, q).backward()
    optimizer.step()
    with pytest.raises(StaleGraphError, match=message):
        call()


def test_backward_goes_through_calls_that_saved_no_parameter() -> None:
    p, q = parameters()
    optimizer = Descent([p, q], lr=0.1)
    y = add(p, q)
    multiply(p, q).backward()
    optimizer.step()
    optimizer.zero_grad()
    y.backward()
    np.testing.assert_array_equal(gradient(p), [1, 1])


def test_a_step_does_not_change_parameters_without_a_gradient() -> None:
    p, q = parameters()
    r = Parameter(np.ones(2))
    optimizer = Descent([p, q, r], lr=0.1)
    y = multiply(p, q)
    multiply(r, np.ones(2)).backward()
    optimizer.step()
    y.backward()
    np.testing.assert_array_equal(gradient(p), [3, 1])


def test_steps_of_other_optimizers_in_threads_are_no_hindrance() -> None:
    p, q = parameters()
    y = multiply(p, q)
    failed: list[BaseException] = []

    def train() -> None:
        try:
            own = parameters()
            optimizer = Descent(own, lr=0.0)
            for _ in range(50):
                multiply(*own).backward()
                optimizer.step()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=train) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    y.backward()
    np.testing.assert_array_equal(gradient(p), [3, 1])


def test_loading_a_state_is_a_write_also_for_parameters_of_two_optimizers() -> None:
    model = Two()
    Descent(model.parameters(), lr=0.1)
    Descent(model.parameters(), lr=0.1)
    for _ in range(2):
        y = model(np.ones(2))
        model.load_state_dict(model.state_dict())
        with pytest.raises(StaleGraphError):
            y.backward()


def test_assigning_another_array_does_not_change_recorded_calls() -> None:
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    total = multiply(multiply(x, x), x)
    value, pullback = vjp(lambda x: multiply(multiply(x, x), x), x)
    x.data = np.array([5.0, 6.0])
    total.backward()
    np.testing.assert_array_equal(x.grad, [3, 12])
    np.testing.assert_array_equal(pullback(np.ones(2)).numpy(), [3, 12])
    np.testing.assert_array_equal(value.numpy(), [1, 8])
