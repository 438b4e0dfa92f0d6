"""Values at which naive formulas overflow: around 1,000, in some places or all, and 1e200 and 1e-200."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import Dominant, Floats
from .sample import Sample, Undrawable
from .values import WIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects.subject import Subject
    from .sample import Recipe


def extremes(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield large values, where the domain has them, in all places or in every other one."""
    del subject
    for factor, some in ((1000.0, False), (1000.0, True), (300.0, False)):
        told = f"values around {factor:g}{' in every other place' if some else ''}"
        yield recipe.but(then=partial(scaled, factor, some), promised=False, label=told)
    if _square(recipe):  # of a size at which a determinant overflows
        grown = recipe.but(sizes=dict.fromkeys(recipe.case.letters, 33))
        told = "33 x 33 matrices of values around 1e20"
        yield grown.but(then=partial(scaled, 1e20, False), promised=False, label=told)


def _square(recipe: Recipe) -> bool:
    """Whether an input is a square matrix of any size."""
    described = [d for d in recipe.case.arguments.values() if isinstance(d, Floats)]
    return any(len(set(d.dimensions)) < len(d.dimensions) for d in described)


def scaled(factor: float, some: bool, sample: Sample) -> Sample:
    """Return the sample with larger values, where the domain has them: all, or every other one."""
    changed: dict[int, Any] = {}
    for i in sample.floats:
        domain, x = sample.domains[i], sample.inputs[i]
        if not isinstance(domain, Floats) or domain.high - domain.low < WIDE or not x.size:
            continue
        dominant = isinstance(domain, Dominant)  # as a whole, or it is so no longer
        large = factor * (x if dominant else x + np.sign(x) * 0.3)
        large = np.clip(large, 0.98 * domain.low, 0.98 * domain.high)
        every_other = np.arange(x.size).reshape(x.shape) % 2 == 0
        changed[i] = np.array(np.where(every_other, large, x) if some and not dominant else large)
    if not changed:
        raise Undrawable("no domain has large values")
    return sample.but(changed)
