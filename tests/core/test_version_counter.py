"""A graph whose leaves were written to in place between a call and its backward."""

from __future__ import annotations

import copy
import threading
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


def test_a_step_between_call_and_backward_is_told() -> None:
    p, q = parameters()
    optimizer = Descent([p, q], lr=0.1)
    first, second = multiply(p, q), multiply(multiply(p, p), q)
    first.backward()
    optimizer.step()
    with pytest.raises(
        StaleGraphError,
        match=r"multiply was called with a parameter '[pq]' of shape \(2,\) that has been changed since, by "
        r"a step .* Call backward before step, or run the forward pass again",
    ):
        second.backward()


def test_a_retained_graph_is_told_too() -> None:
    p, q = parameters()
    optimizer = Descent([p, q], lr=0.1)
    y = multiply(p, q)
    y.backward(retain_graph=True)
    y.backward(retain_graph=True)
    optimizer.step()
    with pytest.raises(StaleGraphError):
        y.backward()


def test_a_checkpointed_call_is_told_too() -> None:
    p, q = parameters()
    optimizer = Descent([p, q], lr=1e-12)  # the values are as good as the same, when they are computed again
    y = mg.checkpoint(lambda: multiply(p, q))()
    multiply(p, q).backward()
    optimizer.step()
    with pytest.raises(StaleGraphError, match=r"checkpoint was called with a parameter '[pq]'"):
        y.backward()


def test_loading_a_state_is_a_write() -> None:
    module = Two()
    y = module(np.ones(2))
    module.load_state_dict(module.state_dict())
    with pytest.raises(StaleGraphError):
        y.backward()


def test_what_saved_no_parameter_goes_on() -> None:
    p, q = parameters()
    optimizer = Descent([p, q], lr=0.1)
    y = add(p, q)
    multiply(p, q).backward()
    optimizer.step()
    optimizer.zero_grad()
    y.backward()
    np.testing.assert_array_equal(gradient(p), [1, 1])


def test_parameters_that_got_no_gradient_were_not_written_to() -> None:
    p, q = parameters()
    r = Parameter(np.ones(2))
    optimizer = Descent([p, q, r], lr=0.1)
    y = multiply(p, q)
    multiply(r, np.ones(2)).backward()
    optimizer.step()
    y.backward()
    np.testing.assert_array_equal(gradient(p), [3, 1])


def test_a_view_of_a_parameter_is_recognised() -> None:
    p, q = parameters()
    optimizer = Descent([p, q], lr=0.1)
    multiply(p, q).backward()
    y = multiply(p.data[::-1], leaf(1, 2))
    optimizer.step()
    with pytest.raises(StaleGraphError, match="parameter 'p'"):
        y.backward()


def test_a_pullback_is_told() -> None:
    module = Two()
    optimizer = Descent(module.parameters(), lr=0.1)
    module(np.ones(2)).backward()
    _, pullback = vjp(lambda m: m(np.ones(2)), module)
    optimizer.step()
    with pytest.raises(StaleGraphError):
        pullback(np.ones(2))


def test_a_copied_optimizer_looks_after_its_copies() -> None:
    p, q = parameters()
    optimizer = copy.deepcopy(Descent([p, q], lr=0.1))
    p, q = optimizer.params
    multiply(p, q).backward()
    y = multiply(p, q)
    optimizer.step()
    with pytest.raises(StaleGraphError):
        y.backward()


def test_steps_of_other_threads_disturb_nobody() -> None:
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


def test_a_parameter_of_many_values_may_be_watched_twice() -> None:
    """By its optimizer, by a second one, and by each state that is loaded."""
    model = Two()
    Descent(model.parameters(), lr=0.1)
    Descent(model.parameters(), lr=0.1)
    for _ in range(2):
        y = model(np.ones(2))
        model.load_state_dict(model.state_dict())
        with pytest.raises(StaleGraphError):
            y.backward()


def test_another_array_changes_nothing_that_was_recorded() -> None:
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    total = multiply(multiply(x, x), x)
    value, pullback = vjp(lambda x: multiply(multiply(x, x), x), x)
    x.data = np.array([5.0, 6.0])
    total.backward()
    np.testing.assert_array_equal(x.grad, [3, 12])
    np.testing.assert_array_equal(pullback(np.ones(2)).numpy(), [3, 12])
    np.testing.assert_array_equal(value.numpy(), [1, 8])
