"""NaN, infinities and zeros here and there, indices in descending order: what tempts to write in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import IndexInto, Integers
from .sample import Sample, is_float

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ..subjects.subject import Subject
    from .sample import Recipe

ODD = (np.nan, np.inf, 0.0, -np.inf, 1.0, -1.0)


def odd(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield the sample with every other value an odd one."""
    del subject
    yield recipe.but(then=_odd, promised=False, label="NaN, infinities and zeros")


def _odd(sample: Sample) -> Sample:
    changed: dict[int, Any] = {}
    for i, x in enumerate(sample.inputs):
        domain = sample.domains[i]
        if is_float(x):
            changed[i] = _with_odd_values(x)
        elif isinstance(domain, IndexInto):
            changed[i] = _descending(x, 0, sample.sizes_of(i))
        elif isinstance(domain, Integers):
            changed[i] = _descending(x, domain.low, domain.high)
    return sample.but(changed)


def _descending(x: NDArray[Any], low: int, high: int) -> NDArray[Any]:
    return (high - 1 - np.arange(x.size) % max(high - low, 1)).astype(x.dtype).reshape(x.shape)


def _with_odd_values(x: NDArray[Any]) -> NDArray[Any]:
    changed = x.copy()
    places = changed.reshape(-1)[::2]
    places[...] = np.resize(ODD, places.shape)
    return changed
