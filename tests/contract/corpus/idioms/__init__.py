"""Correct operations in the styles that people write: none may be accused."""

from . import (
    elementwise,
    kinked,
    layers,
    linalg,
    losses,
    masks,
    reductions,
    reshaping,
    structural,
)

OPERATIONS = (
    *elementwise.OPERATIONS,
    *kinked.OPERATIONS,
    *reductions.OPERATIONS,
    *layers.OPERATIONS,
    *linalg.OPERATIONS,
    *losses.OPERATIONS,
    *masks.OPERATIONS,
    *reshaping.OPERATIONS,
    *structural.OPERATIONS,
)

__all__ = ["OPERATIONS"]
