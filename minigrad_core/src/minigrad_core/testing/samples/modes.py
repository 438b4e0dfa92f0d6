"""Other values of a setting, told from what it is, its default and its annotation; its name means nothing."""

import inspect
import math
import re
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np

from ...contracts.cases import AxisOf
from ..subjects.signature import annotation_of, words


def settings_of(call: Callable[..., Any], *known: str) -> dict[str, inspect.Parameter]:
    """Return what has a default and can be given by keyword, without what is `known`."""
    try:
        parameters = inspect.signature(call).parameters
    except (TypeError, ValueError):
        return {}
    named = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    settings = [p for p in parameters.values() if p.default is not p.empty and p.kind in named]
    return {p.name: p for p in settings if p.name not in known}


def others(value: Any, parameter: inspect.Parameter, ndim: int = 0) -> Iterator[list[Any]]:
    """Yield other values of a setting, the likeliest first; a list for each part of a tuple of numbers.

    It may be one of the `ndim` axes of an array, or several.
    """
    annotation, kind = annotation_of(parameter), cast("Any", type(value))
    nullable = "None" in annotation or parameter.default is None
    if literal := words(annotation):
        yield [word for word in literal if word != value]
    elif isinstance(value, bool) or (value is None and re.search(r"\bbool\b", annotation)):
        yield [not value]
    elif value is None and "dtype" in annotation.lower():
        yield [np.longdouble]  # all that is computed in doubles is exact in it
    elif ndim and _may_be_axes(value, annotation, nullable=nullable):
        single = () if isinstance(value, AxisOf) else (*range(ndim), *range(-ndim, 0))
        nothing = [None] if value is not None and nullable else []
        several = isinstance(value, tuple) or re.search(r"^$|tuple", annotation)
        axes = ((0, ndim - 1), (-1, 0)) if several and ndim >= 2 else ()
        yield [*(axis for axis in single if axis != value), *nothing, *axes]
    elif isinstance(value, tuple | list):
        for k, part in enumerate(value):
            if isinstance(part, int | float):
                yield [kind((*value[:k], n, *value[k + 1 :])) for n in _numbers(part, annotation)]
    elif isinstance(value, int | float):
        yield _numbers(value, annotation)
    elif value is None and (number := re.search(r"^$|\bint\b|\bfloat\b", annotation)):
        yield [2] if number[0] == "int" else [0.1]


def _may_be_axes(value: Any, annotation: str, *, nullable: bool) -> bool:
    if value is None:
        return re.search(r"^$|\bAny\b|\bint\b", annotation) is not None
    several = isinstance(value, tuple | list) and len(value) > 0 and all(type(v) is int for v in value)
    number = isinstance(value, int) and (nullable or value < 0)
    return isinstance(value, AxisOf) or number or (nullable and several)


def _numbers(value: float, annotation: str) -> list[Any]:
    """Return small numbers: a period of 2 shows in a short run, one of 1,000 does not."""
    if isinstance(value, int) and not re.search(r"\bfloat\b", annotation):
        return list(dict.fromkeys((value + 1 if value < 3 else 2, value - 1)))
    return [value * 0.5 + 0.01, value * 1.5 + 0.1] if math.isfinite(value) else [1.0]
