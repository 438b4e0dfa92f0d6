"""The laws `frame`, `state` and `type`: what an optimizer changes, keeps, saves and loads."""

import pickle
from collections.abc import Collection, Mapping, Sequence
from itertools import chain, combinations
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ....contracts import Optimizer
from ....parameter import Parameter
from ...finding import Finding, Findings, Script, SubjectFailed, apply_judge, guard
from ...global_state import (
    find_difference,
    is_same_value,
    iterate_arrays,
    read_attributes,
    read_global_state,
    watch_global_state,
)
from ...samples.optimizer_run import OptimizerRun, cast, compare, nudge, select
from ...samples.optimizer_runs import RATE, SHAPES, OptimizerRuns
from ...variations import gaps

# Events around the steps of a run that may not change it: the fact of the finding, by its code.
DISTURBANCES = {
    "not-deterministic": "the same run goes two ways: is there chance, or state on the class?",
    "keeps-gradient": "what is written to a gradient after a step changes later steps",
    "zero-grad-forgets": "zero_grad changes later steps: it resets state as well",
    "instances-interfere": "another optimizer that steps changes this one: shared state",
    "depends-on-layout": "parameters and gradients that are views, not contiguous, move otherwise",
}


def frame(optimizer: OptimizerRuns) -> Findings:
    """A step writes to no gradient, keeps no gradient, and shares nothing with another optimizer.

    No global state changes, and memory layouts do not matter. `zero_grad` sets every gradient to None, also
    where other gradients are None already, and writes to no gradient.
    Faults: `grad += decay * data`, `state["v"] = grad` at the first step, a dict of state on the class, a
    `zero_grad` that stops at None, `ravel()` of a strided parameter, which is a copy, `np.random` in a step.
    Fix: compute into a new array, copy what is kept, make state in `__init__`.
    """

    def find_first(run: OptimizerRun, disturbances: Collection[str]) -> Finding | None:
        return next(apply_judge(judge_frame, run, disturbances=disturbances), None)

    with watch_global_state(optimizer.process_state) as (_, find_changes):
        for run in optimizer.runs:
            if finding := find_first(run, [*DISTURBANCES]):
                alone = (find_first(run, [code]) for code in DISTURBANCES)
                yield next(filter(None, alone), finding)
        changes = find_changes()
    for name in changes:
        fact = f"a step changes {name}: leave it alone"
        script = Script(judge_global_state, run=optimizer.default_run)  # a script cannot watch all of it
        yield Finding("changes-global-state", fact, script=script)


def judge_frame(run: OptimizerRun, disturbances: Collection[str]) -> Findings:
    """Yield that a run goes otherwise with some disturbances; the first one has the code of the finding.

    Raise SubjectFailed if a step or `zero_grad` changes a gradient, or `zero_grad` leaves a gradient.
    """
    layout = gaps if "depends-on-layout" in disturbances else np.array
    params, other_params = run.make_params(layout), run.make_params()
    optimizer, other = run.make(params), run.make(other_params)
    buffers = [layout(start) for start in run.starts]  # hold the gradients of one step after the other
    positions = []
    for step, row in enumerate(run.gradients):
        if "keeps-gradient" not in disturbances:
            buffers = [layout(buffer) for buffer in buffers]
        gradients = [None if g is None else b for g, b in zip(row, buffers, strict=True)]
        for b, g in zip(buffers, row, strict=True):
            b[...] = np.nan if g is None else g
        run.take_step(optimizer, params, step, gradients)
        gradients_after = [p.grad for p in params]
        if "zero-grad-forgets" in disturbances:
            guard("zero_grad", lambda: optimizer.zero_grad())
            if any(p.grad is not None for p in params):
                fact = "zero_grad leaves a gradient: does it stop where one is None?"
                raise SubjectFailed("grad-not-none", fact)
        if any(g is not h for g, h in zip(gradients_after, gradients, strict=True)):
            fact = f"a step sets the gradient of a parameter to another object, or to None{run.description}"
            raise SubjectFailed("writes-gradient", fact)
        if not all(np.array_equal(b, g) for b, g in zip(buffers, row, strict=True) if g is not None):
            fact = f"a step, or zero_grad, changes a gradient in place{run.description}"
            raise SubjectFailed("writes-gradient", fact)
        if "instances-interfere" in disturbances and step == 1:
            # Large gradients: a shared maximum would hide small ones.
            run.take_step(other, other_params, step, [None if g is None else 8 * g for g in row])
        positions.append([p.data.copy() for p in params])
    code = next(iter(disturbances))
    yield from compare(run, positions, run.positions, code, DISTURBANCES[code])


