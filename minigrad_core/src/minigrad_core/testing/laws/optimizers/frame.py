"""The law `frame` of optimizers: a step changes the parameters and the optimizer's own state only."""

from collections.abc import Collection
from enum import Enum

import numpy as np

from ....parameter import Parameter
from ...finding import Finding, Findings, SubjectFailed, guard
from ...global_state import is_same_value, watch_global_state
from ...samples.optimizer_runs import OptimizerRun, OptimizerRuns, Positions
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
            if divergence := run.find_divergence(disturbed, expected):
                alone = ((cause, _run_with_disturbances(optimizer, run, {cause})) for cause in Disturbance)
                causes = (cause for cause, positions in alone if run.find_divergence(positions, expected))
                code, fact = next(causes, Disturbance.NONE).value
                yield Finding(code, fact + divergence)
        changes = find_changes()
    for name in changes:
        yield Finding("changes-global-state", f"a step changes {name}: leave it alone")


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
        is_replaced = any(g is not h for g, h in zip(gradients_after, step_gradients, strict=True))
        if is_replaced or not is_same_value(step_gradients, gradients):
            fact = f"a step, or zero_grad, changes a gradient in place{run.description}"
            raise SubjectFailed("writes-gradient", fact)
        if Disturbance.OTHER_OPTIMIZER in disturbances and step == 1:
            # Large gradients: a shared maximum would hide small ones.
            large = [None if g is None else 8 * g for g in gradients]
            optimizer.take_step(other, other_params, large)
        positions.append([p.data.copy() for p in params])
    return positions
