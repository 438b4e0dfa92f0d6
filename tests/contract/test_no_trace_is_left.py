"""Whatever an initializer or optimizer does to the process, the kit puts it back; and it says so."""

from __future__ import annotations

import gc
import logging
import os
import random
import signal
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.testing import check_initializer, check_operation, check_optimizer
from minigrad_core.testing.global_state import preserve_global_state

if TYPE_CHECKING:
    from minigrad_core.testing import Report

pytestmark = pytest.mark.usefixtures("surroundings")


def world() -> list[Any]:
    """Return the global state that the kit watches."""
    legacy: Any = np.random.get_state()  # noqa: NPY002
    return [
        (legacy[1].tobytes(), *legacy[2:]),
        random.getstate(),
        np.geterr(),
        list(warnings.filters),
        np.get_printoptions(),
        dict(os.environ),
        Path.cwd(),
        list(sys.path),
        sys.getrecursionlimit(),
        signal.getsignal(signal.SIGTERM),
        (logging.root.level, list(logging.root.handlers)),
        (gc.isenabled(), gc.get_threshold()),
    ]


def turn_the_world_over() -> None:
    np.random.seed(1)  # noqa: NPY002
    random.seed(1)
    np.seterr(all="ignore")
    np.set_printoptions(precision=1)
    warnings.simplefilter("ignore")
    os.environ["MINIGRAD_TEST"] = "set"
    os.chdir(Path.cwd().parent)
    sys.path.insert(0, "somewhere")
    sys.setrecursionlimit(12_345)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    logging.basicConfig(level=logging.ERROR, force=True)
    gc.set_threshold(77)


class Normal:
    """Standard normal values."""

    name = "normal"

    def __call__(self, shape: tuple[int, ...], *, rng: np.random.Generator, dtype: Any = np.float32) -> Any:
        turn_the_world_over()
        return np.asarray(rng.standard_normal(shape), dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return 1.0


class Descent(mg.Optimizer):
    """p -= lr * g."""

    name = "descent"

    def __init__(self, params: Any, lr: float = 0.1) -> None:
        super().__init__(params, lr=lr)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        turn_the_world_over()
        data -= settings["lr"] * grad


@pytest.mark.parametrize(
    ("check", "thing", "law"),
    [(check_initializer, Normal(), "generator"), (check_optimizer, Descent, "frame")],
)
def test_the_process_is_as_it_was_and_the_report_tells(
    check: Callable[[Any], Report], thing: Any, law: str
) -> None:
    before = world()
    report = check(thing)
    assert world() == before
    assert {failure.check for failure in report.failures} == {law}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda: os.environ.update(MINIGRAD_TEST="set"), "os.environ"),
        (lambda: os.chdir(Path.cwd().parent), "the working directory"),
        (lambda: sys.path.append("somewhere"), "sys.path"),
        (lambda: sys.setrecursionlimit(12_345), "the recursion limit"),
        (lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN), "the handler of SIGTERM"),
        (lambda: logging.root.addHandler(logging.NullHandler()), "the handlers of logging"),
        (lambda: gc.set_threshold(77), "gc's thresholds"),
        (lambda: np.seterrcall(print), "np.seterrcall"),
    ],
)
def test_an_operation_that_changes_a_part_of_the_process_is_told_so(
    change: Callable[[], object], named: str
) -> None:
    class Changes(mg.Operation):
        """2 x, any shape. d/dx = 2 grad."""

        name = "changes"
        broadcasts = True

        def forward(self, ctx: mg.Context, x: Any) -> Any:
            return 2 * x

        def backward(self, ctx: mg.Context, grad: Any) -> Any:
            change()
            return 2 * grad

    before = world()
    report = check_operation(Changes(), only=["frame"])
    assert world() == before
    line = report.failures[0].message.splitlines()[0]
    assert line == f"a call changes {named}, for everybody: leave it alone"


def test_the_process_is_put_back_when_the_body_raises() -> None:
    def body() -> None:
        with preserve_global_state():
            turn_the_world_over()
            assert all(now != then for now, then in zip(world(), before, strict=True))
            raise KeyError

    before = world()
    with pytest.raises(KeyError):
        body()
    assert world() == before
