"""The laws `frame`, `state` and `type`: what an optimizer changes, keeps, saves and loads."""

import pickle
from collections.abc import Collection
from dataclasses import replace
from enum import Enum
from typing import Any

import numpy as np

from ....parameter import Parameter
from ...finding import Finding, Findings, SubjectFailed, guard
from ...global_state import is_same_value, iterate_arrays, watch_global_state
from ...samples.optimizer_runs import (
    MIDDLE,
    RATE,
    SHAPES,
    OptimizerRun,
    OptimizerRuns,
    Positions,
    Trajectory,
    restore_settings,
)
from ...variations import gaps


class Disturbance(Enum):
    """Events around the steps of a run that may not change it; the value is code and fact of the finding."""

    NONE = ("not-deterministic", "the same run goes two ways: is there chance, or state on the class?")
    OVERWRITTEN_GRADIENTS = (
        "keeps-gradient",
        "what is written to a gradient after a step changes later steps",
    )
    ZERO_GRAD = ("zero-grad-forgets", "zero_grad changes later steps: it resets state as well")
    OTHER_OPTIMIZER = (
        "instances-interfere",
        "another optimizer that steps changes this one: shared state",
    )
    VIEWS = ("depends-on-layout", "parameters and gradients that are views, not contiguous, move otherwise")


def frame(optimizer: OptimizerRuns) -> Findings:
    """A step writes to no gradient, keeps no gradient, and shares nothing with another optimizer.

    No global state changes, and memory layouts do not matter. `zero_grad` sets every gradient to None, also
    where other gradients are None already, and writes to no gradient.
    Faults: `grad += decay * data`, `state["v"] = grad` at the first step, a dict of state on the class, a
    `zero_grad` that stops at None, `ravel()` of a strided parameter, which is a copy, `np.random` in a step.
    Fix: compute into a new array, copy what is kept, make state in `__init__`.
    """
    with watch_global_state(optimizer.process_state) as (_, find_changes):
        for run in optimizer.runs:
            expected = optimizer.trajectory(run).positions
            disturbed = _run_with_disturbances(optimizer, run, [*Disturbance])
            if any(run.compare(disturbed, expected, *Disturbance.NONE.value)):
                alone = ((cause, _run_with_disturbances(optimizer, run, {cause})) for cause in Disturbance)
                causes = (c for c, positions in alone if any(run.compare(positions, expected, *c.value)))
                yield from run.compare(disturbed, expected, *next(causes, Disturbance.NONE).value)
        changes = find_changes()
    for name in changes:
        fact = f"a step changes {name}: leave it alone"
        yield Finding("changes-global-state", fact, run=optimizer.default_run)


def _run_with_disturbances(
    optimizer: OptimizerRuns, run: OptimizerRun, disturbances: Collection[Disturbance]
) -> Positions:
    """Return the positions of a run with some disturbances around its steps.

    Raise SubjectFailed if a step or `zero_grad` changes a gradient, or `zero_grad` leaves a gradient.
    """
    copy = gaps if Disturbance.VIEWS in disturbances else np.array
    params, other_params = [Parameter(copy(p.data)) for p in run.make_params()], run.make_params()
    instance, other = (optimizer.make(ps, **run.settings) for ps in (params, other_params))
    buffers = [copy(p.data) for p in params]  # hold the gradients of one step after the other
    positions = []
    for step in range(run.steps):
        gradients = run.make_gradients(step)
        for k, g in enumerate(gradients):
            if Disturbance.OVERWRITTEN_GRADIENTS not in disturbances:
                buffers[k] = copy(buffers[k])
            buffers[k][...] = np.nan if g is None else g
        step_gradients = [None if g is None else b for g, b in zip(gradients, buffers, strict=True)]
        optimizer.take_step(instance, params, step_gradients, run.assigned.get(step, {}))
        gradients_after = [p.grad for p in params]
        if Disturbance.ZERO_GRAD in disturbances:
            guard("zero_grad", lambda: instance.zero_grad())
            if any(p.grad is not None for p in params):
                fact = "zero_grad leaves a gradient: does it stop where one is None?"
                raise SubjectFailed("grad-not-none", fact)
        if any(g is not h for g, h in zip(gradients_after, step_gradients, strict=True)):
            fact = f"a step sets the gradient of a parameter to another object, or to None{run.description}"
            raise SubjectFailed("writes-gradient", fact, run=run)
        if not is_same_value(step_gradients, gradients):
            fact = f"a step, or zero_grad, changes a gradient in place{run.description}"
            raise SubjectFailed("writes-gradient", fact, run=run)
        if Disturbance.OTHER_OPTIMIZER in disturbances and step == 1:
            # Large gradients: a shared maximum would hide small ones.
            large = [None if g is None else 8 * g for g in gradients]
            optimizer.take_step(other, other_params, large)
        positions.append([p.data.copy() for p in params])
    return positions


# Relative changes of gradients: the fine one is a tenth of the resolution of float32.
COARSE, FINE = 1e-3, 3e-9


