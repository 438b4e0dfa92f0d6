"""Draws a sample from the recipe for it."""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...array import Shape
from ...contracts.cases import ANY, AxisOf, Booleans, Case, Floats, IndexInto, Integers, Values
from ...errors import InputError
from ..subjects.signature import Signature
from .sample import Recipe, Sample, Undrawable
from .values import draw_floats

SIZES = (3, 4, 2, 5, 6, 7, 8, 9)  # distinct, so that a transposed result has another shape


def draw(recipe: Recipe, signature: Signature) -> Sample:
    """Return the arguments that `recipe` describes, the same for the same recipe."""
    names, described = inputs_of(recipe, signature)
    shape = partial(_shape, recipe, letter_sizes(recipe.case, recipe.sizes))
    inputs: list[Any] = [_plain(d) for d in described]
    floats = [i for i, d in enumerate(described) if isinstance(d, Floats)]
    pairs = [(described[i], shape(names[i], described[i])) for i in floats]
    for i, drawn in zip(floats, draw_floats(pairs, recipe.style, recipe.seed), strict=True):
        inputs[i] = drawn
    arrays = dict(zip(names, inputs, strict=True))
    for i, d in enumerate(described):
        if isinstance(d, Values) and not isinstance(d, Floats):
            inputs[i] = _draw_discrete(d, shape(names[i], d), arrays, recipe.seed + i)
    settings = {
        name: _setting(value, arrays, shape, recipe.seed)
        for name, value in {**recipe.case.arguments, **recipe.settings}.items()
        if name in signature.settings
        or (signature.swallows and name not in arrays and name != signature.variadic)
    }
    domains = tuple([d if isinstance(d, Values) else None for d in described])
    sample = Sample(tuple(inputs), settings, tuple(names), domains, recipe)
    return sample if recipe.change is None else sample.changed(recipe)


def _shape(recipe: Recipe, sizes: Mapping[str, int], name: str, description: Values) -> Shape:
    leading = recipe.shapes.get(name, recipe.any_shape)
    parts = [
        leading if axis == ANY else (axis if isinstance(axis, int) else sizes[axis],)
        for axis in description.dimensions
    ]
    return tuple(chain(*parts))


def letter_sizes(case: Case, given: Mapping[str, int]) -> dict[str, int]:
    """Return a size for each letter of the case: the given one, or the next of `SIZES`."""
    letters = case.letters
    order = SIZES if len(letters) < 4 else (2, 3, 4, 5, 6, 7, 8, 9)
    return {letter: given.get(letter, order[k % len(order)]) for k, letter in enumerate(letters)}


def inputs_of(recipe: Recipe, signature: Signature) -> tuple[list[str], list[Any]]:
    """Return the names of the inputs, and the description of each."""
    arguments = recipe.case.arguments
    names = list(signature.inputs)
    while names and names[-1] in signature.optional and arguments.get(names[-1]) is None:
        names.pop()
    described = [None if name in recipe.omitted else arguments.get(name) for name in names]
    if signature.variadic and signature.variadic in arguments:
        many = arguments[signature.variadic]
        many = many if isinstance(many, tuple | list) else (many,)
        names += [f"{signature.variadic}[{i}]" for i in range(len(many))]
        described += list(many)
    elif signature.variadic:  # `*inputs` that the case calls by name
        given = [
            name for name in arguments if name not in signature.settings and name not in signature.inputs
        ]
        names += [name for name in given if not signature.swallows or _is_array(arguments[name])]
        described += [arguments[name] for name in names[len(described) :]]
    return names, described


def _is_array(value: Any) -> bool:
    return isinstance(value, Values | np.ndarray)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return np.asarray(value)
    return np.array(value) if isinstance(value, np.ndarray | list) else value


def _draw_discrete(
    description: Values, shape: tuple[int, ...], arrays: Mapping[str, Any], seed: int
) -> NDArray[Any]:
    rng = np.random.default_rng(seed)
    if isinstance(description, Booleans):
        return rng.permutation(np.arange(prod(shape)) % 2 == 0).reshape(shape)
    if isinstance(description, IndexInto):
        size: int = arrays[description.name].shape[description.axis]
        if not size and 0 not in shape:
            raise Undrawable(f"{description!r}: the axis is empty")
        return _repeating(rng.integers(0, max(size, 1), size=shape))
    if isinstance(description, Integers):
        return _repeating(_spread(rng, description.low, description.high, shape))
    raise InputError(f"{description!r} cannot be drawn")


def _spread(rng: np.random.Generator, low: int, high: int, shape: tuple[int, ...]) -> NDArray[Any]:
    """Return integers, one in each stratum of [low, high): chance leaves no 0 out, special to `x**n`."""
    count = prod(shape)
    strata = (np.arange(count) + rng.random(count)) * ((high - low) / max(count, 1))
    return rng.permutation(low + strata.astype(np.int64)).reshape(shape)


def _repeating(integers: NDArray[Any]) -> NDArray[Any]:
    """Return them with one that occurs twice: it shows what is overwritten, or belongs together."""
    if integers.size > 1:
        integers.flat[-1] = integers.flat[0]
    return integers


def _setting(value: Any, arrays: Mapping[str, Any], shape: Callable[[str, Values], Shape], seed: int) -> Any:
    if isinstance(value, AxisOf):
        return np.ndim(arrays[value.name]) - 1
    if isinstance(value, Floats):
        return draw_floats([(value, shape("", value))], "base", seed)[0]
    if isinstance(value, Values):
        return _draw_discrete(value, shape("", value), arrays, seed)
    return value
