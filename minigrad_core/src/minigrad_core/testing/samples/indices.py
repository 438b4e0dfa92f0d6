"""Indices that repeat, count from the end, or have another type; masks all true, all false or once true."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import Booleans, IndexInto, Values
from .sample import Sample, Undrawable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from ..subjects.subject import Subject
    from .sample import Recipe

    # The indices and the size of the axis that they point into -> other indices.
    Change = Callable[[NDArray[Any], int], NDArray[Any]]


def _count(x: NDArray[Any]) -> NDArray[Any]:
    return np.arange(x.size).reshape(x.shape)


_INDICES: dict[str, Change] = {
    "an index that repeats": lambda x, _: np.zeros_like(x),
    "indices that repeat": lambda x, n: (_count(x) // 2) % n,
    "negative indices": lambda x, n: (_count(x) % n) - n,
    "an index and its negative twin": lambda x, n: np.where(_count(x) % 2 == 0, 1 % n, 1 % n - n),
    "indices in descending order": lambda x, n: (n - 1 - _count(x)) % n,
    "int32 indices": lambda x, _: x.astype(np.int32),
}
_MASKS: dict[str, Change] = {
    "a mask that is all false": lambda x, _: np.zeros_like(x),
    "a mask that is all true": lambda x, _: np.ones_like(x),
    "a mask with one true value": lambda x, _: _count(x) == x.size // 2,
}


def indices(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield other indices and masks, for each input that is described as one."""
    del subject
    for name, described in recipe.case.arguments.items():
        for kind, changes in ((IndexInto, _INDICES), (Booleans, _MASKS)):
            for told, change in changes.items() if isinstance(described, kind) else ():
                then = partial(_changed, name, described, change)
                yield recipe.but(then=then, promised=False, label=f"{told} ({name})")


def _changed(name: str, described: Values, change: Change, sample: Sample) -> Sample:
    if name not in sample.names:
        if not isinstance(described, Booleans):
            raise Undrawable(f"{name} is no input")
        settings = {**sample.settings, name: change(sample.settings[name], 1)}
        return replace(sample, settings=settings)
    i = sample.names.index(name)
    size = sample.sizes_of(i) if isinstance(described, IndexInto) else 1
    return sample.but({i: change(sample.inputs[i], size).copy()})
