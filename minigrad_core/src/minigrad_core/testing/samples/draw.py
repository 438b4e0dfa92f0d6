"""Draws a sample from the recipe for it."""

from collections.abc import Mapping
from itertools import chain
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...array import Shape
from ...contracts.cases import ANY, AxisOf, Booleans, Case, Floats, IndexInto, Integers, Values
from ..subjects.signature import Signature
from .sample import Recipe, Sample, Undrawable
from .values import draw_floats

SIZES = (3, 4, 2, 5, 6, 7, 8, 9)  # distinct, so that a transposed result has another shape


def draw(recipe: Recipe, signature: Signature) -> Sample:
    """Return the arguments that `recipe` describes, the same for the same recipe."""
    arguments = {**recipe.case.arguments, **recipe.settings}
    inputs = _inputs_of(arguments, signature)
    known = (*inputs, *signature.inputs, signature.variadic)
    settings = {name: value for name, value in arguments.items() if name not in known}
    mutable = {n: v.copy() for n, v in settings.items() if isinstance(v, np.ndarray | list | dict)}
    settings |= mutable  # so that whoever writes to one is seen at each call
    drawn = {name: _plain(d) for name, d in inputs.items()} | settings
    values = {name: d for name, d in {**inputs, **settings}.items() if isinstance(d, Values)}
    sizes = letter_sizes(recipe.case, recipe.sizes)
    shapes = {
        name: _shape(d, sizes, recipe.shapes[k % len(recipe.shapes)])
        for k, (name, d) in enumerate(values.items())
    }
    floats = {name: (d, shapes[name]) for name, d in values.items() if isinstance(d, Floats)}
    drawn.update(zip(floats, draw_floats(list(floats.values()), recipe.style, recipe.seed), strict=True))
    for k, (name, d) in enumerate(values.items()):
        if name not in floats:
            drawn[name] = _draw_discrete(d, shapes[name], drawn, recipe.seed + k)
    for name, value in settings.items():
        settings[name] = np.ndim(drawn[value.name]) - 1 if isinstance(value, AxisOf) else drawn[name]
    domains = tuple([values.get(name) for name in inputs])
    sample = Sample(tuple([drawn[name] for name in inputs]), settings, tuple(inputs), domains, recipe)
    return sample if recipe.change is None else sample.changed(recipe)


def _shape(description: Values, sizes: Mapping[str, int], leading: Shape) -> Shape:
    parts = [
        leading if axis == ANY else (axis if isinstance(axis, int) else sizes[axis],)
        for axis in description.dimensions
    ]
    return tuple(chain(*parts))


def letter_sizes(case: Case, given: Mapping[str, int]) -> dict[str, int]:
    """Return a size for each letter of the case: the given one, or the next of `SIZES`."""
    return {letter: given.get(letter, SIZES[k % len(SIZES)]) for k, letter in enumerate(case.letters)}


def _inputs_of(arguments: Mapping[str, Any], signature: Signature) -> dict[str, Any]:
    """Return the description of each input."""
    variadic, names = signature.variadic, list(signature.inputs)
    while names and names[-1] in signature.optional and arguments.get(names[-1]) is None:
        names.pop()
    described = {name: arguments.get(name) for name in names}
    if variadic and variadic in arguments:
        many = arguments[variadic]
        many = many if isinstance(many, tuple | list) else (many,)
        described |= {f"{variadic}[{i}]": d for i, d in enumerate(many)}
    elif variadic:  # `*inputs` that the case calls by name
        others = [name for name in arguments if name not in (*signature.inputs, *signature.settings)]
        array = (Values, np.ndarray) if signature.swallows else object
        described |= {name: arguments[name] for name in others if isinstance(arguments[name], array)}
    return described


def _plain(value: Any) -> Any:
    return np.array(value) if isinstance(value, np.ndarray | list | float) else value


def _draw_discrete(description: Values, shape: Shape, arrays: Mapping[str, Any], seed: int) -> NDArray[Any]:
    """Return integers, one from each stratum of their range: chance leaves no 0 out, special to `x**n`.

    One occurs twice: it shows what is overwritten, or belongs together.
    """
    rng, count, low, high = np.random.default_rng(seed), prod(shape), 0, 2
    if isinstance(description, Integers):
        low, high = description.low, description.high
    elif isinstance(description, IndexInto):
        high = arrays[description.name].shape[description.axis]
        if count and not high:
            raise Undrawable(f"{description!r}: the axis is empty")
    strata = (np.arange(count) + rng.random(count)) * ((high - low) / max(count, 1))
    drawn = rng.permutation(low + strata.astype(np.int64))
    if isinstance(description, Booleans):
        return (drawn == 0).reshape(shape)
    drawn[1:][-1:] = drawn[:1]
    drawn[10:11] = low  # where round values have a zero
    return drawn.reshape(shape)
