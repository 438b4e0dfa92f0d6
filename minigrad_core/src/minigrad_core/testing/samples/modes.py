"""Other values of a setting, told from its default and its annotation; its name means nothing."""

import inspect
import math
from collections.abc import Callable, Iterator
from typing import Any

from ..subjects.signature import annotation_of, words


def settings_of(call: Callable[..., Any], *known: str) -> dict[str, inspect.Parameter]:
    """Return what has a default and can be given by keyword, without what is `known`."""
    try:
        parameters = inspect.signature(call).parameters
    except (TypeError, ValueError):
        return {}
    named = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return {
        name: p
        for name, p in parameters.items()
        if p.default is not p.empty and p.kind in named and name not in known
    }


def others(parameter: inspect.Parameter) -> Iterator[list[Any]]:
    """Yield other values of a setting, the likeliest first; a list for each part of a tuple.

    Numbers are small ones: a period of 2 shows in a short run, one of 1,000 does not. Nothing is yielded for
    what is no flag, number, word or tuple of numbers.
    """
    value, annotation = parameter.default, annotation_of(parameter)
    if isinstance(value, tuple):
        for k, part in enumerate(value):
            if isinstance(part, (int, float)):
                yield [(*value[:k], other, *value[k + 1 :]) for other in _numbers(part, "float")]
    elif isinstance(value, bool):
        yield [not value]
    elif isinstance(value, str):
        yield [word for word in words(annotation) if word != value]
    elif isinstance(value, (int, float)):
        yield _numbers(value, annotation)
    elif value is None:
        yield [True] if "bool" in annotation else [2] if "int" in annotation else [0.1]


def _numbers(value: float, annotation: str) -> list[float]:
    """Return other numbers; 0 may have been written for 0.0."""
    if value == 0:
        return [1, 2] if "float" not in annotation and "int" in annotation else [0.1, 1]
    if isinstance(value, int) and "float" not in annotation:
        return [3 if value == 2 else 2, value + 1]
    if not math.isfinite(value):
        return [1.0]
    return [1e-2, value / 2] if abs(value) < 1e-3 else [value / 2, 0.1]
