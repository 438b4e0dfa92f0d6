"""The dtype of a parameter is that of its state, and of the arithmetic."""

from dataclasses import replace

import numpy as np

from ...finding import Finding, Findings
from ...samples.runs import OptimizerRuns
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
        for array in arrays(trace.state):
            if array.dtype.kind == "f" and array.ndim and array.dtype != run.dtype:
                yield Finding("wrong-dtype", f"state of shape {array.shape} is {array.dtype} for {told}")
        if run.dtype == np.float32:
            wide = optimizer.trace(replace(run, dtype=np.float64))
            if where := run.parted(trace.places, wide.places):
                yield Finding("depends-on-dtype", f"float32 moves otherwise than float64{where}")
    plain, coarse, fine = (
        optimizer.trace(replace(optimizer.plain, nudge=size)).places[1][0] for size in (0.0, COARSE, FINE)
    )
    follows = coarse != plain  # not so a rule of signs
    if np.mean(follows & (fine == plain)) > 0.5:
        fact = f"a change of {FINE:g} in a float64 gradient has no effect: is something rounded to float32?"
        yield Finding("imprecise", fact)