def judge_global_state(run: OptimizerRun) -> Findings:
    """Yield that a run changes global state."""
    before = read_global_state()
    run.take_steps(run.make(params := run.make_params()), params)
    if read_global_state() != before:
        yield Finding("changes-global-state", "a step changes global state: leave it alone")


def state(optimizer: OptimizerRuns) -> Findings:
    """A state that is saved in mid-run and loaded continues the run bit for bit, its dtype included.

    The state shares no memory with the optimizer. It can be loaded into a new optimizer, into one that has
    taken steps, and into one whose parameters have another dtype, which the state then takes. Settings of the
    base class are part of the state.
    Faults: a step count that is lost, state that is exported as the live arrays, or as lists of numbers.
    Fix: copy in `state_dict` and in `load_state_dict`; everything that a step reads is in the state.
    """
    for run in optimizer.runs:
        # The base class restores the settings: here it gets another rate, and the same settings of `initial`.
        initial = {name: v for name, v in run.settings.items() if name in optimizer.initial}
        settings = {**initial, "lr": 3 * RATE} if optimizer.inherits_base else run.settings
        has_usual_shapes = [start.shape for start in run.starts] == [*SHAPES]
        values = {"settings": settings, "steps_before": int(has_usual_shapes)}
        yield from apply_judge(judge_state, run, **values)
        if optimizer.inherits_base and run.starts[0].dtype == np.float32:
            yield from apply_judge(judge_loaded_dtype, run, **values)


