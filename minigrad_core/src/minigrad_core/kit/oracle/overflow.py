"""Whether an infinite result is one that no float64 could hold.

The inputs are shrunk towards zero until the result is finite, by bisection of the exponent. What truly
overflows passes through 1e300 on the way; what was lost half-way, as in log(sum(exp(x))), jumps from 709 to
infinity. That asks nothing of the function but to be called, so it holds where there is no finer precision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..finding import Broken

if TYPE_CHECKING:
    from ..trial import Trial

HALVINGS = 60
REPRESENTABLE = 1e290


def overflows(trial: Trial, k: int, *, gradient: bool = False) -> str | None:
    """Return what output (or gradient) `k` was before it became infinite; None if it had to."""
    values = _at(trial, 1.0, k, gradient=gradient)
    if values is None:
        return None
    place = int(np.flatnonzero(~np.isfinite(values))[0])
    low, high, last = -1000.0, 0.0, None  # powers of two
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        values = _at(trial, 2.0**middle, k, gradient=gradient)
        if values is None or place >= values.size:
            return None
        if np.isfinite(values[place]):
            low, last = middle, float(np.abs(values[place]))
        else:
            high = middle
    if last is None or last > REPRESENTABLE:
        return None
    return f"is not finite at {trial.sample.recipe.label}, though next to it it is {last:.4g}"


def _at(trial: Trial, scale: float, k: int, *, gradient: bool) -> np.ndarray | None:  # type: ignore[type-arg]
    sample = trial.sample
    try:
        moved = trial.on(sample.but({i: sample.inputs[i] * scale for i in sample.floats}))
        return np.ravel(moved.pull(trial.cotangents)[k] if gradient else moved.outputs[k])
    except Broken:
        return None
