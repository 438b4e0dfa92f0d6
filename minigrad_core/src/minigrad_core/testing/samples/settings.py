"""Samples of other settings: each axis from either end, each choice and flag, numbers near the given ones."""

from collections.abc import Iterator
from inspect import Parameter
from itertools import chain, zip_longest
from typing import Any

from ...contracts.cases import ANY, AxisOf, Values
from ..subjects.subject import Subject
from .alternatives import propose_values
from .sample import Recipe
from .values import Style

THREE_AXES = (2, 3, 4)  # for `...`: a reduction over two axes leaves one


def vary_axes(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield axes from either end for each setting that the case describes by `axis_of`: they are promised."""
    for name, value in recipe.case.arguments.items():
        if isinstance(value, AxisOf) and name in subject.signature.settings:
            ndim = _count_axes(recipe.case.arguments[value.name])
            for axis in dict.fromkeys((0, ndim // 2, -1, -min(ndim, 2))):
                yield _with_setting(recipe, name, axis)


def vary_settings(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield None for each optional input, and other values for each setting, which may be refused.

    The first alternative of each setting comes first, then the second of each.
    """
    arguments = recipe.case.arguments
    for name in subject.signature.optional:
        if arguments.get(name) is not None:
            yield _with_setting(recipe, name, None)
    ndim = _count_axes(next(iter(arguments.values()), None))

    def vary(name: str, parameter: Parameter) -> Iterator[Recipe]:
        values = list(chain(*propose_values(arguments.get(name, parameter.default), parameter, ndim)))
        for value in values:
            # A smaller bound, of a norm for example, is often met by small values only.
            is_smallest = isinstance(value, float) and len(values) > 1 and value == min(values)
            style = Style.SMALL if is_smallest else Style.BASE
            yield _with_setting(recipe, name, value).replace(promised=False, style=style)

    rounds = zip_longest(*(vary(name, p) for name, p in subject.signature.settings.items()))
    yield from filter(None, chain(*rounds))


def _with_setting(recipe: Recipe, name: str, value: Any) -> Recipe:
    return recipe.replace(shapes=(THREE_AXES,), settings={name: value}, label=f"{name}={value!r}")


def _count_axes(argument: Any) -> int:
    """Return the number of axes of a described or given array, 0 for anything else."""
    if isinstance(argument, Values):
        return len(argument.dimensions) + (len(THREE_AXES) - 1) * (ANY in argument.dimensions)
    return getattr(argument, "ndim", 0)
