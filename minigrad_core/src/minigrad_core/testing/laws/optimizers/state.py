"""State goes on where it was saved, and has the dtype of its parameter."""

import pickle
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ...finding import Finding, Findings, SubjectFailed
from ...global_state import is_same_value
from ...guard import guard
from ...samples.optimizer_runs import MIDDLE, RATE, SHAPES, OptimizerRun, OptimizerRuns, Positions, Trajectory

COARSE, FINE = 1e-3, 3e-9  # the fine one is a tenth of what float32 resolves


def state(optimizer: OptimizerRuns) -> Findings:
    """A state that is saved in mid-run and loaded goes on bit for bit, its dtype included.

    It shares no memory with what steps. It can be loaded into a new optimizer, one that has stepped, and one
    whose parameters have another dtype, which then is the state's. Settings of the base come back with it.
    Faults: a step count that is lost, state that is exported as the live arrays, or as lists of numbers.
    Fix: copy in `state_dict` and in `load_state_dict`; everything that a step reads is in the state.
    """
    for run in optimizer.runs:
        trajectory = optimizer.trajectory(run)
        if pickle.dumps(trajectory.saved) != trajectory.exported:
            yield Finding(
                "state-aliases", f"later steps change a state that was exported{run.description}: copy it"
            )
        positions, then = _resume(optimizer, run, trajectory)
        circumstance = f"after a save in mid-run and a load{run.description}"
        if not is_same_value(positions, trajectory.positions[MIDDLE:]):
            yield Finding(
                "state-lost", f"{circumstance} the steps are others: something is missing, or shared"
            )
        elif not is_same_value(then, trajectory.state):
            yield Finding("state-lost", f"{circumstance} the state is another one, in its values or dtype")
        if optimizer.inherits_base and run.dtype == np.float32:
            _, then = _resume(optimizer, run, optimizer.trajectory(replace(run, dtype=np.float64)))
            if any(array.dtype == np.float64 and array.ndim for array in _iterate_arrays(then)):
                yield Finding(
                    "wrong-dtype", f"a state of float64 stays so for float32 parameters{run.description}"
                )


def _resume(optimizer: OptimizerRuns, run: OptimizerRun, saved: Trajectory) -> tuple[Positions, Any]:
    """Return where an optimizer goes that loads what was saved in the middle, and its state at the end."""
    params = run.params()
    # The base restores settings; what is read at construction only is given.
    own = {k: v for k, v in run.settings.items() if k in optimizer.initial} | {"lr": 3 * RATE}
    other = optimizer.make(params, **(own if optimizer.inherits_base else run.settings))
    if run.shapes is SHAPES:  # into one that has stepped before; others are loaded into a new one
        optimizer.take_steps(other, params, run, 1, 2)
    for p, place in zip(params, saved.positions[MIDDLE - 1], strict=True):
        p.data[...] = place
    given = pickle.loads(saved.exported)
    guard("load_state_dict", lambda: other.load_state_dict(given))
    if pickle.dumps(given) != pickle.dumps(pickle.loads(saved.exported)):
        raise SubjectFailed("load-changes-state", "load_state_dict changes the dict that it is given")
    for array in _iterate_arrays(given):
        array[...] = 77  # whoever loaded it without a copy has it now
    assigned = run.assigned.get(MIDDLE // 2, {})
    if optimizer.inherits_base or any(getattr(other, k, None) == value for k, value in assigned.items()):
        assigned = {}  # or it saves no settings
    positions = optimizer.take_steps(
        other, params, replace(run, assigned={**run.assigned, MIDDLE: assigned}), MIDDLE
    )
    return positions, guard("state_dict", lambda: other.state_dict())


def type_(optimizer: OptimizerRuns) -> Findings:
    """State keeps the parameters' dtype; float32 moves as float64, as far as it resolves.

    A float64 parameter follows a change of 3e-9 of its gradient, which float32 does not see.
    Faults: `np.zeros(shape)` for the momentum of float32, `grad.astype(np.float32)` for all.
    Fix: `np.zeros_like(data)`; compute in the dtype of `data`.
    """
    for run in optimizer.runs:
        trajectory, circumstance = (
            optimizer.trajectory(run),
            f"{np.dtype(run.dtype)} parameters{run.description}",
        )
        for array in _iterate_arrays(trajectory.state):
            if array.dtype.kind == "f" and array.ndim and array.dtype != run.dtype:
                yield Finding(
                    "wrong-dtype", f"state of shape {array.shape} is {array.dtype} for {circumstance}"
                )
        if run.dtype == np.float32:
            wide = optimizer.trajectory(replace(run, dtype=np.float64))
            if where := run.find_divergence(trajectory.positions, wide.positions):
                yield Finding("depends-on-dtype", f"float32 moves otherwise than float64{where}")
    plain, coarse, fine = (
        optimizer.trajectory(replace(optimizer.default_run, nudge=size)).positions[1][0]
        for size in (0.0, COARSE, FINE)
    )
    follows = coarse != plain  # not so a rule of signs
    if np.mean(follows & (fine == plain)) > 0.5:
        yield Finding("imprecise", f"a float64 gradient that changes by {FINE:g} is rounded, as to float32")


def _iterate_arrays(saved: Any) -> Iterator[Any]:
    """Yield every array of a nested state."""
    if isinstance(saved, np.ndarray):
        yield saved
    elif isinstance(saved, dict | list | tuple):
        for value in saved.values() if isinstance(saved, dict) else saved:
            yield from _iterate_arrays(value)
