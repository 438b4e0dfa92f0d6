"""What is wrong with a gradient, in a line: the first hypothesis that fits, the special ones first."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from .factors import constant, nonlinear, of_values, precision, term
from .facts import fits
from .order import asymmetric, exchanged, rearranged
from .places import diagonal, lost, outputs, placed, region, threshold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .facts import Facts

Hypothesis: TypeAlias = "Callable[[Facts], Iterator[str]]"
WHOLE: tuple[Hypothesis, ...] = (constant, nonlinear, precision, outputs, exchanged, rearranged)
PARTS: tuple[Hypothesis, ...] = (diagonal, lost, asymmetric, placed, region, of_values, term)
FINE = (precision,)  # where both agree to six digits, everything else would fit
ONCE = (precision, region)  # whose numbers differ at other values


def diagnose(facts: Facts) -> str | None:
    """Return the first hypothesis that fits, None if none does."""
    mine, true = facts.gradient, facts.expected
    if not np.isfinite(mine).all():
        where = threshold(facts.x.ravel(), ~np.isfinite(mine).ravel(), facts.names[facts.index])
        told = f"the gradient is {'NaN' if np.isnan(mine).any() else 'infinite'}"
        return f"{told} where {where}" if where else told
    if fits(mine, 0 * true):
        return "the gradient is zero"
    for hypothesis in FINE if fits(mine, true) else WHOLE + PARTS:
        for told in hypothesis(facts):
            # What fits by chance does not fit at other values, unless all is right there.
            other = None if hypothesis in ONCE else facts.again
            if other is None or fits(other.gradient, other.expected) or told in hypothesis(other):
                return told
    return None
