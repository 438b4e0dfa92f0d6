"""The law `state`: a saved state continues the run."""

import pickle
from collections.abc import Mapping, Sequence
from itertools import chain, combinations
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ....contracts import Optimizer
from ....parameter import Parameter
from ...finding import Finding, Findings, Law, SubjectFailed, apply_judge, guard
from ...global_state import find_difference, is_same_value, iterate_arrays, read_attributes
from ...samples.optimizer_run import OptimizerRun, cast
from ...samples.optimizer_runs import RATE, SHAPES, OptimizerRuns


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


# State that is shared would break this law, too.
LAW = Law("state", state, after=("in_place", "frame"))
