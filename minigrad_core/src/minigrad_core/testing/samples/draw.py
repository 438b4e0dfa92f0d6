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
    described = _inputs_of(recipe, signature)
    shape = partial(_shape, recipe, letter_sizes(recipe.case, recipe.sizes))
    inputs: dict[str, Any] = {name: _plain(d) for name, d in described.items()}
    floats = {name: (d, shape(name, d)) for name, d in described.items() if isinstance(d, Floats)}
    drawn = draw_floats(list(floats.values()), recipe.style, recipe.seed)
    inputs.update(zip(floats, drawn, strict=True))
    for i, (name, d) in enumerate(described.items()):
        if isinstance(d, Values) and name not in floats:
            inputs[name] = _draw_discrete(d, shape(name, d), inputs, recipe.seed + i)
    settings = {
        name: _setting(value, inputs, shape, recipe.seed)
        for name, value in {**recipe.case.arguments, **recipe.settings}.items()
        if name in signature.settings
        or (signature.swallows and name not in inputs and name != signature.variadic)
    }
    domains = tuple([d if isinstance(d, Values) else None for d in described.values()])
    sample = Sample(tuple(inputs.values()), settings, tuple(inputs), domains, recipe)
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


def _inputs_of(recipe: Recipe, signature: Signature) -> dict[str, Any]:
    """Return the description of each input."""
    arguments, variadic = recipe.case.arguments, signature.variadic
    names = list(signature.inputs)
    while names and names[-1] in signature.optional and arguments.get(names[-1]) is None:
        names.pop()
    described = {name: None if name in recipe.omitted else arguments.get(name) for name in names}
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
