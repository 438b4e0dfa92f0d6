"""Draw the sample that a recipe describes."""

from collections.abc import Mapping
from itertools import chain
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...array import Shape
from ...contracts.cases import ANY, AxisOf, Booleans, Case, Floats, IndexInto, Integers, Values
from ..subjects.arguments import Signature
from .sample import Recipe, Sample, Undrawable, copy_values, is_float
from .values import draw_floats

SIZES = (3, 4, 2, 5, 6, 7, 8, 9)  # of letters: distinct, so that a transposed result has another shape


def draw(recipe: Recipe, signature: Signature) -> Sample:
    """Return the arguments that a recipe describes, the same for the same recipe, before its change.

    Raise Undrawable if no value fits a description.
    """
    arguments = {**recipe.case.arguments, **recipe.settings}
    inputs = _describe_inputs(arguments, signature)
    input_names = (*inputs, *signature.inputs, signature.variadic)
    settings = {name: value for name, value in arguments.items() if name not in input_names}
    settings = copy_values(settings)
    values: dict[str, Any] = {**inputs, **_copy_literals(inputs), **settings}

    descriptions = {name: d for name, d in {**inputs, **settings}.items() if isinstance(d, Values)}
    sizes = assign_sizes(recipe.case, recipe.sizes)
    shapes = {
        name: _expand_shape(d, sizes, recipe.shapes[k % len(recipe.shapes)])
        for k, (name, d) in enumerate(descriptions.items())
    }
    floats = {name: (d, shapes[name]) for name, d in descriptions.items() if isinstance(d, Floats)}
    values.update(zip(floats, draw_floats(list(floats.values()), recipe.style, recipe.seed), strict=True))
    for k, (name, d) in enumerate(descriptions.items()):
        if name not in floats:
            values[name] = _draw_discrete(d, shapes[name], values, recipe.seed + k)
    for name, value in settings.items():
        settings[name] = np.ndim(values[value.name]) - 1 if isinstance(value, AxisOf) else values[name]

    domains = tuple([descriptions.get(name) for name in inputs])
    return Sample(tuple([values[name] for name in inputs]), settings, tuple(inputs), domains, recipe)


def _copy_literals(inputs: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return the arrays that a case gives as such.

    If all floats of the case are narrower than float64, they become float64: numeric derivatives need that,
    and the law `type` judges each case in float32.
    """
    literals = {name: np.array(d) for name, d in inputs.items() if isinstance(d, np.ndarray | list | float)}
    is_double = [x.dtype == np.float64 for x in literals.values()] + [
        isinstance(d, Floats) for d in inputs.values()
    ]
    if any(is_double):
        return literals
    return {name: x.astype(np.float64) if is_float(x) else x for name, x in literals.items()}


def assign_sizes(case: Case, given: Mapping[str, int]) -> dict[str, int]:
    """Return a size for each letter of a case: the given size, or the next of `SIZES`."""
    return {letter: given.get(letter, SIZES[k % len(SIZES)]) for k, letter in enumerate(case.letters)}


def _expand_shape(description: Values, sizes: Mapping[Any, int], leading: Shape) -> Shape:
    """Return a shape, with sizes for letters and leading axes for `...`."""
    dimensions = description.dimensions
    return tuple(chain(*(leading if axis == ANY else (int(sizes.get(axis, axis)),) for axis in dimensions)))


def _describe_inputs(arguments: Mapping[str, Any], signature: Signature) -> dict[str, Any]:
    """Return the description of each input by its name; optional inputs at the end may be left out.

    The arrays of a variadic input are called `arrays[0]`, `arrays[1]`, or as the case calls them.
    """
    variadic, names = signature.variadic, list(signature.inputs)
    while names and names[-1] in signature.optional and arguments.get(names[-1]) is None:
        names.pop()
    inputs = {name: arguments.get(name) for name in names}
    if variadic and variadic in arguments:
        arrays = arguments[variadic]
        arrays = arrays if isinstance(arrays, tuple | list) else (arrays,)
        inputs |= {f"{variadic}[{i}]": d for i, d in enumerate(arrays)}
    elif variadic:
        others = [name for name in arguments if name not in (*signature.inputs, *signature.settings)]
        # With `**settings` in the signature, any other name may be a setting as well.
        input_types = (Values, np.ndarray) if signature.takes_any_setting else object
        inputs |= {name: arguments[name] for name in others if isinstance(arguments[name], input_types)}
    return inputs


def _draw_discrete(description: Values, shape: Shape, arrays: Mapping[str, Any], seed: int) -> NDArray[Any]:
    """Return integers, indices or truth values, one from each stratum of their range.

    Because of the strata, special numbers occur, such as the 0 of `x**n`. One number occurs twice: a gradient
    that is then assigned instead of added is wrong.
    """
    rng, count, low, high = np.random.default_rng(seed), prod(shape), 0, 2
    if isinstance(description, Integers):
        low, high = description.low, description.high
    elif isinstance(description, IndexInto):
        high = arrays[description.name].shape[description.axis]
        if count and not high:
            raise Undrawable(f"{description!r}: the axis is empty")
    strata = (np.arange(count) + rng.random(count)) * ((high - low) / max(count, 1))
    numbers = rng.permutation(low + strata.astype(np.int64))
    if isinstance(description, Booleans):
        return (numbers == 0).reshape(shape)
    numbers[1:][-1:] = numbers[:1]
    return numbers.reshape(shape)
