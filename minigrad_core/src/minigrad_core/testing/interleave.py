"""Two threads in one operation, made deterministic.

Real races show once in a thousand runs. Here two threads run a call each, on other values, and take turns: a
trace function makes each wait at every other line of the operation's own code, until the other has done as
many. What a shared scratch variable would rarely suffer happens at once.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections import deque
from functools import cache
from threading import Lock, Thread
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from .closeness import same_bits
from .finding import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .study import Study
    from .trial import Trial

MUTABLE = (dict, list, set, bytearray, deque, np.ndarray)
PATIENCE = 0.25  # seconds: an operation that holds a lock makes the other thread wait, and that is fine


def disturbed(study: Study, trial: Trial) -> str | None:
    """Return what goes wrong if another thread comes between two lines of the subject, None if nothing."""
    held = study.subject.held().values()
    if not (any(isinstance(v, MUTABLE) for v in held) or holds_something(study.subject.file)):
        return None  # what holds nothing shares nothing
    other = next((t for t in study.trials if t.sample.recipe.family == "magnitudes"), trial)
    if trial.differentiable and not (trial.sweep.broken is None is other.sweep.broken):
        return None

    def again(each: Trial) -> list[Any]:
        fresh = each.on(each.sample)
        return [*fresh.outputs, *(fresh.pull(each.cotangents) if each.differentiable else ())]

    both = (trial, other)
    alone = [[*each.outputs, *(each.received if each.differentiable else ())] for each in both]
    try:
        beside = in_turns(study.subject.file, lambda: again(trial), lambda: again(other))
    except Broken as broken:
        return f"it fails when another thread comes between two of its lines: {broken.fact}"
    if all(map(_same, alone, beside)):
        return None
    return "another thread that comes between two of its lines changes the result: shared state"


@cache
def holds_something(file: str) -> bool:
    """Whether a module, or one of its package whose functions it calls, holds what can be written to."""
    todo = [m.__name__ for m in list(sys.modules.values()) if getattr(m, "__file__", None) == file]
    if not todo:
        return True  # nothing is known about it
    seen = set(todo)
    for name in todo:
        for value in [v for key, v in vars(sys.modules[name]).items() if not key.startswith("__")]:
            if isinstance(value, MUTABLE) or hasattr(value, "cache_clear"):
                return True
            other = value.__module__ if isinstance(value, FunctionType) else name
            if other not in seen and other.partition(".")[0] == name.partition(".")[0]:
                seen.add(other)
                todo.append(other)
    return False


def _same(xs: list[Any], ys: list[Any]) -> bool:
    return all(x is y if x is None else same_bits(x, y) for x, y in zip(xs, ys, strict=True))


def in_turns(filename: str, run: Callable[[], Any], other: Callable[[], Any]) -> tuple[Any, Any]:
    """Return `run()` and `other()`, each in a thread: they take turns at the lines of that file."""
    mine, theirs = _Turns(filename, 0), _Turns(filename, 1)
    mine.partner, theirs.partner = theirs, mine
    beside = Thread(target=theirs.second, args=(other,))
    with _on_one_core():
        beside.start()
        try:
            result = mine.first(run)
        finally:
            beside.join()
    if theirs.failure is not None:
        raise theirs.failure
    return result, theirs.result


@contextlib.contextmanager
def _on_one_core() -> Iterator[None]:
    """Keep this thread, and what it starts, on one core: to wake one on another takes five times as long."""
    if sys.platform != "linux":
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(cores)[os.getpid() % len(cores)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


class _Turns:
    """One of two threads: before every other line that it comes to, it lets its partner do two lines.

    The lines of one lie between those of the other: whatever is written in a line and read in the next, the
    partner has written in between. Before the first time that it comes to a line: a loop does the same again.
    """

    partner: _Turns
    result: Any = None
    failure: Broken | None = None

    def __init__(self, filename: str, parity: int) -> None:
        self.filename = filename
        self.parity = parity
        self.met = set[int]()
        self.turn = Lock()  # held until it is this one's turn
        self.turn.acquire()
        self.waits = True

    def first(self, run: Callable[[], Any]) -> Any:
        """Return `run()`, and let the partner alone then."""
        previous = sys.gettrace()
        sys.settrace(self._call)
        try:
            return run()
        finally:
            sys.settrace(previous)
            self.partner.waits = False
            self.partner.go()

    def second(self, run: Callable[[], Any]) -> None:
        """Run it, begun when the partner has come to its second line."""
        self.wait()
        try:
            self.result = self.first(run)
        except Broken as broken:
            self.failure = broken

    def go(self) -> None:
        """Give it its turn."""
        if self.turn.locked():
            self.turn.release()

    def wait(self) -> None:
        """Wait for the turn, unless the partner is done, or is kept waiting by a lock of the operation."""
        if self.waits and not self.turn.acquire(timeout=PATIENCE):
            self.waits = False

    def _call(self, frame: Any, event: str, arg: Any) -> Any:
        del event, arg
        return self._line if frame.f_code.co_filename == self.filename else None

    def _line(self, frame: Any, event: str, arg: Any) -> Any:
        del arg
        if event == "line" and frame.f_lineno not in self.met:
            self.met.add(frame.f_lineno)
            if len(self.met) > 1 and len(self.met) % 2 == self.parity:
                self.partner.go()
                self.wait()
        return self._line
