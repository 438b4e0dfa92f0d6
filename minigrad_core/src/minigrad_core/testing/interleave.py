"""Another thread's call in the middle of an operation, made deterministic.

Real races show once in a thousand runs. Here a trace function stops before each line of the operation's own
code while something that calls share has been written to, until another thread has done a whole call on other
values, or waits for a lock.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np

from .otherwise import all_alike
from .study import Study
from .subjects.subject import Subject
from .trial import Trial

CACHE: Any = type(cache(lambda: None))
MUTABLE = (dict, list, set, bytearray, deque, np.ndarray)
PATIENCE = 0.25  # seconds: an operation that holds a lock makes the other thread wait, and that is fine


def disturbed(study: Study, trial: Trial) -> str | None:
    """Return what goes wrong if another thread comes between two lines of the subject, None if nothing."""
    subject = study.subject
    if not (any(isinstance(v, MUTABLE) for v in subject.held().values()) or holds_something(subject.file)):
        return None  # what holds nothing shares nothing
    other = next((t for t in study.trials if t.sample.recipe.family == "sizes"), trial)
    if trial.differentiable and not (trial.pulls and other.pulls):
        return None
    try:
        _results(other)  # so that what it leaves is another thing
        mine, theirs = _between(subject, lambda: _results(other), lambda: _results(trial))
    except Exception as error:
        return f"it fails when another thread comes between two of its lines: {error}"
    usual = [[*t.outputs, *(t.received if t.differentiable else ())] for t in (trial, other)]
    if all_alike(mine, usual[0]) and all(all_alike(each, usual[1]) for each in theirs):
        return None
    return "another thread that comes between two of its lines changes the result: shared state"


def _contents(values: Iterable[Any]) -> list[Any]:
    """Return which objects these are, and what is in those that can be written to."""
    found: list[Any] = []
    for v in values:
        if isinstance(v, np.ndarray):
            found.append(v.tobytes())
        elif isinstance(v, CACHE):
            found.append(v.cache_info())
        else:
            inside = v.values() if isinstance(v, dict) else v if isinstance(v, MUTABLE) else [v]
            found.append([*map(id, inside)])
    return found


def _results(trial: Trial) -> list[Any]:
    again = trial.on(trial.sample)
    return [*again.outputs, *(again.pull(trial.cotangents) if trial.differentiable else ())]


@cache
def holds_something(file: str) -> bool:
    """Whether a module holds what can be written to; nothing is known of code that is in none."""
    modules = [m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == file]
    values = [value for m in modules for key, value in vars(m).items() if not key.startswith("__")]
    return not modules or any(isinstance(v, (*MUTABLE, CACHE)) for v in values)


def _between(subject: Subject, call: Callable[[], Any], run: Callable[[], Any]) -> tuple[Any, list[Any]]:
    """Return `run()`, and what `call` gives in another thread before lines of the subject, a loop's once.

    Before those at which it, or its module, holds another thing than before the first.
    """
    met, visits, seen = set[int](), list[Future[Any]](), list[list[Any]]()

    def traced(frame: Any, event: str, *_: Any) -> Any:
        if frame.f_code.co_filename != subject.file:
            return None
        if event == "line" and frame.f_lineno not in met:
            met.add(frame.f_lineno)
            held = {**subject.held(), **frame.f_globals}
            seen.append(_contents(v for name, v in held.items() if not name.startswith("__")))
            if seen[-1] != seen[0] and (not visits or visits[-1].done()):
                visits.append(other.submit(call))
                with suppress(TimeoutError):
                    visits[-1].exception(PATIENCE)
        return traced

    previous = sys.gettrace()
    with ThreadPoolExecutor(1) as other:
        sys.settrace(traced)
        try:
            mine = run()
        finally:
            sys.settrace(previous)
    return mine, [visit.result() for visit in visits]
