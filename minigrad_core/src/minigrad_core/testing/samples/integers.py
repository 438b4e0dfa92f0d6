"""Integers: indices that count from the end or are bytes, masks, whole numbers beside floats."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from ...contracts.cases import Booleans, Floats, IndexInto, Integers
from ..subjects.subject import Subject
from .sample import Recipe, Sample
from .special import free
from .values import signed_values

BYTES = np.dtype(np.uint8)
NUMBERS = (0, 1, 2)  # the first two that a domain has: more of the second, since a zero hides much


def indices(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield each index beside its negative twin, and masks that are all false."""
    if recipe.named(IndexInto):
        yield recipe.special("negative indices", _twins)
    if recipe.named(Booleans):
        yield recipe.special("a mask that is all false", _all_false)


def _twins(sample: Sample) -> Mapping[int, Any]:
    found: dict[int, Any] = {}
    for i in sample.drawn_from(IndexInto):
        x, n = sample.inputs[i], sample.sizes_of(i)
        turns = np.arange(x.size).reshape(x.shape)
        found[i] = turns // 2 % n - n * (turns % 2 == 0)
    return found


def _all_false(sample: Sample) -> Mapping[int, Any]:
    return {i: np.zeros_like(sample.inputs[i]) for i in sample.drawn_from(Booleans)}


def integers(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield whole numbers for all float inputs but one, which law `same` compares with bytes.

    And bytes for what are integers.
    """
    floats = recipe.named(Floats)
    for kept in (floats[0], floats[-1]) if len(floats) > 1 else ():
        yield recipe.special(f"whole numbers beside {kept}", partial(_beside, kept))
    if recipe.named(Integers | IndexInto):
        yield recipe.special("small integers", _small)


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


def as_bytes(sample: Sample, kept: str) -> Sample:
    """Return the sample with bytes for the whole numbers beside one input."""
    whole = [i for i in sample.floats if sample.names[i] != kept and not np.any(sample.inputs[i] % 1)]
    return sample.but({i: sample.inputs[i].astype(BYTES) for i in whole})


def _small(sample: Sample) -> Mapping[int, Any]:
    """Return bytes, where the numbers fit."""
    known = {i: sample.inputs[i] for i in sample.drawn_from(Integers | IndexInto)}
    return {i: x.astype(BYTES) for i, x in known.items() if np.all((x >= 0) & (x < 256))}


def numbers(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield a Python number for one of several float inputs, where all broadcast."""
    floats, recipe = recipe.named(Floats), recipe.but(family="integers")
    for name in floats if subject.declared.broadcasts and len(floats) > 1 else ():
        yield recipe.special(f"a Python number for {name}", partial(_number, name))


def _number(name: str, sample: Sample) -> Mapping[int, Any]:
    domains = {i: domain for i, domain in free(sample).items() if sample.names[i] == name}
    return {i: n for i, d in domains.items() for n in (0.5, 1.5) if d.low < n < d.high}
