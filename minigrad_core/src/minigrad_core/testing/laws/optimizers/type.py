"""The dtype of a parameter is that of its state, and of the arithmetic."""

from dataclasses import replace
from typing import Any

import numpy as np

from ...finding import Finding, Findings
from ...samples.runs import OptimizerRuns, parted
from .state import arrays

COARSE, FINE = 1e-3, 3e-9  # the fine one is a tenth of what float32 resolves


def type_(optimizer: OptimizerRuns) -> Findings:
    """Parameters and their state keep the parameters' dtype; float32 moves as float64, as far as it resolves.

    A float64 parameter follows a change of 3e-9 of its gradient, which float32 does not see.
    Faults: `np.zeros(shape)` for the momentum of float32, `grad.astype(np.float32)` for all.
    Fix: `np.zeros_like(data)`; compute in the dtype of `data`.
    """
    for run in optimizer.runs:
        trace, told = optimizer.trace(run), f"{np.dtype(run.dtype)} parameters{run.told}"
        for kind in {place.dtype for place in trace.places[-1]} - {np.dtype(run.dtype)}:
            yield Finding("wrong-dtype", f"{told} become {kind}")
        for array in arrays(trace.state):
            if array.dtype.kind == "f" and array.ndim and array.dtype != run.dtype:
                yield Finding("wrong-dtype", f"state of shape {array.shape} is {array.dtype} for {told}")
        if run.dtype == np.float32:
            wide = optimizer.trace(replace(run, dtype=np.float64))
            if found := parted(trace.places, wide.places, run.dtype):
                fact = f"shape {run.shapes[found[1]]} moves otherwise than in float64 at step {found[0] + 1}"
                yield Finding("depends-on-dtype", fact + run.told)
    plain, coarse, fine = (_nudged(optimizer, size) for size in (0.0, COARSE, FINE))
    follows = coarse != plain  # not so a rule of signs
    if np.mean(follows & (fine == plain)) > 0.5:
        fact = f"a change of {FINE:g} in a float64 gradient has no effect: is something rounded to float32?"
        yield Finding("imprecise", fact)


def _nudged(optimizer: OptimizerRuns, change: float) -> Any:
    """Return where the tall matrix comes to if its second gradient changes a little."""
    params = optimizer.plain.params()[:1]
    made = optimizer.make(params, **optimizer.plain.settings)
    for step in range(2):
        grad = np.array(optimizer.plain.grads(step)[0])
        nudge = 1 + step * change * np.linspace(0.5, 1, grad.size).reshape(grad.shape)
        optimizer.step(made, params, [grad * nudge])
    return params[0].data
