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
from ...samples.parameters import SHAPES
from ...samples.runs import parted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...samples.optimizer import OptimizerRuns
    from ...samples.runs import Places, Run


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
    trace = optimizer.trace(run)
    if pickle.dumps(trace.saved) != trace.exported:
        yield Finding(
            "state-aliases", f"later steps change a state that was exported before{run.told}: copy it"
        )
        return
    for used in (False, True) if run.shapes is SHAPES else (False,):
        yield from _loaded(optimizer, run, trace.exported, used=used)


def _loaded(optimizer: OptimizerRuns, run: Run, exported: bytes, *, used: bool) -> Iterator[Finding]:
    at, trace, params = run.middle, optimizer.trace(run), run.params()
    other = optimizer.make(params, **run.settings)
    if used:
        optimizer.go(other, params, run, 1, 2)
    for p, place in zip(params, trace.places[at - 1], strict=True):
        p.data[...] = place
    given = pickle.loads(exported)
    before = pickle.dumps(given)
    guarded("load_state_dict", lambda: other.load_state_dict(given))
    if pickle.dumps(given) != before:
        yield Finding("load-changes-state", "load_state_dict changes the dict that it is given")
        return
    for array in arrays(given):
        array[...] = 77  # whoever loaded it without a copy has it now
    places = optimizer.go(other, params, run, at, at + 1 if used else None)
    into = "an optimizer that has stepped before" if used else "a new optimizer"
    if not _equal(places, trace.places[at : at + len(places)]):
        yield Finding(
            "state-lost",
            f"after a save in mid-run and a load into {into} the steps are others{run.told}: something is "
            "missing, or shared",
        )
    elif not used and not same(guarded("state_dict", lambda: other.state_dict()), trace.state):
        yield Finding(
            "state-lost",
            f"after a save in mid-run and a load into {into} the state is another one{run.told}, in its "
            "values or dtype",
        )


def _equal(places: Places, others: Places) -> bool:
    return all(
        x.tobytes() == y.tobytes() or np.array_equal(x, y, equal_nan=True)
        for now, then in zip(places, others, strict=True)
        for x, y in zip(now, then, strict=True)
    )


def _narrowed(optimizer: OptimizerRuns, run: Run) -> Iterator[Finding]:
    """A state of float64 that is loaded for float32 parameters."""
    wide = replace(run, dtype=np.float64)
    params, narrow = wide.params(), run.params()
    made, other = (optimizer.make(p, **run.settings) for p in (params, narrow))
    optimizer.go(made, params, wide, last=run.middle)
    for p, q in zip(narrow, params, strict=True):
        p.data[...] = q.data
    saved = guarded("state_dict", lambda: made.state_dict())
    guarded("load_state_dict", lambda: other.load_state_dict(copy.deepcopy(saved)))
    places = optimizer.go(other, narrow, run, run.middle)
    kinds = {a.dtype for a in arrays(other.state_dict()) if a.dtype.kind == "f" and a.ndim}
    owed = isinstance(optimizer.cls, type) and issubclass(optimizer.cls, Optimizer)
    if owed and kinds - {np.dtype(np.float32)}:
        yield Finding("wrong-dtype", "a state of float64 that is loaded for float32 parameters stays float64")
    elif parted(places, optimizer.trace(run).places[run.middle:], np.float32):
        yield Finding(
            "state-lost", f"a state of float64 that is loaded for float32 parameters goes on otherwise{run.told}"
        )


def _settings(optimizer: OptimizerRuns) -> Iterator[Finding]:
    """What is exported right after loading is what was loaded; the rate is in it if other settings are."""
    run = optimizer.reassigned
    (now,) = run.assigned.values()
    made, other = (optimizer.make(run.params(), **run.settings) for _ in range(2))
    optimizer.assign(made, now)
    saved = guarded("state_dict", lambda: made.state_dict())
    guarded("load_state_dict", lambda: other.load_state_dict(saved))
    if not same(guarded("state_dict", lambda: other.state_dict()), saved):
        lost = [name for name, value in now.items() if getattr(other, name, None) != value]
        yield Finding(
            "state-lost",
            f"{', '.join(lost) or 'something'} is in the exported state, but loading does not restore it",
        )
    elif isinstance(saved, dict) and (others := sorted(optimizer.defaults.keys() & saved.keys())):
        if getattr(other, "lr", None) != now["lr"]:
            told = f"the exported state has {', '.join(others)}, but not lr"
            yield Finding("state-lost", f"{told}: what a schedule has assigned is lost")


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