def state(optimizer: OptimizerRuns) -> Findings:
    """A state that is saved in mid-run and loaded continues the run bit for bit, its dtype included.

    The state shares no memory with the optimizer. It can be loaded into a new optimizer, into one that has
    taken steps, and into one whose parameters have another dtype, which the state then takes. Settings of the
    base class are part of the state.
    Faults: a step count that is lost, state that is exported as the live arrays, or as lists of numbers.
    Fix: copy in `state_dict` and in `load_state_dict`; everything that a step reads is in the state.
    """
    for run in optimizer.runs:
        trajectory = optimizer.trajectory(run)
        if pickle.dumps(trajectory.saved) != trajectory.exported:
            fact = f"later steps change a state that was exported{run.description}: copy it"
            yield Finding("state-aliases", fact, run=run)
        positions, end_state = _resume(optimizer, run, trajectory)
        circumstance = f"after a save in mid-run and a load{run.description}"
        if not is_same_value(positions, trajectory.positions[MIDDLE:]):
            fact = f"{circumstance} the steps are others: something is missing, or shared"
            yield Finding("state-lost", fact, run=run)
        elif not is_same_value(end_state, trajectory.state):
            fact = f"{circumstance} the state is another one, in its values or dtype"
            yield Finding("state-lost", fact, run=run)
        if optimizer.inherits_base and run.dtype == np.float32:
            double = optimizer.trajectory(replace(run, dtype=np.float64))
            _, end_state = _resume(optimizer, run, double)
            if any(array.dtype == np.float64 and array.ndim for array in iterate_arrays(end_state)):
                fact = f"a state of float64 stays so for float32 parameters{run.description}"
                yield Finding("wrong-dtype", fact, run=run, values={"is_loaded": True})


def _resume(optimizer: OptimizerRuns, run: OptimizerRun, saved: Trajectory) -> tuple[Positions, Any]:
    """Load the state from the middle of a trajectory; return positions and state of the remaining run.

    If the parameters have the usual shapes, the optimizer has taken a step before; otherwise it is new. After
    the load the arrays are overwritten, so that an optimizer that did not copy them fails.
    """
    params = run.make_params()
    # The base class restores the settings: here it gets another rate, and the same settings of `initial`.
    initial = {name: v for name, v in run.settings.items() if name in optimizer.initial}
    settings = {**initial, "lr": 3 * RATE} if optimizer.inherits_base else run.settings
    instance = optimizer.make(params, **settings)
    if run.shapes is SHAPES:
        optimizer.take_steps(instance, params, run, 1, 2)
    for p, position in zip(params, saved.positions[MIDDLE - 1], strict=True):
        p.data[...] = position
    loaded = pickle.loads(saved.exported)
    guard("load_state_dict", lambda: instance.load_state_dict(loaded))
    if pickle.dumps(loaded) != pickle.dumps(pickle.loads(saved.exported)):
        raise SubjectFailed("load-changes-state", "load_state_dict changes the dict that it is given")
    for array in iterate_arrays(loaded):
        array[...] = 77
    if not optimizer.inherits_base:
        restore_settings(instance, run.assigned, MIDDLE)
    positions = optimizer.take_steps(instance, params, run, MIDDLE)
    return positions, guard("state_dict", lambda: instance.state_dict())


def type_(optimizer: OptimizerRuns) -> Findings:
    """State has the dtype of its parameter; float32 moves like float64, to the precision of float32.

    A float64 parameter follows a relative change of 3e-9 of its gradient, which float32 cannot represent.
    Faults: `np.zeros(shape)` for the momentum of float32, `grad.astype(np.float32)` for all.
    Fix: `np.zeros_like(data)`; compute in the dtype of `data`.
    """
    for run in optimizer.runs:
        trajectory = optimizer.trajectory(run)
        for array in iterate_arrays(trajectory.state):
            if array.dtype.kind == "f" and array.ndim and array.dtype != run.dtype:
                parameters = f"{np.dtype(run.dtype)} parameters{run.description}"
                fact = f"state of shape {array.shape} is {array.dtype} for {parameters}"
                yield Finding("wrong-dtype", fact, run=run)
        if run.dtype == np.float32:
            double = optimizer.trajectory(replace(run, dtype=np.float64))
            fact = "float32 moves otherwise than float64"
            yield from run.compare(trajectory.positions, double.positions, "depends-on-dtype", fact)
    runs = (replace(optimizer.default_run, nudge=size) for size in (0.0, COARSE, FINE))
    usual, coarse, fine = (optimizer.trajectory(run).positions[1][0] for run in runs)
    follows_gradient = coarse != usual  # a rule of signs does not
    if np.mean(follows_gradient & (fine == usual)) > 0.5:
        fact = f"a float64 gradient that changes by {FINE:g} is rounded, as to float32"
        run = replace(optimizer.default_run, steps=2)
        yield Finding("imprecise", fact, run=run, values={"kept": [0]})
