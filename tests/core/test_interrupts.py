"""Ctrl-C at any moment changes no mode, generator or buffer, and the next gradients are right."""

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
from minigrad_core.engine.modes import in_checkpoint

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


def run_no_grad() -> None:
    with no_grad():
        f(tensor(X, requires_grad=True))
    no_grad()(f)(tensor(X, requires_grad=True))


def run_checkpoint() -> None:
    checkpoint(f)(tensor(X, requires_grad=True)).backward()


def run_training_step() -> None:
    MODEL.zero_grad()
    MODEL(X).backward()
    MODEL.w.data -= 0.01 * MODEL.w.grad  # type: ignore[operator]  # it has one


STEPS: list[Callable[[], Any]] = [
    run_no_grad,
    run_checkpoint,
    run_training_step,
    lambda: grad(lambda x: np.sum(grad(f)(x) ** 2))(X),
    lambda: grad(lambda m: m(X))(MODEL),
    lambda: vjp(f, X)[1](1.0),
    lambda: hvp(f, X, X),
    lambda: jvp(f, X, X),
]
SLOPE, CURVATURE = grad(f)(X), hvp(f, X, X)


def check_modes_and_gradients() -> None:
    x = tensor(X, requires_grad=True)
    assert (x * x).requires_grad
    found = grad(f)(X)
    assert type(found) is np.ndarray  # and not a tensor, as inside a transform
    np.testing.assert_array_equal(found, SLOPE)
    np.testing.assert_array_equal(hvp(f, X, X), CURVATURE)
    assert not in_checkpoint.get()  # drops a block that was freed; a gradient does so for the other modes
    assert not any(
        value for variable, value in copy_context().items() if variable.name.startswith("minigrad")
    )


def count_events(function: Callable[[], Any], stop: float) -> int:
    """Count the lines, calls and returns of Python code in a call; interrupt the call at number `stop`.

    A `with` statement does not count: it is traced once more before `__exit__` is called, and no signal comes
    there. Neither do calls and returns of generators: they are traced also when an unfinished generator is
    freed, as by `any`, and an exception that is raised there cannot be caught.
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
    total = count_events(step, np.inf)
    for stop in range(1, total, 1 + total // 150):
        count_events(step, stop)
        check_modes_and_gradients()


def test_an_interrupt_of_backward_adds_to_all_leaves_or_to_none() -> None:
    def leaves() -> list[Any]:
        return [tensor(X, requires_grad=True) for _ in range(5)]

    total = count_events(np.sum(sum(leaves())).backward, np.inf)
    outcomes = set()
    for stop in range(1, total + 2):
        xs = leaves()
        count_events(np.sum(sum(xs)).backward, stop)
        outcomes.add(tuple(x.grad is None for x in xs))
    assert outcomes == {(True,) * 5, (False,) * 5}


# An interrupt in Python code that runs while an object is freed is only printed to standard error.
unraisable = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
needs_timer = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the platform has no such timer")


@pytest.fixture
def alarm() -> Iterator[Callable[[float], None]]:
    """Return a function that schedules an interrupt after some seconds; 0 cancels it."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    yield lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds) and None
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def interrupt_after(
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


@unraisable
@needs_timer
def test_signals_leave_nothing_behind_while_the_traceback_is_kept(alarm: Any) -> None:
    rng = random.Random(0)
    for step in STEPS * 20:
        # As a notebook keeps it.
        caught = interrupt_after(step, alarm, max(1e-6, rng.random() * _duration(step)))
        check_modes_and_gradients()
        del caught


@unraisable
@needs_timer
def test_generators_and_buffers_are_restored_after_a_signal(alarm: Any) -> None:
    def drop(x: Any) -> Any:
        return MODEL(x * (DROPOUT.random(3) > 0.5))

    rng, duration = random.Random(0), 0.0
    for _ in range(100):
        y = checkpoint(drop)(tensor(X, requires_grad=True))
        state, mean = DROPOUT.bit_generator.state, MODEL.mean
        interrupt_after(y.backward, alarm, max(1e-6, rng.random() * duration))
        assert DROPOUT.bit_generator.state == state
        assert MODEL.mean is mean
        duration = _duration(checkpoint(drop)(tensor(X, requires_grad=True)).backward)


def test_the_end_of_an_array_runs_no_python_in_which_a_ctrl_c_is_lost() -> None:
    x = tensor(X, requires_grad=True) * 2.0
    array = x.data
    x[0] = 1.0  # the tensor gets a copy, and the package remembers whose array it was
    calls: list[str] = []
    sys.setprofile(lambda frame, event, _: calls.append(frame.f_code.co_name) if event == "call" else None)
    try:
        del array
    finally:
        sys.setprofile(None)
    assert calls == []
