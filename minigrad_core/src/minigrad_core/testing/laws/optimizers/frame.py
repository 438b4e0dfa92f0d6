"""Nothing but the parameters, and the state of this optimizer, changes in a step."""

from collections.abc import Set

import numpy as np

from ....parameter import Parameter
from ...finding import Broken, Finding, Findings
from ...guarded import guarded
from ...otherwise import gaps
from ...samples.runs import OptimizerRuns, Places, Run
from ...surroundings import same_value, watched

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
    with watched(optimizer.process) as (_, changes):
        for run in optimizer.runs:
            expected = optimizer.trace(run).places
            if where := run.parted(_around(optimizer, run, AROUND.keys()), expected):
                blamed = (k for k in AROUND if run.parted(_around(optimizer, run, {k}), expected))
                code, fact = AROUND[next(blamed, "nothing")]
                yield Finding(code, fact + where)
        changed = changes()
    for name in changed:
        yield Finding("changes-global-state", f"a step changes {name}: leave it alone")


def _around(optimizer: OptimizerRuns, run: Run, around: Set[str]) -> Places:
    lay = gaps if "views" in around else np.array
    params, others = [Parameter(lay(p.data)) for p in run.params()], run.params()
    made, other = (optimizer.make(some, **run.settings) for some in (params, others))
    buffers = [lay(p.data) for p in params]  # which hold the gradients of one step after the other
    places = []
    for step in range(run.steps):
        grads = run.grads(step)
        for k, g in enumerate(grads):
            buffers[k] = buffers[k] if "overwritten" in around else lay(buffers[k])
            buffers[k][...] = np.nan if g is None else g
        held = [None if g is None else b for g, b in zip(grads, buffers, strict=True)]
        optimizer.step(made, params, held, run.assigned.get(step, {}))
        left = [p.grad for p in params]
        if "emptied" in around:
            guarded("zero_grad", lambda: made.zero_grad())
            if any(p.grad is not None for p in params):
                raise Broken("grad-not-none", "zero_grad leaves a gradient: does it stop where one is None?")
        if any(g is not h for g, h in zip(left, held, strict=True)) or not same_value(held, grads):
            raise Broken("writes-gradient", f"a step, or zero_grad, changes a gradient in place{run.told}")
        if "beside" in around and step == 1:  # large: a maximum that is shared would hide small ones
            optimizer.step(other, others, [None if g is None else 8 * g for g in grads])
        places.append([p.data.copy() for p in params])
    return places
