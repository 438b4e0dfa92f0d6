"""Explain a loss that is not finite: the data, the first loss or the learning rate may be the cause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from minigrad_core import Optimizer

from .errors import DivergedError
from .evaluation import Pair


class NonFiniteLoss(ArithmeticError):  # noqa: N818 - a fact; `explain_divergence` makes an error of it
    """A loss is not finite.

    Attributes
    ----------
    message : str
        The value of the loss, and the example or epoch where it occurred.
    stepped : bool
        Whether the optimizer has taken a step in this pass.
    """

    def __init__(self, message: str, *, stepped: bool) -> None:
        super().__init__(message)
        self.message, self.stepped = message, stepped


def explain_divergence(
    loss: NonFiniteLoss, optimizer: Optimizer, data: Mapping[str, Pair | None], *, first: bool
) -> DivergedError:
    """Return an error that names the cause of a loss that is not finite, and a remedy.

    Parameters
    ----------
    loss : NonFiniteLoss
    optimizer : Optimizer
    data : mapping of str to (inputs, targets)
        The examples for training and validation, by name.
    first : bool
        Whether this is the first pass.
    """
    for name, pair in data.items():
        for part, values in zip(("inputs", "targets"), pair or (), strict=False):
            if fact := _describe_non_finite(values):
                return DivergedError(f"{loss.message}: {name} {part} {fact}; leave those out, or mend them")
    if first and not loss.stepped:
        hint = "no step was taken yet, so look at the scale of the inputs, and at the loss of one batch"
        return DivergedError(f"{loss.message}; {hint}")
    return DivergedError(f"{loss.message}; lower lr={optimizer.lr}")


def _describe_non_finite(values: Any) -> str | None:
    """Return how many examples of an array hold NaN or infinity, or None."""
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fc":
        return None
    bad = np.flatnonzero(~np.isfinite(values).reshape(len(values), -1).all(axis=1))
    if not len(bad):
        return None
    return f"hold NaN or infinity in {len(bad)} of {len(values)} examples, first in {bad[0]}"
