"""State that is saved in mid-run and loaded goes on as if nothing had happened."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ....contracts import Optimizer
from ...finding import Finding
from ...guarded import guarded
from ...samples.runs import MIDDLE, parted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...samples.optimizer import OptimizerRuns
    from ...samples.runs import Run


def state(optimizer: OptimizerRuns) -> Iterator[Finding]:
    """A state that is saved in mid-run and loaded goes on bit for bit, its dtype included.

    What is exported shares no memory with what steps: later steps do not change it, and writing to what was
    loaded changes nothing. It can be loaded into a new optimizer, one that has stepped, and one whose
    parameters have another dtype, which then is the state's. What a schedule has assigned comes back with it.
    Faults: a step count that is lost, state that is exported as the live arrays, or as lists of numbers.
    Fix: copy in `state_dict` and in `load_state_dict`; everything that a step reads is in the state.
    """
    for run in optimizer.runs:
        for finding in _resumed(optimizer, run):
            yield finding
            return
        if run.dtype == np.float32:
            for finding in _narrowed(optimizer, run):
                yield finding
                return
    yield from _settings(optimizer)


def _resumed(optimizer: OptimizerRuns, run: Run) -> Iterator[Finding]:
    at = min(MIDDLE, run.steps - 1)
    trace = optimizer.trace(run).places
    params = run.params()
    made = optimizer.make(params, **run.settings)
    optimizer.go(made, params, run, last=at)
    saved = guarded("state_dict", lambda: made.state_dict())
    kept = copy.deepcopy(saved)
    optimizer.go(made, params, run, at, at + 1)
    if not same(saved, kept):
        yield Finding(
            "state-aliases", f"a later step changes a state that was exported before{run.told}: copy it"
        )
        return
    try:
        pickle.dumps(saved)
    except Exception as error:
        yield Finding("state-not-saveable", f"the exported state cannot be pickled: {error}")
        return
    for used in (False, True):
        yield from _loaded(optimizer, run, saved, at, trace, used=used)


def _loaded(
    optimizer: OptimizerRuns, run: Run, saved: Any, at: int, trace: Any, *, used: bool
) -> Iterator[Finding]:
    params, given = run.params(), copy.deepcopy(saved)
    other = optimizer.make(params, **run.settings)
    optimizer.go(other, params, replace(run, assigned={}), 1, 2 if used else 1)
    for p, place in zip(params, trace[at - 1], strict=True):
        p.data[...] = place
    guarded("load_state_dict", lambda: other.load_state_dict(given))
    if not same(saved, given):
        yield Finding("load-changes-state", "load_state_dict changes the dict that it is given")
        return
    for array in arrays(given):
        array[...] = 77  # whoever loaded it without a copy has it now
    for values in run.assigned.values():
        optimizer.assign(other, values)  # `_settings` asks whether they are saved
    again = guarded("state_dict", lambda: other.state_dict())
    if [a.dtype for a in arrays(again)] != [a.dtype for a in arrays(saved)]:
        yield Finding("state-lost", f"a state that is loaded has arrays of other dtypes{run.told}")
        return
    places = optimizer.go(other, params, run, at, at + 2 if used else None)
    if any(not np.array_equal(x, y) for a, b in zip(places, trace[at:], strict=False) for x, y in zip(a, b)):
        into = "an optimizer that has stepped before" if used else "a new optimizer"
        yield Finding(
            "state-lost",
            f"after a save in mid-run and a load into {into} the steps are others{run.told}: something is "
            "missing, or shared",
        )


def _narrowed(optimizer: OptimizerRuns, run: Run) -> Iterator[Finding]:
    """A state of float64 that is loaded for float32 parameters."""
    wide = replace(run, dtype=np.float64)
    params, narrow = wide.params(), run.params()
    made, other = (optimizer.make(p, **run.settings) for p in (params, narrow))
    optimizer.go(made, params, wide, last=MIDDLE)
    for p, q in zip(narrow, params, strict=True):
        p.data[...] = q.data
    saved = guarded("state_dict", lambda: made.state_dict())
    guarded("load_state_dict", lambda: other.load_state_dict(copy.deepcopy(saved)))
    places = optimizer.go(other, narrow, run, MIDDLE)
    kinds = {a.dtype for a in arrays(other.state_dict()) if a.dtype.kind == "f" and a.ndim}
    owed = isinstance(optimizer.cls, type) and issubclass(optimizer.cls, Optimizer)
    if owed and kinds - {np.dtype(np.float32)}:
        yield Finding("wrong-dtype", "a state of float64 that is loaded for float32 parameters stays float64")
    elif parted(places, optimizer.trace(run).places[MIDDLE:], np.float32):
        yield Finding(
            "state-lost", f"a state of float64 that is loaded for float32 parameters goes on otherwise{run.told}"
        )


def _settings(optimizer: OptimizerRuns) -> Iterator[Finding]:
    """Settings that are in the exported state come back with it; the rate is there if others are."""
    run = optimizer.reassigned
    (now,) = run.assigned.values()
    made, other = (optimizer.make(run.params(), **run.settings) for _ in range(2))
    optimizer.assign(made, now)
    saved = guarded("state_dict", lambda: made.state_dict())
    guarded("load_state_dict", lambda: other.load_state_dict(saved))
    for name, value in now.items():
        if getattr(other, name, None) == value:
            continue
        if _holds(saved, value):
            yield Finding("state-lost", f"{name} is in the exported state, but loading does not restore it")
        elif isinstance(saved, dict) and (others := sorted(optimizer.defaults.keys() & saved.keys())):
            yield Finding(
                "state-lost",
                f"the exported state has {', '.join(others)}, but not {name}: what is assigned is lost",
            )


def arrays(saved: Any) -> Iterator[Any]:
    """Yield every array of a nested state."""
    if isinstance(saved, np.ndarray):
        yield saved
    elif isinstance(saved, dict | list | tuple):
        for value in saved.values() if isinstance(saved, dict) else saved:
            yield from arrays(value)


def same(x: Any, y: Any) -> bool:
    """Whether two nested states are equal."""
    if isinstance(x, dict) and isinstance(y, dict):
        return x.keys() == y.keys() and all(same(x[k], y[k]) for k in x)
    if isinstance(x, list | tuple) and isinstance(y, list | tuple):
        return len(x) == len(y) and all(map(same, x, y))
    if isinstance(x, np.ndarray) and isinstance(y, np.ndarray):
        return x.dtype == y.dtype and np.array_equal(x, y, equal_nan=x.dtype.kind in "fc")
    return bool(x is y or np.array_equal(np.asarray(x), np.asarray(y)))


def _holds(saved: Any, value: Any) -> bool:
    if type(saved) is type(value) and saved == value:
        return True
    if isinstance(saved, dict | list | tuple):
        return any(_holds(item, value) for item in (saved.values() if isinstance(saved, dict) else saved))
    return False