def judge_state(run: OptimizerRun, settings: Mapping[str, Any], steps_before: int) -> Findings:
    """Yield that later steps change a saved state, or that a run goes on otherwise after a load."""
    _, state, exported = saved = save_in_middle(run)
    if pickle.dumps(state) != exported:
        fact = f"later steps change a state that was exported{run.description}: copy it; state_dict()"
        yield Finding("state-aliases", fact + find_difference(state, pickle.loads(exported)))
    optimizer, params = load_saved(run, saved, settings, steps_before)
    positions = run.take_steps(optimizer, params, len(run.gradients) // 2)
    thing = ""
    if not is_same_value(positions, run.positions[len(run.gradients) // 2 :]):
        thing = "the steps are others"
    elif not is_same_value(*(guard("state_dict", o.state_dict) for o in (optimizer, run.outcome[0]))):
        thing = "the state is another one, in its values or dtype"
    if thing:
        reason = explain_loss(run, load_saved(run, saved, settings, steps_before)[0])
        yield Finding("state-lost", f"after a save in mid-run and a load{run.description} {thing}: {reason}")


def explain_loss(run: OptimizerRun, loaded: Any) -> str:
    """Return what an optimizer lacks that has loaded the state of the middle of a run."""
    saved = run.make(params := run.make_params())
    run.take_steps(saved, params, last=len(run.gradients) // 2)
    if difference := find_difference(*(guard("state_dict", o.state_dict) for o in (loaded, saved))):
        return f"after the load state_dict(){difference}"
    before, after = read_attributes(saved), read_attributes(loaded)
    for name, value in before.items():
        if difference := find_difference(after.get(name), value):
            return f"after the load self.{name}{difference}; state_dict() does not save that"
    places = [iterate_arrays(value, f"self.{name}") for name, value in before.items()]
    arrays = [*chain(*places), *(("a parameter", p.data) for p in params)]
    shared = (f"{a} is the array of {b}" for (a, x), (b, y) in combinations(arrays, 2) if x is y)
    return next(shared, "something is missing, or shared")


def judge_loaded_dtype(run: OptimizerRun, settings: Mapping[str, Any], steps_before: int) -> Findings:
    """Yield that a state of float64 parameters stays so where float32 parameters load it."""
    saved = save_in_middle(cast(run, np.float64))
    optimizer, params = load_saved(run, saved, settings, steps_before)
    run.take_steps(optimizer, params, len(run.gradients) // 2)
    for place, array in iterate_arrays(guard("state_dict", optimizer.state_dict)):
        if array.dtype == np.float64 and array.ndim:
            fact = f"after a load state_dict(){place} stays float64 for float32 parameters{run.description}"
            yield Finding("wrong-dtype", fact)


# The parameters in mid-run, the state that is saved then, after one more step, and pickled before that step.
Saved: TypeAlias = tuple[Sequence[NDArray[Any]], Any, bytes]


def save_in_middle(run: OptimizerRun) -> Saved:
    """Save the state in mid-run, and take one more step."""
    middle, params = len(run.gradients) // 2, run.make_params()
    optimizer = run.make(params)
    run.take_steps(optimizer, params, last=middle)
    values = [p.data.copy() for p in params]
    state = guard("state_dict", lambda: optimizer.state_dict())
    exported = guard("pickling its state", lambda: pickle.dumps(state))
    run.take_steps(optimizer, params, middle, middle + 1)
    return values, state, exported


def load_saved(
    run: OptimizerRun, saved: Saved, settings: Mapping[str, Any], steps_before: int
) -> tuple[Any, list[Parameter]]:
    """Return a new optimizer that has loaded a state from the middle of a run, and its parameters.

    settings, steps_before: the settings of the optimizer that loads, and the steps that it has taken.

    After the load the arrays are overwritten, so that an optimizer that did not copy them fails.
    """
    (values, _, exported), middle, params = saved, len(run.gradients) // 2, run.make_params()
    optimizer = run.make(params, **settings)
    run.take_steps(optimizer, params, 1, 1 + steps_before)
    for p, value in zip(params, values, strict=True):
        p.data[...] = value
    loaded = pickle.loads(exported)
    guard("load_state_dict", lambda: optimizer.load_state_dict(loaded))
    if pickle.dumps(loaded) != pickle.dumps(pickle.loads(exported)):
        raise SubjectFailed("load-changes-state", "load_state_dict changes the dict that it is given")
    for _, array in iterate_arrays(loaded):
        array[...] = 77
    if not isinstance(optimizer, Optimizer):  # other classes need not save their settings
        assigned = {k: v for step in range(middle) for k, v in run.assigned.get(step, {}).items()}
        if not any(getattr(optimizer, k, None) == v for k, v in assigned.items() if k != "lr"):
            for name, value in assigned.items():
                setattr(optimizer, name, value)
    return optimizer, params


# Relative changes of gradients: the fine one is a tenth of the resolution of float32.
COARSE, FINE = 1e-3, 3e-9


def type_(optimizer: OptimizerRuns) -> Findings:
    """State has the dtype of its parameter; float32 moves like float64, to the precision of float32.

    A float64 parameter follows a relative change of 3e-9 of its gradient, which float32 cannot represent.
    Faults: `np.zeros(shape)` for the momentum of float32, `grad.astype(np.float32)` for all.
    Fix: `np.zeros_like(data)`; compute in the dtype of `data`.
    """
    for run in optimizer.runs:
        yield from apply_judge(judge_state_dtype, run)
        if run.starts[0].dtype == np.float32:
            yield from apply_judge(judge_precision, run)
    yield from apply_judge(judge_resolution, select(optimizer.default_run, [0], 2))


def judge_state_dtype(run: OptimizerRun) -> Findings:
    """Yield arrays of the last state whose dtype is not that of the parameters."""
    dtype = run.starts[0].dtype
    for place, array in iterate_arrays(guard("state_dict", run.outcome[0].state_dict)):
        if array.dtype.kind == "f" and array.ndim and array.dtype != dtype:
            fact = f"state_dict(){place} is {array.dtype} for {dtype} parameters{run.description}"
            yield Finding("wrong-dtype", fact)


def judge_precision(run: OptimizerRun) -> Findings:
    """Yield that a run goes otherwise in float64."""
    fact, expected = "float32 moves otherwise than float64", cast(run, np.float64).positions
    yield from compare(run, run.positions, expected, "depends-on-dtype", fact)


def judge_resolution(run: OptimizerRun) -> Findings:
    """Yield that a fine change of gradients has no effect on a parameter of float64."""
    usual, coarse, fine = (nudge(run, size).positions[-1][0] for size in (0.0, COARSE, FINE))
    follows_gradient = coarse != usual  # a rule of signs does not
    if np.mean(follows_gradient & (fine == usual)) > 0.5:
        fact = f"a float64 gradient that changes by {FINE:g} is rounded, as to float32"
        yield Finding("imprecise", fact)
