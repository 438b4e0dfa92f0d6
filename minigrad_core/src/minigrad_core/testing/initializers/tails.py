"""What says that it is truncated is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..finding import Check, DoesNotApply, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .study import InitializerStudy

SHAPE = (200, 200)
BEYOND = 1.25  # a cut at four deviations is 1.2, no cut at all about 1.35
# Bounds that are settings may be far beyond all that is drawn, as in PyTorch.
BOUNDS = frozenset(
    {"a", "b", "low", "high", "lower", "upper", "minval", "maxval", "bound", "bounds", "cut", "limit"}
)


def tails(study: InitializerStudy) -> Iterator[Finding]:
    """What is called truncated has no tail, and no heap where its tail was: values beyond are drawn again.

    Faults: values that are drawn again only once, that are set to zero, or to the bound.
    Fix: `while out.any(): draws[out] = rng.standard_normal(out.sum())`.
    """
    if "trunc" not in study.name.lower() or not study.random:
        raise DoesNotApply("its name does not say that it is truncated")
    values = study.draw(
        study.usual if len(study.usual) != 2 else SHAPE, study.rng("tails"), np.float64
    ).ravel()
    at, often = np.unique(values, return_counts=True)
    heap = int(often.argmax())
    if often[heap] > 0.005 * values.size:
        yield Finding(
            "not-truncated",
            f"{often[heap] / values.size:.1%} of the values are {at[heap]:.4g}: what is beyond is put there, "
            "not drawn again",
        )
        return
    sizes = np.sort(np.abs(values - np.median(values)))
    usual = sizes[int(0.999 * values.size)]
    if values.size > 10_000 and not BOUNDS & study.parameters.keys() and sizes[-1] > BEYOND * usual:
        yield Finding(
            "not-truncated",
            f"it has a tail: the largest value is {sizes[-1] / usual:.2f} times as far "
            "out as 99.9% of them: is what is beyond drawn again only once?",
        )


TAILS = (Check("tails", tails, after=("shape",)),)
