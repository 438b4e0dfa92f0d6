"""What is wrong with a gradient, in a line: the first hypothesis that fits, the special ones first."""

import numpy as np

from .facts import Facts, fits
from .parts import diagonal, lost, outputs, placed, region, threshold
from .wholes import constant, exchanged, of_values, rearranged

HYPOTHESES = (constant, outputs, exchanged, rearranged, diagonal, lost, placed, region, of_values)


def diagnose(facts: Facts) -> str | None:
    """Return the first hypothesis that fits, None if none does."""
    mine, true = facts.gradient, facts.expected
    if not np.isfinite(mine).all():
        where = threshold(facts.x.ravel(), ~np.isfinite(mine).ravel(), facts.sample.names[facts.index])
        told = f"the gradient is {'NaN' if np.isnan(mine).any() else 'infinite'}"
        return f"{told} where {where}" if where else told
    if fits(mine, 0 * true):
        return "the gradient is zero"
    if fits(mine, true):  # to six digits: everything would fit
        return None
    # What fits by chance does not fit at other values, unless all is right there.
    other = facts.again
    sure = other is None or fits(other.gradient, other.expected)
    for hypothesis in HYPOTHESES:
        for told in hypothesis(facts):
            if sure or hypothesis is region or (other is not None and told in hypothesis(other)):
                return told
    return None
