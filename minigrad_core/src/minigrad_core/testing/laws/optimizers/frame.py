"""Nothing but the parameters, and the state of this optimizer, changes in a step."""

from collections.abc import Set
from typing import Any

import numpy as np

from ....parameter import Parameter
from ...finding import Broken, Finding, Findings
from ...guarded import guarded
from ...otherwise import GAPS, LAYOUTS
from ...samples.run import Run
from ...samples.runs import OptimizerRuns, Places, parted
from ...surroundings import same_value, watched

# What happens around the steps of a run, and may not matter: the code and the fact if it does.
AROUND = {
    "nothing": (
        "not-deterministic",
        "the same run twice goes two ways: is there chance, or state on the class that all instances share?",
    ),
    "overwritten": ("keeps-gradient", "what is written to a gradient after the step changes later steps"),
    "emptied": ("zero-grad-forgets", "zero_grad changes later steps: it resets state as well"),
    "beside": ("instances-interfere", "another optimizer that steps changes this one: they share state"),
    "views": ("depends-on-layout", "parameters and gradients that are views, not contiguous, move otherwise"),
}


def frame(optimizer: OptimizerRuns) -> Findings:
    """A step writes to no gradient and keeps none, and shares nothing with another optimizer.

    Nothing global moves. How parameters and gradients lie in memory does not matter, nor what was computed
    before. `zero_grad` sets every gradient to None, wherever another one is None already, and writes to none.
    Faults: `grad += decay * data`, `state["v"] = grad` at the first step, a dict of state on the class, a
    `zero_grad` that stops at None, `ravel()` of a strided parameter, which is a copy, `np.random` in a step.
    Fix: compute into a new array, copy what is kept, make state in `__init__`.
    """
    with watched(optimizer.process) as (_, changes):
        for run in optimizer.runs:
            expected = optimizer.trace(run).places
            if parted(_around(optimizer, run, AROUND.keys()), expected, run.dtype):
                blamed = (k for k in AROUND if parted(_around(optimizer, run, {k}), expected, run.dtype))
                code, fact = AROUND[next(blamed, "nothing")]
                yield Finding(code, fact + run.told)
        changed = changes()
    for name in changed:
        yield Finding("changes-global-state", f"a step changes {name}: leave it alone")


def _around(optimizer: OptimizerRuns, run: Run, around: Set[str]) -> Places:
    params, others = run.params(), run.params()
    if "views" in around:
        params = [Parameter(LAYOUTS[GAPS](p.data)) for p in params]
    made = optimizer.make(params, **run.settings)
    other = optimizer.make(others, **run.settings) if "beside" in around else None
    arrays = [LAYOUTS[GAPS](p.data) if "views" in around else p.data.copy() for p in params]
    places = []
    for step in range(run.steps):
        optimizer.assign(made, run.assigned.get(step, {}))
        grads, held = run.grads(step), []
        for array, grad in zip(arrays, grads, strict=True):
            array[...] = np.nan if grad is None else grad
            kept = array if around & {"overwritten", "views"} else array.copy()
            held.append(None if grad is None else kept)
        optimizer.step(made, params, held)
        if any(p.grad is not h for p, h in zip(params, held, strict=True)) or not same_value(held, grads):
            raise Broken("writes-gradient", f"a step changes the gradient that it is given{run.told}")
        if "emptied" in around:
            _empty(made, params, held)
        if "overwritten" in around:
            for array in arrays:
                array[...] = np.nan
        if other is not None and step == 1:  # large: a maximum that is shared would hide small ones
            optimizer.step(other, others, [None if g is None else 8 * g for g in run.grads(step)])
        places.append([p.data.copy() for p in params])
    return places


def _empty(made: Any, params: Any, held: Any) -> None:
    kept = [None if h is None else h.copy() for h in held]
    guarded("zero_grad", lambda: made.zero_grad())
    if any(p.grad is not None for p in params):
        beside = ", where another one was None before" if any(h is None for h in held) else ""
        raise Broken("grad-not-none", f"after zero_grad a gradient is not None{beside}")
    if not same_value(held, kept):
        raise Broken("writes-gradient", "zero_grad writes into a gradient, which somebody else may hold")
