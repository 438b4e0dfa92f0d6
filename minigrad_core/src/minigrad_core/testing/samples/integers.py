"""Integers and truth values beside floats, in the smallest type that holds them; Python numbers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import Dominant, Floats, IndexInto, Integers
from .sample import Sample, Undrawable
from .signed import signed_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ..subjects.subject import Subject
    from .sample import Recipe

BYTES = np.dtype(np.uint8)
NUMBERS = (0, 1, 2)  # the first two that a domain has: more of the second, since a zero hides much


def integers(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield whole numbers for all float inputs but one: as bytes, which law `same` compares with floats.

    And a Python number for one of them, where all broadcast.
    """
    floats = [name for name, d in recipe.case.arguments.items() if isinstance(d, Floats)]
    for kept in dict.fromkeys((*floats[:2], *floats[-1:])) if len(floats) > 1 else ():
        then = partial(_beside, kept)
        yield recipe.but(then=then, promised=False, label=f"whole numbers beside {kept}")
    for name in floats if subject.declared.broadcasts and len(floats) > 1 else ():
        for number in (3, 0.5) if name == floats[-1] else (1.5,):
            then = partial(_number, name, number)
            yield recipe.but(then=then, promised=False, label=f"the Python number {number} for {name}")
    for name, d in recipe.case.arguments.items():
        if isinstance(d, Integers | IndexInto):
            yield recipe.but(then=partial(_small, name), promised=False, label=f"small integers for {name}")


def as_bytes(sample: Sample, kept: str) -> Sample:
    """Return the sample with bytes for the whole numbers beside one input."""
    changed = {
        i: sample.inputs[i].astype(BYTES)
        for i in sample.floats
        if sample.names[i] != kept and not np.any(sample.inputs[i] % 1)
    }
    return sample.but(changed)


def _beside(kept: str, sample: Sample) -> Sample:
    changed: dict[int, Any] = {}
    for i in sample.floats:
        domain = sample.domains[i]
        if sample.names[i] != kept and isinstance(domain, Floats) and not isinstance(domain, Dominant):
            fitting = [n for n in NUMBERS if domain.low < n < domain.high and (n or not domain.nonzero)]
            if len(fitting) > 1:
                changed[i] = _shuffled(fitting[:2], sample.inputs[i], i)
    if not changed:
        raise Undrawable("no domain has two whole numbers")
    return sample.but(changed)


def _number(name: str, number: float, sample: Sample) -> Sample:
    """Return the sample with a number in the place of an array; a half where the domain has none above 1."""
    i = sample.names.index(name)
    domain = sample.domains[i]
    for n in (number, 0.5):
        if isinstance(domain, Floats) and domain.low < n < domain.high:
            return sample.but({i: n})
    raise Undrawable("no such number is in its domain")


def _small(name: str, sample: Sample) -> Sample:
    if name not in sample.names:
        raise Undrawable(f"{name} is no input")
    i = sample.names.index(name)
    if np.any(sample.inputs[i] < 0) or np.any(sample.inputs[i] > 255):
        raise Undrawable("they do not fit a byte")
    return sample.but({i: sample.inputs[i].astype(BYTES)})


def _shuffled(numbers: list[int], like: NDArray[Any], start: int) -> NDArray[Any]:
    order = signed_values(0, 89 * start, (like.size,)).argsort()
    return np.array([numbers[0], numbers[1], numbers[1]], like.dtype)[order % 3].reshape(like.shape)
