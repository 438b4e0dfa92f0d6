"""The dtype of a parameter is that of its state, and of the arithmetic."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...finding import Finding
from ...samples.parameters import SHAPES
from .state import arrays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...samples.optimizer import OptimizerRuns
    from ...samples.runs import Run

COARSE, FINE = 1e-3, 3e-9  # the fine one is a tenth of what float32 resolves
NUDGED = 1  # the step whose gradient is changed


def type_(optimizer: OptimizerRuns) -> Iterator[Finding]:
    """Parameters and their state keep the parameters' dtype; float32 moves as float64, as far as it resolves.

    A float64 parameter follows a change of 3e-9 of its gradient, which float32 does not see.
    Faults: `np.zeros(shape)` for the momentum of float32, `grad.astype(np.float32)` for all.
    Fix: `np.zeros_like(data)`; compute in the dtype of `data`.
    """
    for run in optimizer.runs:
        for finding in (*_state(optimizer, run), *_single(optimizer, run)):
            yield finding
            return
        if run.shapes is SHAPES and run.dtype == np.float64:
            for finding in _resolution(optimizer, run):
                yield finding
                return


def _state(optimizer: OptimizerRuns, run: Run) -> Iterator[Finding]:
    trace = optimizer.trace(run)
    kinds = {place.dtype for place in trace.places[-1]} - {np.dtype(run.dtype)}
    if kinds:
        yield Finding("wrong-dtype", f"a parameter of {np.dtype(run.dtype)} becomes {kinds.pop()}{run.told}")
    for array in arrays(trace.state):
        if array.dtype.kind == "f" and array.ndim and array.dtype != run.dtype:
            yield Finding(
                "wrong-dtype",
                f"state of shape {array.shape} is {array.dtype} for {np.dtype(run.dtype)} parameters{run.told}",
            )


def _single(optimizer: OptimizerRuns, run: Run) -> Iterator[Finding]:
    if run.dtype != np.float32:
        return
    wide = replace(run, dtype=np.float64)
    places = optimizer.trace(wide).places
    for step, (now, then) in enumerate(zip(optimizer.trace(run).places, places, strict=True)):
        for k, (single, double) in enumerate(zip(now, then, strict=True)):
            moved = np.abs(double - wide.params()[k].data).max()
            if np.any(np.abs(single - double) > 1e-4 * (1 + np.abs(double)) + 0.01 * moved):
                yield Finding(
                    "depends-on-dtype",
                    f"a parameter of shape {run.shapes[k]} moves otherwise than one of float64 at step "
                    f"{step + 1}{run.told}",
                )
                return


def _resolution(optimizer: OptimizerRuns, run: Run) -> Iterator[Finding]:
    plain = _nudged(optimizer, run, 0.0)
    coarse, fine = (_nudged(optimizer, run, change) - plain for change in (COARSE, FINE))
    slope = np.abs(coarse) / COARSE
    follows = slope > 1e-6
    if follows.mean() < 0.5:
        return  # a rule of signs does not follow small changes
    ratio = float(np.median(np.abs(fine)[follows] / FINE / slope[follows]))
    if not 0.3 < ratio < 3.0:
        yield Finding(
            "imprecise",
            f"a gradient that changes by {FINE:g} of its size changes a float64 parameter by {ratio:.2g} of "
            f"what it should{run.told}: is something rounded to float32?",
        )


def _nudged(optimizer: OptimizerRuns, run: Run, change: float) -> Any:
    """Return where the tall matrix comes to if one of its gradients changes a little."""
    params = run.params()[:1]
    made = optimizer.make(params, **run.settings)
    for step in range(NUDGED + 1):
        (grad, *_) = run.grads(step)
        assert grad is not None
        nudge = 1 + change * np.linspace(0.5, 1, grad.size).reshape(grad.shape) * (step == NUDGED)
        optimizer.step(made, params, [grad * nudge])
    return params[0].data
