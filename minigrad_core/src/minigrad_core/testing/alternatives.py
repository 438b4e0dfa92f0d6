"""Other values of a setting, told from its default and its annotation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .signature import annotation_of, words

if TYPE_CHECKING:
    import inspect


def alternatives(parameter: inspect.Parameter) -> list[Any]:
    """Return other values of a flag, a number or a word; none where the kind is not known.

    Numbers lie over many orders of magnitude, the likely ones first: some may be refused, others may make no
    difference.
    """
    value = parameter.default
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, str):
        return [word for word in words(annotation_of(parameter)) if word != value]
    if isinstance(value, float) or (isinstance(value, int) and annotation_of(parameter) == "float"):
        return numbers(value)
    return []


def numbers(value: float) -> list[float]:
    """Return other numbers."""
    near = [value / 2] if value and math.isfinite(value) else []
    return [v for v in (*near, 0.1, 0.9, 1e-3, 2.0, 1e3, 0.0) if v != value]
