"""Values at which naive formulas overflow, around 1,000 in every other place; NaN and infinities."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...contracts.cases import Dominant, Floats, IndexInto, Integers
from ..subjects.subject import Subject
from .changes import changed
from .sample import Recipe, Sample, Undrawable, is_float
from .values import WIDE

FACTORS = (2000.0, 2000.0, 300.0, 1.0)
ODD = (np.nan, np.inf, 0.0, -np.inf, 1.0, -1.0)


def extremes(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield large values, where the domain has them, in every other place."""
    del subject
    yield changed(recipe, "values around 1000, and of 300, beside ordinary ones", partial(_large, FACTORS))
    described = [d.dimensions for d in recipe.case.arguments.values() if isinstance(d, Floats)]
    if any(len(set(d)) < len(d) for d in described):  # square, and of a size at which a determinant overflows
        grown = recipe.but(sizes=dict.fromkeys(recipe.case.letters, 33))
        yield changed(grown, "33 x 33 matrices of values around 1e20", partial(_large, (1e20,)))


def odd(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield NaN, infinities and zeros in every other place, integers in descending order: what tempts to
    write in place.
    """
    del subject
    yield changed(recipe, "NaN, infinities and zeros", _odd)


def scaled(factors: tuple[float, ...], sample: Sample) -> Sample:
    """Return the sample with larger values; Undrawable where no domain has them."""
    values = _large(factors, sample)
    if not values:
        raise Undrawable("no domain has large values")
    return sample.but(values)


def _large(factors: tuple[float, ...], sample: Sample) -> Mapping[int, Any]:
    """Return larger values, where the domain has them; each factor has its turn."""
    found: dict[int, Any] = {}
    for i in sample.floats:
        domain, x = sample.domains[i], sample.inputs[i]
        if isinstance(domain, Floats) and domain.high - domain.low >= WIDE and x.size:
            dominant = isinstance(domain, Dominant)  # as a whole, or it is so no longer
            by = factors[0] if dominant else np.resize(factors, x.shape)
            large = by * (x if dominant else x + np.sign(x) * 0.3)
            found[i] = np.array(np.clip(large, 0.98 * domain.low, 0.98 * domain.high))
    return found


def _odd(sample: Sample) -> Mapping[int, Any]:
    found: dict[int, Any] = {}
    for i, (x, domain) in enumerate(zip(sample.inputs, sample.domains, strict=True)):
        if is_float(x):
            found[i] = x.copy()
            places = found[i].reshape(-1)[::2]
            places[...] = np.resize(ODD, places.shape)
        elif isinstance(domain, IndexInto):
            found[i] = _descending(x, 0, sample.sizes_of(i))
        elif isinstance(domain, Integers):
            found[i] = _descending(x, domain.low, domain.high)
    return found


def _descending(x: NDArray[Any], low: int, high: int) -> NDArray[Any]:
    return (high - 1 - np.arange(x.size) % max(high - low, 1)).astype(x.dtype).reshape(x.shape)
