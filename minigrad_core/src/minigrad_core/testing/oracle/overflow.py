"""Whether a result that is not finite is one that no float64 could hold.

The inputs are shrunk towards zero until the result is finite, and the place where it ceases to be is found by
bisection. What truly overflows is above 1e290 next to that place; what was lost half-way, as in
log(sum(exp(x))), jumps from 709 to infinity. That asks nothing of the function but to be called, so it holds
where there is no finer precision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Broken

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..trial import Trial

HALVINGS = 50
REPRESENTABLE = 1e290


def overflows(trial: Trial, k: int, *, gradient: bool = False) -> str | None:
    """Return what output (or gradient) `k` was before it ceased to be finite; None if it had to."""
    values = _at(trial, 0.0, k, gradient=gradient)
    if values is None:
        return None
    place = int(np.flatnonzero(~np.isfinite(values))[0])

    def value(exponent: float) -> float | None:
        there = _at(trial, exponent, k, gradient=gradient)
        finite = there is not None and place < there.size and np.isfinite(there[place])
        return float(np.abs(there[place])) if finite else None  # type: ignore[index]

    low = next((e for e in (-1.0, -4.0, -16.0, -64.0, -256.0, -1000.0) if value(e) is not None), None)
    if low is None:
        return None
    high, last = 0.0, value(low)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        found = value(middle)
        if found is None:
            high = middle
        else:
            low, last = middle, found
    if last is None or last > REPRESENTABLE:
        return None
    return f"is not finite at {trial.sample.recipe.label}, though next to it it is {last:.4g}"


def _at(trial: Trial, exponent: float, k: int, *, gradient: bool) -> NDArray[Any] | None:
    """Return the values where all inputs are multiplied by 2^exponent."""
    sample = trial.sample
    try:
        moved = trial.on(sample.but({i: sample.inputs[i] * 2.0**exponent for i in sample.floats}))
        return np.ravel(moved.pull(trial.cotangents)[k] if gradient else moved.outputs[k])
    except Broken:
        return None
