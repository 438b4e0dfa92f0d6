"""Nothing but the parameters, and the state of this optimizer, changes in a step."""

from collections.abc import Set

import numpy as np

from ....parameter import Parameter
from ...finding import Finding, Findings, SubjectFailed
from ...global_state import is_same_value, watch_global_state
from ...guard import guard
from ...samples.optimizer_runs import OptimizerRun, OptimizerRuns, Positions
from ...variations import gaps

# What happens around the steps of a run, and may not matter: the code and the fact if it does.
AROUND = {
    "nothing": ("not-deterministic", "the same run goes two ways: is there chance, or state on the class?"),
    "overwritten": ("keeps-gradient", "what is written to a gradient after the step changes later steps"),
    "emptied": ("zero-grad-forgets", "zero_grad changes later steps: it resets state as well"),
    "beside": ("instances-interfere", "another optimizer that steps changes this one: they share state"),
    "views": ("depends-on-layout", "parameters and gradients that are views, not contiguous, move otherwise"),
}


def frame(optimizer: OptimizerRuns) -> Findings:
    """A step writes to no gradient and keeps none, and shares nothing with another optimizer.

    Nothing global moves, layouts do not matter. `zero_grad` sets every gradient to None, wherever another one
    is None already, and writes to none.
    Faults: `grad += decay * data`, `state["v"] = grad` at the first step, a dict of state on the class, a
    `zero_grad` that stops at None, `ravel()` of a strided parameter, which is a copy, `np.random` in a step.
    Fix: compute into a new array, copy what is kept, make state in `__init__`.
    """
    with watch_global_state(optimizer.process_state) as (_, changes):
        for run in optimizer.runs:
            expected = optimizer.trajectory(run).positions
            if where := run.find_divergence(_run_around(optimizer, run, AROUND.keys()), expected):
                blamed = (
                    k for k in AROUND if run.find_divergence(_run_around(optimizer, run, {k}), expected)
                )
                code, fact = AROUND[next(blamed, "nothing")]
                yield Finding(code, fact + where)
        with_settings = changes()
    for name in with_settings:
        yield Finding("changes-global-state", f"a step changes {name}: leave it alone")


def _run_around(optimizer: OptimizerRuns, run: OptimizerRun, around: Set[str]) -> Positions:
    lay = gaps if "views" in around else np.array
    params, propose_values = [Parameter(lay(p.data)) for p in run.params()], run.params()
    made, other = (optimizer.make(some, **run.settings) for some in (params, propose_values))
    buffers = [lay(p.data) for p in params]  # which hold the gradients of one step after the other
    positions = []
    for step in range(run.steps):
        grads = run.gradients(step)
        for k, g in enumerate(grads):
            buffers[k] = buffers[k] if "overwritten" in around else lay(buffers[k])
            buffers[k][...] = np.nan if g is None else g
        held = [None if g is None else b for g, b in zip(grads, buffers, strict=True)]
        optimizer.step(made, params, held, run.assigned.get(step, {}))
        left = [p.grad for p in params]
        if "emptied" in around:
            guard("zero_grad", lambda: made.zero_grad())
            if any(p.grad is not None for p in params):
                raise SubjectFailed(
                    "grad-not-none", "zero_grad leaves a gradient: does it stop where one is None?"
                )
        if any(g is not h for g, h in zip(left, held, strict=True)) or not is_same_value(held, grads):
            raise SubjectFailed(
                "writes-gradient", f"a step, or zero_grad, changes a gradient in place{run.description}"
            )
        if "beside" in around and step == 1:  # large: a maximum that is shared would hide small ones
            optimizer.step(other, propose_values, [None if g is None else 8 * g for g in grads])
        positions.append([p.data.copy() for p in params])
    return positions
