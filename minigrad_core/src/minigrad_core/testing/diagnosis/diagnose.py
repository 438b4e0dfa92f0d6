"""What is wrong with a gradient, in a line: hypotheses fitted to the analytic and the numeric one.

Each hypothesis predicts the wrong gradient from the right one (or from its Jacobian) and is kept if it fits.
The first that fits is told: they are ordered from the special to the general.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .contributions import astray, averaged, exchanged, lost, signs
from .cotangents import cotangent, diagonal, outputs
from .factors import epsilon, factor, missing_factor, row_factor
from .facts import Facts, fits, region
from .indices import indexed
from .places import arrangement, changed_input, misplaced, reduced, region_only, sparse, triangle
from .products import product
from .values import precision, residual, statistics
from .weights import elementwise, term, weighted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def conditions(facts: Facts) -> Iterator[str]:
    """Yield what an input or grad would have to be for the gradient to be right."""
    yield from facts.conditions()


HYPOTHESES: tuple[Callable[[Facts], Iterator[str]], ...] = (
    averaged,
    factor,
    epsilon,
    precision,
    indexed,
    outputs,
    cotangent,
    arrangement,
    exchanged,
    diagonal,
    product,
    triangle,
    region_only,
    signs,
    lost,
    missing_factor,
    weighted,
    term,
    changed_input,
    conditions,
    row_factor,
    residual,
    elementwise,
    reduced,
    statistics,
    sparse,
    misplaced,
    astray,
)


# Where both agree to six digits, everything would fit.
FINE = (factor, epsilon, precision)


BY_PLACE = (cotangent, arrangement)


def diagnose(facts: Facts) -> str | None:
    """Return the first hypothesis that fits, None if none does."""
    if not np.isfinite(facts.mine).all():
        return _non_finite(facts)
    if fits(facts.mine, 0 * facts.true):
        return "the gradient is zero"
    for hypothesis in FINE if fits(facts.mine, facts.true) else HYPOTHESES:
        for told in hypothesis(facts):
            if hypothesis not in BY_PLACE or _lasts(told, hypothesis, facts):
                return told
    return None


def _lasts(told: str, hypothesis: Callable[[Facts], Iterator[str]], facts: Facts) -> bool:
    """Whether it holds for other values: which places are hit may depend on them."""
    other = facts.again()
    return other is None or fits(other.mine, other.true) or told in hypothesis(other)


def _non_finite(facts: Facts) -> str:
    bad = ~np.isfinite(facts.mine)
    where = region(facts.x, bad, facts.name)
    return f"the gradient is {'NaN' if np.isnan(facts.mine).any() else 'infinite'}" + (
        f" where {where}" if where else ""
    )
