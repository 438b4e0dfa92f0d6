"""What is in the state moves with the steps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Check, Finding
from ..guarded import guarded
from .state import arrays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .study import OptimizerStudy

COUNTS = re.compile(r"(t|n|k|i|count|counter|steps?|iterations?|num_steps|step_count|n_steps|n_iter)_?")
EARLY, LATE = 2, 5


def contents(study: OptimizerStudy) -> Iterator[Finding]:
    """A count of steps grows; state of a parameter's shape is another array, a value for each of its values.

    Faults: a count that is set to 1 at each step, or back to 0, or that counts twice; a sum or a maximum over
    all of a gradient for one value by value; a copy of a parameter that is none.
    Fix: `state["t"] = state.get("t", 0) + 1`; `acc += grad * grad`; `data.copy()`.
    """
    for settings in study.modes:
        if _of_parameters(study, settings):
            yield Finding(
                "state-is-parameter",
                "an array of the state shares memory with a parameter: it moves with it; keep a copy",
            )
            return
        early, late = (_after(study, settings, steps) for steps in (EARLY, LATE))
        for finding in (*_miscounted(study, early, late), *_uniform(study, early, late)):
            yield finding
            return


def _of_parameters(study: OptimizerStudy, settings: dict[str, Any]) -> bool:
    """Whether `state`, where there is one, holds a parameter's own array."""
    params = study.params()
    optimizer = study.make(params, **settings)
    for step in range(LATE):
        study.run(optimizer, params, 1, first=step)
        held = [array for _, array in arrays(getattr(optimizer, "state", None))]
        if any(np.shares_memory(array, p.data) for array in held for p in params):
            return True
    return False


def _miscounted(study: OptimizerStudy, early: Any, late: Any) -> Iterator[Finding]:
    before, after = dict(_counts(early)), dict(_counts(late))
    named = [path for path in before if path.rpartition("['")[2].removesuffix("']") not in study.settings]
    for path in named:
        if path in after and after[path] == before[path] in (0, 1):
            yield Finding(
                "count-stands-still",
                f"state {path} is {before[path]} after {EARLY} steps and after {LATE}: it counts nothing",
            )
        elif path in after and after[path] - before[path] == 2 * (LATE - EARLY):
            yield Finding("count-counts-twice", f"state {path} grows by 2 at each step: it is counted twice")


def _uniform(study: OptimizerStudy, early: Any, late: Any) -> Iterator[Finding]:
    shape, before = study.params()[0].data.shape, dict(arrays(early))
    for path, array in arrays(late):
        old = before.get(path)
        if array.dtype.kind != "f" or array.shape != shape or old is None or old.shape != shape:
            continue
        value = array.flat[0]
        if np.all(array == value) and value not in (old.flat[0], np.round(value)):
            yield Finding(
                "one-value-for-all",
                f"state {path} holds {value:.4g} for every value of a parameter, whose gradients differ: is "
                "a sum or a maximum over all of them taken?",
            )


def _after(study: OptimizerStudy, settings: dict[str, Any], steps: int) -> Any:
    params = study.params()
    optimizer = study.make(params, **settings)
    study.run(optimizer, params, steps)
    return guarded("state_dict", lambda: optimizer.state_dict())


def _counts(state: Any, path: str = "", name: str = "") -> Iterator[tuple[str, int]]:
    """Yield every single integer of a nested state whose name says that it counts, with its place."""
    if isinstance(state, dict):
        for key, value in state.items():
            yield from _counts(value, f"{path}[{key!r}]", str(key))
    elif isinstance(state, list | tuple):
        for k, value in enumerate(state):
            yield from _counts(value, f"{path}[{k}]", name)
    elif isinstance(state, int | np.integer) and not isinstance(state, bool) and COUNTS.fullmatch(name):
        yield path, int(state)


CONTENTS = (Check("contents", contents, after=("in_place", "round_trip")),)
