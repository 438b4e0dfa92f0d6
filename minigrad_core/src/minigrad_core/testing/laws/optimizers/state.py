"""State that is saved in mid-run and loaded goes on as if nothing had happened."""

import pickle
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ...finding import Broken, Finding, Findings
from ...guarded import guarded
from ...samples.runs import MIDDLE, SHAPES, OptimizerRuns, Places, Run, Trace
from ...surroundings import same_value


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
        places, then = _resumed(optimizer, run, trace)
        told = f"after a save in mid-run and a load{run.told}"
        if not same_value(places, trace.places[MIDDLE:]):
            yield Finding("state-lost", f"{told} the steps are others: something is missing, or shared")
        elif not same_value(then, trace.state):
            yield Finding("state-lost", f"{told} the state is another one, in its values or dtype")
        if run.dtype == np.float32:
            yield from _narrowed(optimizer, run)


def _resumed(optimizer: OptimizerRuns, run: Run, saved: Trace) -> tuple[Places, Any]:
    """Return where an optimizer goes that loads what was saved in the middle, and its state at the end."""
    params = run.params()
    other = optimizer.make(params, **run.settings)
    if run.shapes is SHAPES:  # into one that has stepped before; others are loaded into a new one
        optimizer.go(other, params, run, 1, 2)
    for p, place in zip(params, saved.places[MIDDLE - 1], strict=True):
        p.data[...] = place
    given = pickle.loads(saved.exported)
    guarded("load_state_dict", lambda: other.load_state_dict(given))
    if pickle.dumps(given) != pickle.dumps(pickle.loads(saved.exported)):
        raise Broken("load-changes-state", "load_state_dict changes the dict that it is given")
    for array in arrays(given):
        array[...] = 77  # whoever loaded it without a copy has it now
    assigned = run.assigned.get(MIDDLE // 2, {})
    if any(getattr(other, name, None) == value for name, value in assigned.items()):
        assigned = {}  # or it saves no settings
    places = optimizer.go(other, params, replace(run, assigned={MIDDLE: assigned}), MIDDLE)
    return places, guarded("state_dict", lambda: other.state_dict())


def _narrowed(optimizer: OptimizerRuns, run: Run) -> Findings:
    """A state of float64 that is loaded for float32 parameters."""
    wide = optimizer.trace(replace(run, dtype=np.float64))
    told = "a state of float64 that is loaded for float32 parameters"
    places, then = _resumed(optimizer, run, wide)
    kinds = {a.dtype for a in arrays(then) if a.dtype.kind == "f" and a.ndim}
    if optimizer.of_the_base and kinds - {np.dtype(np.float32)}:
        yield Finding("wrong-dtype", f"{told} stays float64{run.told}")
    elif where := run.parted(places, wide.places[MIDDLE:]):
        yield Finding("state-lost", f"{told} goes on otherwise{where}")


def arrays(saved: Any) -> Iterator[Any]:
    """Yield every array of a nested state."""
    if isinstance(saved, np.ndarray):
        yield saved
    elif isinstance(saved, dict | list | tuple):
        for value in saved.values() if isinstance(saved, dict) else saved:
            yield from arrays(value)
