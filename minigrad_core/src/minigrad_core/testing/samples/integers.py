"""Integers: indices that repeat, count from the end or are bytes, masks, whole numbers beside floats."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...contracts.cases import Booleans, Floats, IndexInto, Integers
from ..subjects.subject import Subject
from .sample import Recipe, Sample
from .special import free
from .values import signed_values

# The indices, and the size of the axis that they point into -> other indices.
Renumber: TypeAlias = Callable[[NDArray[Any], int], NDArray[Any]]

BYTES = np.dtype(np.uint8)
NUMBERS = (0, 1, 2)  # the first two that a domain has: more of the second, since a zero hides much


def _count(x: NDArray[Any]) -> NDArray[Any]:
    return np.arange(x.size).reshape(x.shape)


_INDICES: dict[str, Renumber] = {
    "an index that repeats": lambda x, _: np.zeros_like(x),
    "negative indices": lambda x, n: (_count(x) % n) - n,
    "an index and its negative twin": lambda x, n: np.where(_count(x) % 2 == 0, 1 % n, 1 % n - n),
    "indices in descending order": lambda x, n: (n - 1 - _count(x)) % n,
}
_MASKS: dict[str, Renumber] = {
    "a mask that is all false": lambda x, _: np.zeros_like(x),
    "a mask that is all true": lambda x, _: np.ones_like(x),
}


def indices(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield other indices, and other masks, for all inputs that are such."""
    for kind, changes in ((IndexInto, _INDICES), (Booleans, _MASKS)):
        if any(isinstance(described, kind) for described in recipe.case.arguments.values()):
            for label, renumber in changes.items():
                yield recipe.special(label, partial(_renumbered, kind, renumber))


def _renumbered(kind: type, renumber: Renumber, sample: Sample) -> Mapping[int, Any]:
    found = [i for i, domain in enumerate(sample.domains) if isinstance(domain, kind)]
    sizes = {i: sample.sizes_of(i) if kind is IndexInto else 1 for i in found}
    return {i: renumber(sample.inputs[i], size).copy() for i, size in sizes.items()}


def integers(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield whole numbers for all float inputs but one: as bytes, which law `same` compares with floats.

    And bytes for what are integers.
    """
    del subject
    floats = _floats(recipe)
    for kept in dict.fromkeys((*floats[:2], *floats[-1:])) if len(floats) > 1 else ():
        yield recipe.special(f"whole numbers beside {kept}", partial(_beside, kept))
    if any(isinstance(d, Integers | IndexInto) for d in recipe.case.arguments.values()):
        yield recipe.special("small integers", _small)


def numbers(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield a Python number for one of several float inputs, where all broadcast."""
    floats = _floats(recipe)
    for name in floats if subject.declared.broadcasts and len(floats) > 1 else ():
        # A power may have ways of its own for these.
        for number in (3, 0.5) if name == floats[-1] else (1.5,):
            label = f"the Python number {number} for {name}"
            yield recipe.special(label, partial(_number, name, number))


def _floats(recipe: Recipe) -> list[str]:
    return [name for name, d in recipe.case.arguments.items() if isinstance(d, Floats)]


def as_bytes(sample: Sample, kept: str) -> Sample:
    """Return the sample with bytes for the whole numbers beside one input."""
    whole = [i for i in sample.floats if sample.names[i] != kept and not np.any(sample.inputs[i] % 1)]
    return sample.but({i: sample.inputs[i].astype(BYTES) for i in whole})


def _beside(kept: str, sample: Sample) -> Mapping[int, Any]:
    found: dict[int, Any] = {}
    for i, domain in free(sample).items():
        fitting = [n for n in NUMBERS if domain.low < n < domain.high and (n or not domain.nonzero)]
        if sample.names[i] != kept and len(fitting) > 1:
            x = sample.inputs[i]
            order = signed_values(0, 89 * i, (x.size,)).argsort()
            numbers = np.array([fitting[0], fitting[1], fitting[1]], x.dtype)
            found[i] = numbers[order % 3].reshape(x.shape)
    return found


def _number(name: str, number: float, sample: Sample) -> Mapping[int, Any]:
    """Return a number in the place of an array; a half where the domain has none above 1."""
    i = sample.names.index(name)
    domain = sample.domains[i]
    known = [n for n in (number, 0.5) if isinstance(domain, Floats) and domain.low < n < domain.high]
    return {i: known[0]} if known else {}


def _small(sample: Sample) -> Mapping[int, Any]:
    """Return bytes, where the numbers fit."""
    known = [
        (i, x) for i, x in enumerate(sample.inputs) if isinstance(sample.domains[i], Integers | IndexInto)
    ]
    return {i: x.astype(BYTES) for i, x in known if not np.any((x < 0) | (x > 255))}
