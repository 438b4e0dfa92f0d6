"""Other values for each setting: axes from either end, words, flags, numbers beside the given ones."""

from collections.abc import Iterator
from inspect import Parameter
from itertools import chain, zip_longest
from typing import Any

from ...contracts.cases import ANY, AxisOf, Values
from ..subjects.subject import Subject
from .modes import others
from .sample import Recipe

THREE = (2, 3, 4)  # so that two axes leave one


def axes(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield the axes that `axis_of` allows, from either end, where any shape may be of three: promised."""
    for name, value in recipe.case.arguments.items():
        if isinstance(value, AxisOf) and name in subject.signature.settings:
            ndim = _ndim(recipe.case.arguments[value.name])
            for axis in dict.fromkeys((0, ndim // 2, -1, -min(ndim, 2))):
                yield _with(recipe, name, axis)


def settings(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield no value for each optional input, and other values for each setting, which may be refused."""
    given = recipe.case.arguments
    for name in subject.signature.optional:
        if given.get(name) is not None:
            yield _with(recipe, name, None)
    ndim = _ndim(next(iter(given.values()), None))

    def changed(name: str, p: Parameter) -> Iterator[Recipe]:
        options = list(chain(*others(given.get(name, p.default), p, ndim)))
        for other in options:
            # Below a smaller bound, such as that of a norm, lie only values that are smaller still.
            small = isinstance(other, float) and len(options) > 1 and other == min(options)
            yield _with(recipe, name, other).but(promised=False, style="small" if small else "base")

    turns = zip_longest(*(changed(*each) for each in subject.signature.settings.items()))
    yield from filter(None, chain(*turns))  # the first of each setting first


def _with(recipe: Recipe, name: str, value: Any) -> Recipe:
    return recipe.but(shapes=(THREE,), settings={name: value}, label=f"{name}={value!r}")


def _ndim(described: Any) -> int:
    if isinstance(described, Values):
        return len(described.dimensions) + (len(THREE) - 1) * (ANY in described.dimensions)
    return getattr(described, "ndim", 0)
