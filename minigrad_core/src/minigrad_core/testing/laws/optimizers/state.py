"""State that is saved in mid-run and loaded goes on as if nothing had happened."""

import pickle
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ....contracts import Optimizer
from ...finding import Finding, Findings
from ...guarded import guarded
from ...samples.run import SHAPES, Run
from ...samples.runs import OptimizerRuns, parted


def state(optimizer: OptimizerRuns) -> Findings:
    """A state that is saved in mid-run and loaded goes on bit for bit, its dtype included.

    What is exported shares no memory with what steps: later steps do not change it, and writing to what was
    loaded changes nothing. It can be loaded into a new optimizer, one that has stepped, and one whose
    parameters have another dtype, which then is the state's. What a schedule has assigned comes back with it.
    Faults: a step count that is lost, state that is exported as the live arrays, or as lists of numbers.
    Fix: copy in `state_dict` and in `load_state_dict`; everything that a step reads is in the state.
    """
    for run in optimizer.runs:
        trace = optimizer.trace(run)
        if pickle.dumps(trace.saved) != trace.exported:
            yield Finding("state-aliases", f"later steps change a state that was exported{run.told}: copy it")
        for used in (False, True) if run.shapes is SHAPES else (False,):
            yield from _loaded(optimizer, run, used=used)
        if run.dtype == np.float32:
            yield from _narrowed(optimizer, run)
    yield from _settings(optimizer)


def _loaded(optimizer: OptimizerRuns, run: Run, *, used: bool) -> Findings:
    at, trace, params = run.middle, optimizer.trace(run), run.params()
    other = optimizer.make(params, **run.settings)
    if used:
        optimizer.go(other, params, run, 1, 2)
    for p, place in zip(params, trace.places[at - 1], strict=True):
        p.data[...] = place
    given = pickle.loads(trace.exported)
    before = pickle.dumps(given)
    guarded("load_state_dict", lambda: other.load_state_dict(given))
    if pickle.dumps(given) != before:
        yield Finding("load-changes-state", "load_state_dict changes the dict that it is given")
    for array in arrays(given):
        array[...] = 77  # whoever loaded it without a copy has it now
    places = optimizer.go(other, params, run, at, at + 1 if used else None)
    into = f"a load into {'an optimizer that has stepped before' if used else 'a new optimizer'}{run.told}"
    if not same(places, trace.places[at : at + len(places)]):
        fact = f"after a save in mid-run and {into} the steps are others: something is missing, or shared"
        yield Finding("state-lost", fact)
    elif not used and not same(guarded("state_dict", lambda: other.state_dict()), trace.state):
        fact = f"after a save in mid-run and {into} the state is another one, in its values or dtype"
        yield Finding("state-lost", fact)


def _narrowed(optimizer: OptimizerRuns, run: Run) -> Findings:
    """A state of float64 that is loaded for float32 parameters."""
    wide = optimizer.trace(replace(run, dtype=np.float64))
    params, told = run.params(), f"a state of float64 that is loaded for float32 parameters{run.told}"
    other = optimizer.make(params, **run.settings)
    for p, place in zip(params, wide.places[run.middle - 1], strict=True):
        p.data[...] = place
    guarded("load_state_dict", lambda: other.load_state_dict(pickle.loads(wide.exported)))
    places = optimizer.go(other, params, run, run.middle)
    kinds = {a.dtype for a in arrays(other.state_dict()) if a.dtype.kind == "f" and a.ndim}
    owed = isinstance(optimizer.cls, type) and issubclass(optimizer.cls, Optimizer)
    if owed and kinds - {np.dtype(np.float32)}:
        yield Finding("wrong-dtype", f"{told} stays float64")
    elif parted(places, wide.places[run.middle :], np.float32):
        yield Finding("state-lost", f"{told} goes on otherwise")


def _settings(optimizer: OptimizerRuns) -> Findings:
    """What is exported right after loading is what was loaded; the rate is in it if other settings are."""
    run = optimizer.reassigned
    (now,) = run.assigned.values()
    made, other = (optimizer.make(run.params(), **run.settings) for _ in range(2))
    optimizer.assign(made, now)
    saved = guarded("state_dict", lambda: made.state_dict())
    guarded("load_state_dict", lambda: other.load_state_dict(saved))
    lost = [name for name, value in now.items() if getattr(other, name, None) != value]
    if not same(guarded("state_dict", lambda: other.state_dict()), saved):
        fact = f"{', '.join(lost) or 'something'} is in the exported state, but loading does not restore it"
        yield Finding("state-lost", fact)
    elif "lr" in lost and len(lost) < len(now):
        yield Finding("state-lost", "the exported state has other settings, but not lr: a schedule is lost")


def arrays(saved: Any) -> Iterator[Any]:
    """Yield every array of a nested state."""
    if isinstance(saved, np.ndarray):
        yield saved
    elif isinstance(saved, dict | list | tuple):
        for value in saved.values() if isinstance(saved, dict) else saved:
            yield from arrays(value)


def same(x: Any, y: Any) -> bool:
    """Whether two nested states are equal, in values and dtypes."""
    if isinstance(x, dict) and isinstance(y, dict):
        return x.keys() == y.keys() and all(same(x[k], y[k]) for k in x)
    if isinstance(x, list | tuple) and isinstance(y, list | tuple):
        return len(x) == len(y) and all(map(same, x, y))
    if isinstance(x, np.ndarray) and isinstance(y, np.ndarray):
        alike = x.dtype == y.dtype and x.shape == y.shape
        return alike and (x.tobytes() == y.tobytes() or np.array_equal(x, y, equal_nan=x.dtype.kind in "fc"))
    return bool(x is y or np.array_equal(np.asarray(x), np.asarray(y)))
