"""The case language under its public name; see `contracts/cases.py`."""

from .contracts.cases import (
    Case,
    axis_of,
    between,
    boolean,
    dominant,
    index_into,
    integers,
    nonzero,
    positive,
    real,
    unit,
)

__all__ = [
    "Case",
    "axis_of",
    "between",
    "boolean",
    "dominant",
    "index_into",
    "integers",
    "nonzero",
    "positive",
    "real",
    "unit",
]
