"""What depends on differences alone is as precise far from the origin as near it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import Floats
from ..as_function import as_function
from ..finding import Broken
from .slopes import LONG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..samples.sample import Sample
    from ..trial import Trial

CLOSE = 2.0**-20
# Rounding leaves eps / CLOSE = 2e-10 of differences x - y, but eps / CLOSE**2 = 2e-4 of x**2 - y**2.
LOST = 1e-6


def loses_by_translation(trial: Trial) -> str | None:
    """Return which inputs' differences are taken too late, None if none are.

    An operation with f(x + c) = f(x) is tried with values that lie close together, 2^-20 apart: around 0, and
    around c. Both results are the same number, as each x + c is exact. What loses as much in longdouble
    is ill-conditioned, as the fit of a polynomial is.
    """
    if not LONG:
        return None
    sample = trial.sample
    for moved in _choices(sample):
        if _slopes(trial, moved):
            continue
        f = as_function(trial.subject, sample, moved)
        try:
            invariant = _apart(f, sample, moved, 0.25) <= 1e-10
            if not invariant.any():
                continue
            invariant &= _apart(f, sample, moved, 2.0**-10, invariant) <= 1e-7  # no other branch so close
            apart = _apart(f, sample, moved, CLOSE, invariant)
            lost = apart > LOST
            if lost.any():
                lost &= _apart(f, sample, moved, CLOSE, invariant, np.longdouble) < 0.01 * apart
        except Broken:
            continue
        if lost.any():
            return " and ".join(sample.names[i] for i in moved)
    return None


def _choices(sample: Sample) -> Iterator[list[int]]:
    """Yield the inputs that are moved together: all of them, or one."""
    free = [
        i
        for i in sample.floats
        if isinstance(d := sample.domains[i], Floats) and d.low < 0 < d.high and not d.nonzero
    ]
    if free:
        yield free
        yield from ([i] for i in free if len(free) > 1)


def _slopes(trial: Trial, moved: list[int]) -> bool:
    """Whether a shift changes the one output: the gradients for what is moved do not add up to nothing."""
    if len(trial.outputs) > 1 or not trial.differentiable:
        return False
    total = sum(float(trial.received[i].sum()) for i in moved)
    return abs(total) > 1e-9 * sum(trial.steepness[i] for i in moved)


def _apart(
    f: Any, sample: Sample, moved: list[int], scale: float, chosen: Any = True, dtype: Any = np.float64
) -> Any:
    """Return how far each output around c is from that around 0, relative to the largest of the chosen."""
    near, far = [], []
    for i in moved:
        x, high = sample.inputs[i], min(getattr(sample.domains[i], "high", np.inf), 4.0)
        spread = scale * 2.0**-8 * np.round(64 * high * np.cos(np.arange(1.0, x.size + 1))).reshape(x.shape)
        near.append(spread.astype(dtype))
        far.append(spread.astype(dtype) + high / 2)
    here, there = f(near), f(far)
    if here.shape != there.shape or here.dtype != dtype:
        raise Broken("not-comparable", "the output has another shape or dtype there")
    size = np.abs(here).max(initial=0.0, where=chosen)
    return np.where(chosen & (size > 0), np.abs(there - here) / (size or 1.0), 0.0)
