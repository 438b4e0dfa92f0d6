"""Another thread's call in the middle of an operation, made deterministic.

Real races show once in a thousand runs. Here a trace function stops before each line of the operation's own
code, until another thread has done a whole call on other values. What a shared scratch variable would rarely
suffer happens at once.
"""

import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from types import FunctionType
from typing import Any

import numpy as np

from .otherwise import all_alike
from .study import Study
from .trial import Trial

MUTABLE = (dict, list, set, bytearray, deque, np.ndarray)
PATIENCE = 0.25  # seconds: an operation that holds a lock makes the other thread wait, and that is fine


def disturbed(study: Study, trial: Trial) -> str | None:
    """Return what goes wrong if another thread comes between two lines of the subject, None if nothing."""
    held = study.subject.held().values()
    if not (any(isinstance(v, MUTABLE) for v in held) or holds_something(study.subject.file)):
        return None  # what holds nothing shares nothing
    other = next((t for t in study.trials if t.sample.recipe.family == "sizes"), trial)
    if trial.differentiable and not (trial.sweep.broken is None is other.sweep.broken):
        return None
    between = _Between(study.subject.file, lambda: _again(other))
    try:
        mine = between.lines_of(lambda: _again(trial))
        theirs = [visit.result() for visit in between.visits]
    except Exception as error:
        return f"it fails when another thread comes between two of its lines: {error}"
    usual = [[*t.outputs, *(t.received if t.differentiable else ())] for t in (trial, other)]
    if all_alike(mine, usual[0]) and all(all_alike(each, usual[1]) for each in theirs):
        return None
    return "another thread that comes between two of its lines changes the result: shared state"


def _again(trial: Trial) -> list[Any]:
    fresh = trial.on(trial.sample)
    return [*fresh.outputs, *(fresh.pull(trial.cotangents) if trial.differentiable else ())]


@cache
def holds_something(file: str) -> bool:
    """Whether a module, or one of its package whose functions it calls, holds what can be written to."""
    names = [m.__name__ for m in list(sys.modules.values()) if getattr(m, "__file__", None) == file]
    if not names:
        return True  # nothing is known about it
    for name in names:
        for value in [v for key, v in vars(sys.modules[name]).items() if not key.startswith("__")]:
            if isinstance(value, MUTABLE) or hasattr(value, "cache_clear"):
                return True
            other = value.__module__ if isinstance(value, FunctionType) else name
            if other not in names and other.partition(".")[0] == name.partition(".")[0]:
                names.append(other)
    return False


class _Between:
    """What another thread does between the lines of a file, and what came of it.

    Each line counts once: a loop does the same again.
    """

    def __init__(self, file: str, call: Callable[[], list[Any]]) -> None:
        self.file, self.call = file, call
        self.visits: list[Future[list[Any]]] = []
        self._met = set[int]()

    def lines_of(self, run: Callable[[], Any]) -> Any:
        """Return `run()`."""
        previous = sys.gettrace()
        with ThreadPoolExecutor(1) as self._other:
            sys.settrace(self._traced)
            try:
                return run()
            finally:
                sys.settrace(previous)

    def _traced(self, frame: Any, event: str, *_: Any) -> Any:
        if frame.f_code.co_filename != self.file:
            return None
        if event == "line" and frame.f_lineno not in self._met:
            self._met.add(frame.f_lineno)
            if len(self._met) > 1 and (not self.visits or self.visits[-1].done()):
                self.visits.append(self._other.submit(self.call))
                with suppress(TimeoutError):
                    self.visits[-1].exception(PATIENCE)
        return self._traced
