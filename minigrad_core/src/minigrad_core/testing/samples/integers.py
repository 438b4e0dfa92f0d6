"""Samples of integers: negative indices, indices as bytes, masks, whole numbers among floats."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from ...contracts.cases import Booleans, Floats, IndexInto, Integers
from ..subjects.subject import Subject
from .sample import Change, Family, Recipe, Sample
from .special_values import NOTHING, FreeInput, change_each, find_free_inputs, is_inside
from .values import draw_signed

BYTES = np.dtype(np.uint8)
WHOLE_NUMBERS = np.arange(3)


def vary_indices(recipe: Recipe, _: Subject) -> Iterator[Recipe]:
    """Yield negative indices beside the positive ones of the same places, and masks that are all false."""
    if recipe.argument_names(IndexInto):
        yield recipe.with_change(Family.INDICES, "negative indices", _pair_indices)
    if recipe.argument_names(Booleans):
        yield recipe.with_change(Family.INDICES, "a mask that is all false", _clear_masks)


def _pair_indices(sample: Sample) -> Mapping[int, Any]:
    """Return indices in pairs: -n and 0, 1 - n and 1, and so on, for an axis of size n."""
    arrays: dict[int, Any] = {}
    for i in sample.inputs_drawn_from(IndexInto):
        x, n = sample.inputs[i], sample.find_axis_size(i)
        count = np.arange(x.size).reshape(x.shape)
        arrays[i] = count // 2 % n - n * (count % 2 == 0)
    return arrays


def _clear_masks(sample: Sample) -> Mapping[int, Any]:
    return {i: np.zeros_like(sample.inputs[i]) for i in sample.inputs_drawn_from(Booleans)}


def vary_integers(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield whole numbers and Python numbers beside floats, and bytes for integer inputs.

    The law `same` compares the whole numbers with the same numbers as bytes. A Python number takes the place
    of one float input, if the subject broadcasts; a number of the case itself may have a formula of its own,
    such as the exponent 0.5.
    """
    floats = recipe.argument_names(Floats)
    changes: dict[str, Change] = {}
    if len(floats) > 1:
        for kept in (floats[0], floats[-1]):
            changes[f"whole numbers beside {kept}"] = change_each(partial(_make_whole, kept))
    if recipe.argument_names(Integers | IndexInto):
        changes["small integers"] = _make_bytes
    if len(floats) > 1 and subject.declared.broadcasts:
        changes |= {f"a Python number for {name}": partial(_insert_number, name) for name in floats}
    for i, name in enumerate(subject.signature.inputs):
        given = recipe.case.arguments.get(name)
        if type(given) is float and subject.declared.broadcasts:
            changes[f"the Python number {given} for {name}"] = partial(_give_number, i, given)
    for label, change in changes.items():
        yield recipe.with_change(Family.INTEGERS, label, change)


def _make_whole(kept: str, free: FreeInput) -> Any:
    """Return the first two whole numbers of the domain for each free input but one.

    Two thirds of the values are the second number: the first is often a zero, which hides errors.
    """
    numbers = WHOLE_NUMBERS[is_inside(free.domain, WHOLE_NUMBERS)]
    if free.sample.names[free.position] == kept or len(numbers) < 2:
        return NOTHING
    order = draw_signed(0, 89 * free.position, (free.x.size,)).argsort() % 3
    return numbers[[0, 1, 1]].astype(free.x.dtype)[order].reshape(free.x.shape)


def _make_bytes(sample: Sample) -> Mapping[int, Any]:
    """Return integer inputs as bytes, where all values are between 0 and 255."""
    arrays = {i: sample.inputs[i] for i in sample.inputs_drawn_from(Integers | IndexInto)}
    return {i: x.astype(BYTES) for i, x in arrays.items() if np.all((x >= 0) & (x < 256))}


def _insert_number(name: str, sample: Sample) -> Mapping[int, Any]:
    """Return 1.5, or 0.5 if the domain ends before, for one input."""
    free_inputs = [free for free in find_free_inputs(sample) if sample.names[free.position] == name]
    return {free.position: n for free in free_inputs for n in (0.5, 1.5) if is_inside(free.domain, n)}


def _give_number(i: int, number: float, _: Sample) -> Mapping[int, Any]:
    return {i: number}


def convert_to_bytes(sample: Sample, kept: str) -> Sample:
    """Return the sample with whole numbers from 0 to 255 as bytes, in all float inputs but one."""
    others = {i: sample.inputs[i] for i in sample.floats if sample.names[i] != kept}
    whole = {i: x for i, x in others.items() if np.all((x % 1 == 0) & (x >= 0) & (x < 256))}
    return sample.replace_inputs({i: x.astype(BYTES) for i, x in whole.items()})
