"""Other values of a setting, derived from its value, default and annotation, never from its name."""

import inspect
import math
import re
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np

from ...contracts.cases import AxisOf
from ..subjects.signature import annotation_text, parse_literal


def read_settings(call: Callable[..., Any], *excluded: str) -> dict[str, inspect.Parameter]:
    """Return the parameters that have a default and can be given by keyword, but for the excluded names."""
    try:
        parameters = inspect.signature(call).parameters
    except (TypeError, ValueError):
        return {}
    by_keyword = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    settings = [p for p in parameters.values() if p.default is not p.empty and p.kind in by_keyword]
    return {p.name: p for p in settings if p.name not in excluded}


def propose_values(value: Any, parameter: inspect.Parameter, ndim: int = 0) -> Iterator[list[Any]]:
    """Yield lists of other values of a setting, the most likely first.

    value: the present value. For a tuple of numbers there is one list per number, in which that number
        changes.
    parameter: the annotation and the default of the setting.
    ndim: the number of axes of the array to which the setting may refer; 0 if the setting is no axis.
    """
    annotation, kind = annotation_text(parameter), cast("Any", type(value))
    nullable = "None" in annotation or parameter.default is None
    if choices := parse_literal(annotation):
        yield [choice for choice in choices if choice != value]
    elif isinstance(value, bool) or (value is None and re.search(r"\bbool\b", annotation)):
        yield [not value]
    elif value is None and "dtype" in annotation.lower():
        yield [np.longdouble]  # represents all values of float64 exactly
    elif ndim and _may_be_axes(value, annotation, nullable=nullable):
        single = () if isinstance(value, AxisOf) else (*range(ndim), *range(-ndim, 0))
        no_axis = [None] if value is not None and nullable else []
        takes_several = isinstance(value, tuple) or re.search(r"^$|tuple", annotation)
        several = ((0, ndim - 1), (-1, 0)) if takes_several and ndim >= 2 else ()
        yield [*(axis for axis in single if axis != value), *no_axis, *several]
    elif isinstance(value, tuple | list):
        for k, part in enumerate(value):
            if isinstance(part, int | float):
                yield [kind((*value[:k], n, *value[k + 1 :])) for n in _nearby_numbers(part, annotation)]
    elif isinstance(value, int | float):
        yield _nearby_numbers(value, annotation)
    elif value is None and (number := re.search(r"^$|\bint\b|\bfloat\b", annotation)):
        yield [2] if number[0] == "int" else [0.1]


def _may_be_axes(value: Any, annotation: str, *, nullable: bool) -> bool:
    """Return whether a setting can be an axis: None, a negative number, or nullable integers."""
    if value is None:
        return re.search(r"^$|\bAny\b|\bint\b", annotation) is not None
    is_several = isinstance(value, tuple | list) and len(value) > 0 and all(type(v) is int for v in value)
    is_single = isinstance(value, int) and (nullable or value < 0)
    return isinstance(value, AxisOf) or is_single or (nullable and is_several)


def _nearby_numbers(value: float, annotation: str) -> list[Any]:
    """Return two numbers near a number.

    Whole numbers stay small: a period of 2 shows in a short run of an optimizer, a period of 1,000 does not.
    """
    if isinstance(value, int) and not re.search(r"\bfloat\b", annotation):
        return list(dict.fromkeys((value + 1 if value < 3 else 2, value - 1)))
    return [value * 0.5 + 0.01, value * 1.5 + 0.1] if math.isfinite(value) else [1.0]
