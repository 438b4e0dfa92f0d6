"""A call in another thread, between two lines of an operation: races, made deterministic.

A real race shows once in a thousand runs. Here a trace function stops before the lines of the operation's own
code, if shared state has been written to since the first line, until another thread has made a whole call on
other values, or waits for a lock.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np

from .samples.sample import Family
from .study import Study
from .subjects.subject import Subject
from .trial import Trial
from .variations import are_alike

CACHE_TYPE: Any = type(cache(lambda: None))
MUTABLE = (dict, list, set, bytearray, deque, np.ndarray)
LOCK_TIMEOUT = 0.25  # seconds; an operation that holds a lock makes the other thread wait, as it may


def find_race(study: Study, trial: Trial) -> str | None:
    """Return what goes wrong if another thread calls the subject between two of its lines, or None."""
    subject = study.subject
    holds_mutable = any(isinstance(v, MUTABLE) for v in subject.read_state().values())
    if not holds_mutable and not has_mutable_globals(subject.file):
        return None  # without mutable state nothing is shared
    other = next((t for t in study.trials if t.sample.recipe.family is Family.SIZES), trial)
    if trial.differentiable and not (trial.has_gradients and other.has_gradients):
        return None
    try:
        _repeat(other)  # the state that it leaves differs from the state that the first thread leaves
        results, other_results = _run_interleaved(subject, lambda: _repeat(trial), lambda: _repeat(other))
    except Exception as error:
        return f"it fails when another thread comes between two of its lines: {error}"
    expected, other_expected = (
        [*t.outputs, *(t.gradients if t.differentiable else ())] for t in (trial, other)
    )
    if are_alike(results, expected) and all(are_alike(each, other_expected) for each in other_results):
        return None
    return "another thread that comes between two of its lines changes the result: shared state"


def _repeat(trial: Trial) -> list[Any]:
    """Return the outputs and gradients of another call on the sample of a trial."""
    repeat = trial.run_on(trial.sample)
    return [*repeat.outputs, *(repeat.pull(trial.cotangents) if trial.differentiable else ())]


@cache
def has_mutable_globals(file: str) -> bool:
    """Return whether a module has mutable globals; True for code that belongs to no module."""
    modules = [m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == file]
    values = [value for m in modules for key, value in vars(m).items() if not key.startswith("__")]
    return not modules or any(isinstance(v, (*MUTABLE, CACHE_TYPE)) for v in values)


def _run_interleaved(
    subject: Subject, run: Callable[[], Any], run_other: Callable[[], Any]
) -> tuple[Any, list[Any]]:
    """Return the result of `run`, and the results of `run_other`, called meanwhile in another thread.

    `run_other` runs before each line of the subject's file at which the shared state differs from that at the
    first line. A line in a loop counts once.
    """
    lines, states, calls = set[int](), list[list[Any]](), list[Future[Any]]()

    def trace(frame: Any, event: str, *_: Any) -> Any:
        if frame.f_code.co_filename != subject.file:
            return None
        if event == "line" and frame.f_lineno not in lines:
            lines.add(frame.f_lineno)
            shared = {**subject.read_state(), **frame.f_globals}
            states.append(_summarize(v for name, v in shared.items() if not name.startswith("__")))
            if states[-1] != states[0] and (not calls or calls[-1].done()):
                calls.append(executor.submit(run_other))
                with suppress(TimeoutError):
                    calls[-1].exception(LOCK_TIMEOUT)
        return trace

    previous = sys.gettrace()
    with ThreadPoolExecutor(1) as executor:
        sys.settrace(trace)
        try:
            result = run()
        finally:
            sys.settrace(previous)
    return result, [call.result() for call in calls]


def _summarize(values: Iterable[Any]) -> list[Any]:
    """Return a summary of shared state: bytes of arrays, counts of caches, ids of other objects."""
    summary: list[Any] = []
    for v in values:
        if isinstance(v, np.ndarray):
            summary.append(v.tobytes())
        elif isinstance(v, CACHE_TYPE):
            summary.append(v.cache_info())
        else:
            contents = v.values() if isinstance(v, dict) else v if isinstance(v, MUTABLE) else [v]
            summary.append([*map(id, contents)])
    return summary
