"""Correct operations, initializers and optimizers in the styles that people write: none may be accused."""

from . import (
    elementwise,
    initializers,
    kinked,
    layers,
    linalg,
    losses,
    masks,
    optimizers,
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
INITIALIZERS = initializers.INITIALIZERS
OPTIMIZERS = optimizers.OPTIMIZERS

__all__ = ["INITIALIZERS", "OPERATIONS", "OPTIMIZERS"]
