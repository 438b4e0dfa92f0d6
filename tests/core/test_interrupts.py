"""Ctrl-C, wherever it comes, changes no mode, generator or buffer, and the next gradients are right."""

from __future__ import annotations

import random
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import copy_context
from inspect import CO_GENERATOR
from linecache import getline
from time import perf_counter
from types import FrameType
from typing import Any

import numpy as np
import pytest

from minigrad_core import Module, Parameter, checkpoint, grad, hvp, jvp, no_grad, tensor, vjp

X = np.array([0.3, -0.7, 1.1])


def f(x: Any) -> Any:
    return np.sum(np.tanh(x) * np.exp(x))


class Averaging(Module):
    mean: Any

    def __init__(self) -> None:
        self.w = Parameter(np.ones(3))
        self.register_buffer("mean", np.zeros(3))

    def forward(self, x: Any) -> Any:
        self.mean = self.mean + 1.0
        return np.sum(np.tanh(x * self.w) * self.mean)


MODEL, DROPOUT = Averaging(), np.random.default_rng(0)


def without_gradients() -> None:
    with no_grad():
        f(tensor(X, requires_grad=True))
    no_grad()(f)(tensor(X, requires_grad=True))


def checkpointed() -> None:
    checkpoint(f)(tensor(X, requires_grad=True)).backward()


def trained() -> None:
    MODEL.zero_grad()
    MODEL(X).backward()
    MODEL.w.data -= 0.01 * MODEL.w.grad  # type: ignore[operator]  # it has one


STEPS: list[Callable[[], Any]] = [
    without_gradients,
    checkpointed,
    trained,
    lambda: grad(lambda x: np.sum(grad(f)(x) ** 2))(X),
    lambda: grad(lambda m: m(X))(MODEL),
    lambda: vjp(f, X)[1](1.0),
    lambda: hvp(f, X, X),
    lambda: jvp(f, X, X),
]
SLOPE, CURVATURE = grad(f)(X), hvp(f, X, X)


def check_nothing_is_left() -> None:
    x = tensor(X, requires_grad=True)
    assert (x * x).requires_grad
    found = grad(f)(X)
    assert type(found) is np.ndarray  # and not a tensor, as inside a transform
    np.testing.assert_array_equal(found, SLOPE)
    np.testing.assert_array_equal(hvp(f, X, X), CURVATURE)
    assert not any(
        value for variable, value in copy_context().items() if variable.name.startswith("minigrad")
    )


def events(function: Callable[[], Any], stop: float) -> int:
    """Count the lines, calls and returns of Python code in a call, and raise `KeyboardInterrupt` at one.

    Not at a `with`, to which a trace function comes once more before `__exit__` is called, and a signal does
    not. Nor where a generator is entered or left: that is traced as well when one is freed before its end, as
    by `any`, and nobody could catch what is raised there.
    """
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        at_with = getline(frame.f_code.co_filename, frame.f_lineno).lstrip().startswith("with ")
        count += not at_with and (event == "line" or not frame.f_code.co_flags & CO_GENERATOR)
        if count == stop:
            raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("step", STEPS)
def test_an_interrupt_between_any_two_lines_leaves_nothing_behind(step: Callable[[], Any]) -> None:
    step()
    total = events(step, np.inf)
    for stop in range(1, total, 1 + total // 150):
        events(step, stop)
        check_nothing_is_left()


def test_an_interrupt_of_backward_adds_to_all_leaves_or_to_none() -> None:
    def leaves() -> list[Any]:
        return [tensor(X, requires_grad=True) for _ in range(5)]

    total = events(np.sum(sum(leaves())).backward, np.inf)
    outcomes = set()
    for stop in range(1, total + 2):
        xs = leaves()
        events(np.sum(sum(xs)).backward, stop)
        outcomes.add(tuple(x.grad is None for x in xs))
    assert outcomes == {(True,) * 5, (False,) * 5}


# What is freed may run Python code, in which nobody could catch the interrupt: it is told on standard error.
swallowed = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
timed = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the platform has no such timer")


@pytest.fixture
def alarm() -> Iterator[Callable[[float], None]]:
    """Give the call that lets an interrupt come after some seconds; after none of them, never."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    yield lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds) and None
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def interrupted(
    step: Callable[[], Any], alarm: Callable[[float], None], seconds: float
) -> BaseException | None:
    caught = None
    try:
        alarm(seconds)
        step()
        alarm(0)
    except KeyboardInterrupt as error:
        caught = error
    with suppress(KeyboardInterrupt):
        alarm(0)
    return caught


def _duration(step: Callable[[], Any]) -> float:
    start = perf_counter()
    step()
    return perf_counter() - start


@swallowed
@timed
def test_signals_leave_nothing_behind_though_somebody_keeps_the_traceback(alarm: Any) -> None:
    rng = random.Random(0)
    for step in STEPS * 20:
        caught = interrupted(step, alarm, max(1e-6, rng.random() * _duration(step)))  # as a notebook keeps it
        check_nothing_is_left()
        del caught


@swallowed
@timed
def test_generators_and_buffers_are_not_left_rewound(alarm: Any) -> None:
    def dropped(x: Any) -> Any:
        return MODEL(x * (DROPOUT.random(3) > 0.5))

    rng, duration = random.Random(0), 0.0
    for _ in range(100):
        y = checkpoint(dropped)(tensor(X, requires_grad=True))
        state, mean = DROPOUT.bit_generator.state, MODEL.mean
        interrupted(y.backward, alarm, max(1e-6, rng.random() * duration))
        assert DROPOUT.bit_generator.state == state
        assert MODEL.mean is mean
        duration = _duration(checkpoint(dropped)(tensor(X, requires_grad=True)).backward)
