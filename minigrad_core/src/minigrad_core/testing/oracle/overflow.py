"""Whether a result that is not finite is one that no float64 could hold.

The inputs are shrunk towards zero until the result is finite, and the place where it ceases to be is found by
bisection. What truly overflows is above 1e290 next to that place; what was lost half-way, as in
log(sum(exp(x))), jumps from 709 to infinity. That asks nothing of the function but to be called, so it holds
where there is no finer precision.
"""

import numpy as np

from ..finding import Broken
from ..trial import Trial

HALVINGS = 50
REPRESENTABLE = 1e290


def overflows(trial: Trial, k: int, *, gradient: bool = False) -> str | None:
    """Return what output (or gradient) `k` was before it ceased to be finite; None if it had to."""
    sample, results = trial.sample, trial.received if gradient else trial.outputs
    place = int(np.flatnonzero(~np.isfinite(results[k]))[0])

    def value(exponent: float) -> float | None:
        """Return its size where all inputs are multiplied by 2^exponent, None if it is not finite."""
        try:
            moved = trial.on(sample.but({i: sample.inputs[i] * 2.0**exponent for i in sample.floats}))
            there = np.ravel(moved.pull(trial.cotangents)[k] if gradient else moved.outputs[k])
        except Broken:
            return None
        return float(np.abs(there[place])) if place < there.size and np.isfinite(there[place]) else None

    low = next((e for e in (-1.0, -4.0, -16.0, -64.0, -256.0, -1000.0) if value(e) is not None), None)
    if low is None:
        return None
    high, last = 0.0, value(low)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if (found := value(middle)) is None:
            high = middle
        else:
            low, last = middle, found
    if last is None or last > REPRESENTABLE:
        return None
    return f"is not finite at {sample.recipe.label}, though next to it it is {last:.4g}"
