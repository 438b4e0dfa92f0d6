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
    for factors, told in (((1000.0,), ""), ((1000.0, 1.0, 300.0, 1.0), ", and of 300, beside ordinary ones")):
        then = partial(scaled, factors)
        yield recipe.but(then=then, promised=False, label=f"values around 1000{told}")
    if _square(recipe):  # of a size at which a determinant overflows
        grown = recipe.but(sizes=dict.fromkeys(recipe.case.letters, 33))
        told = "33 x 33 matrices of values around 1e20"
        yield grown.but(then=partial(scaled, (1e20,)), promised=False, label=told)


def _square(recipe: Recipe) -> bool:
    """Whether an input is a square matrix of any size."""
    described = [d for d in recipe.case.arguments.values() if isinstance(d, Floats)]
    return any(len(set(d.dimensions)) < len(d.dimensions) for d in described)


def scaled(factors: tuple[float, ...], sample: Sample) -> Sample:
    """Return the sample with larger values, where the domain has them; each factor has its turn."""
    changed: dict[int, Any] = {}
    for i in sample.floats:
        domain, x = sample.domains[i], sample.inputs[i]
        if not isinstance(domain, Floats) or domain.high - domain.low < WIDE or not x.size:
            continue
        dominant = isinstance(domain, Dominant)  # as a whole, or it is so no longer
        by = factors[0] if dominant else np.resize(factors, x.shape)
        large = by * (x if dominant else x + np.sign(x) * 0.3)
        changed[i] = np.array(np.clip(large, 0.98 * domain.low, 0.98 * domain.high))
    if not changed:
        raise Undrawable("no domain has large values")
    return sample.but(changed)
