"""The simplest hypothesis: one factor for all values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .facts import FIT, Facts, as_number, ratio_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def factor(facts: Facts) -> Iterator[str]:
    """Yield the constant factor between the two gradients."""
    ratio = ratio_of(facts.mine, facts.true)
    if ratio is None or abs(ratio - 1) < 1e-5:
        return
    if np.isclose(ratio, -1, rtol=FIT):
        yield "the sign is wrong: the gradient is minus the numeric one"
    elif np.isclose(ratio, 2, rtol=FIT):
        yield "the gradient is twice the numeric one (a factor of 2)"
    else:
        hint = _size_hint(ratio, facts)
        yield f"the gradient is {as_number(ratio)} times the numeric one (a constant factor{hint})"


def _size_hint(ratio: float, facts: Facts) -> str:
    if facts.output.size == facts.x.size:
        return ""  # no sum and no mean is at work
    sizes = {f"axis {k} of the input": n for k, n in enumerate(facts.x.shape)} | {"the input": facts.x.size}
    for name, n in sizes.items():
        if n > 1 and (np.isclose(ratio, n, rtol=FIT) or np.isclose(ratio, 1 / n, rtol=FIT)):
            kind = "a mean for a sum" if ratio < 1 else "a sum for a mean"
            return f": {kind}? {name} has {n} values"
    return ""
