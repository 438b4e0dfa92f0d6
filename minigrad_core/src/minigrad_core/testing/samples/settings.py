"""Samples of other settings: each axis from either end, each choice and flag, numbers near the given ones."""

import math
from collections.abc import Callable, Iterator, Sequence
from inspect import Parameter
from itertools import chain, zip_longest
from types import NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin

import numpy as np

from ...contracts.cases import ANY, AxisOf, Values
from ..subjects.arguments import read_parameters
from ..subjects.subject import Subject
from .sample import Family, Recipe
from .values import Style

THREE_AXES = (2, 3, 4)  # for `...`: a reduction over two axes leaves one


def vary_axes(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield axes from either end, for each setting that the case describes by `axis_of`.

    The label tells the number of axes, so that cases of different ranks each meet all of these axes.
    """
    for name, value in recipe.case.arguments.items():
        if isinstance(value, AxisOf) and name in subject.signature.settings:
            ndim = _count_axes(recipe.case.arguments[value.name])
            for axis in dict.fromkeys((0, ndim // 2, -1, -min(ndim, 2))):
                changed = _with_setting(recipe, Family.AXES, name, axis)
                yield changed.replace(label=f"{changed.label} of {ndim} axes")


def vary_settings(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield None for each optional input, and other values for each setting, which may be refused.

    The first alternative of each setting comes first, then the second of each.
    """
    arguments = recipe.case.arguments
    for name in subject.signature.inputs:
        if name in subject.signature.optional and arguments.get(name) is not None:
            yield _with_setting(recipe, Family.SETTINGS, name, None)
    ndim = _count_axes(next(iter(arguments.values()), None))

    def vary(name: str, parameter: Parameter) -> Iterator[Recipe]:
        values = list(chain(*propose_values(arguments.get(name, parameter.default), parameter, ndim)))
        for value in values:
            # A smaller bound is often met by small values only.
            is_smallest = isinstance(value, float) and len(values) > 1 and value == min(values)
            style = Style.SMALL if is_smallest else Style.BASE
            changed = _with_setting(recipe, Family.SETTINGS, name, value)
            yield changed.replace(promised=False, style=style)

    rounds = zip_longest(*(vary(name, p) for name, p in subject.signature.settings.items()))
    yield from filter(None, chain(*rounds))


def _with_setting(recipe: Recipe, family: Family, name: str, value: Any) -> Recipe:
    label = f"{name}={value!r}"
    return recipe.replace(families=(family,), shapes=(THREE_AXES,), settings={name: value}, label=label)


def _count_axes(argument: Any) -> int:
    """Return the number of axes of a described or given array, 0 for anything else."""
    if isinstance(argument, Values):
        return len(argument.dimensions) + (len(THREE_AXES) - 1) * (ANY in argument.dimensions)
    return getattr(argument, "ndim", 0)


def read_settings(call: Callable[..., Any], *excluded: str) -> dict[str, Parameter]:
    """Return the parameters that have a default and can be passed by keyword, without the excluded names."""
    try:
        parameters = read_parameters(call)
    except (TypeError, ValueError):
        return {}
    by_keyword = (Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    settings = [p for p in parameters if p.default is not p.empty and p.kind in by_keyword]
    return {p.name: p for p in settings if p.name not in excluded}


def propose_values(value: Any, parameter: Parameter, ndim: int = 0) -> Iterator[list[Any]]:
    """Yield lists of other values of a setting, the most likely first.

    value: the present value. For a tuple of numbers there is one list per number, in which that number
        changes.
    parameter: the type and the default of the setting.
    ndim: the number of axes of the array to which the setting may refer; 0 if the setting is not an axis.
    """
    types, kind = list_types(parameter.annotation), cast("Any", type(value))
    nullable = NoneType in types or parameter.default is None
    if choices := list_choices(parameter.annotation):
        yield [choice for choice in choices if choice != value]
    elif isinstance(value, bool) or (value is None and bool in types):
        yield [not value]
    elif value is None and np.dtype in types:
        yield [np.longdouble]  # represents all values of float64 exactly
    elif ndim and _may_be_axes(value, types, nullable=nullable):
        single = () if isinstance(value, AxisOf) else (*range(ndim), *range(-ndim, 0))
        no_axis = [None] if value is not None and nullable else []
        takes_several = isinstance(value, tuple) or types & {Parameter.empty, tuple, Sequence}
        several = ((0, ndim - 1), (-1, 0)) if takes_several and ndim >= 2 else ()
        yield [*(axis for axis in single if axis != value), *no_axis, *several]
    elif isinstance(value, tuple | list):
        for k, part in enumerate(value):
            if isinstance(part, int | float):
                yield [kind((*value[:k], n, *value[k + 1 :])) for n in _nearby_numbers(part, types)]
    elif isinstance(value, int | float):
        yield _nearby_numbers(value, types)
    elif value is None and types & {Parameter.empty, int, float}:
        yield [2] if int in types else [0.1] if float in types else [0.1, 2]


def _may_be_axes(value: Any, types: set[Any], *, nullable: bool) -> bool:
    """Return whether a setting can be an axis: None, a negative number, or nullable integers."""
    if value is None:
        return bool(types & {Parameter.empty, Any, int})
    is_several = isinstance(value, tuple | list) and len(value) > 0 and all(type(v) is int for v in value)
    is_single = isinstance(value, int) and (nullable or value < 0)
    return isinstance(value, AxisOf) or is_single or (nullable and is_several)


def _nearby_numbers(value: float, types: set[Any]) -> list[Any]:
    """Return two numbers near a number, and zero after a positive one: code may take it for an unset value.

    Whole numbers stay small: a period of 2 shows in a short run of an optimizer, a period of 1,000 does not.
    """
    if isinstance(value, int) and float not in types:
        return list(dict.fromkeys((value + 1 if value < 3 else 2, value - 1)))
    return [value * 0.5 + 0.01, value * 1.5 + 0.1, *([0.0] * (value > 0))] if math.isfinite(value) else [1.0]


def list_types(annotation: Any) -> set[Any]:
    """Return the types in an annotation, members of unions and of containers alike.

    >>> list_types(tuple[int, ...] | None) == {tuple, int, type(None), ...}
    True
    """
    return {get_origin(part) or part for part in _iterate_parts(annotation)} - {Union, UnionType}


def list_choices(annotation: Any) -> list[Any]:
    """Return the values of each `Literal` in an annotation.

    >>> list_choices(Literal["same", "valid"] | None)
    ['same', 'valid']
    """
    literals = [part for part in _iterate_parts(annotation) if get_origin(part) is Literal]
    return [choice for literal in literals for choice in get_args(literal)]


def _iterate_parts(annotation: Any) -> Iterator[Any]:
    """Yield an annotation, and everything of which it consists."""
    annotation = getattr(annotation, "__value__", annotation)  # of a `type` statement
    yield annotation
    if get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from _iterate_parts(part)
