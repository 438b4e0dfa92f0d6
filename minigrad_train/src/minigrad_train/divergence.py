"""Explain a loss that is not finite: the data, the first loss or the learning rate may be the cause."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

import numpy as np

from minigrad_core import Optimizer

from .errors import DivergedError
from .evaluation import Pair
from .history import History


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
                return DivergedError(f"{loss.message}: {name} {part} {fact}; leave those out, or fix them")
    if first and not loss.stepped:
        hint = "no step was taken yet, so look at the scale of the inputs, and at the loss of one batch"
        return DivergedError(f"{loss.message}; {hint}")
    return DivergedError(f"{loss.message}: the training diverged; lower lr={optimizer.lr}")


def _describe_non_finite(values: Any) -> str | None:
    """Return how many examples of an array hold NaN or infinity, or None."""
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fc":
        return None
    bad = np.flatnonzero(~np.isfinite(values).reshape(len(values), -1).all(axis=1))
    if not len(bad):
        return None
    return f"hold NaN or infinity in {len(bad)} of {len(values)} examples, first in {bad[0]}"


EXPLODED = 100  # times the loss of guessing: no network that learns has such a loss
RISEN = 2, 3  # times the loss of guessing, and times the lowest loss of an earlier epoch


def find_divergence(history: History, guess: float) -> int | None:
    """Return the epoch since which the loss has been far above that of guessing; None if the last is not.

    The loss of an epoch is that of its training or of its validation, whichever is lower. It is far above if
    it is 100 times the loss of guessing, or twice that loss and three times the lowest loss before.

    Parameters
    ----------
    history : History
    guess : float
        The loss of guessing: log(classes) for the cross-entropy.

    Examples
    --------
    >>> from minigrad_train import Epoch
    >>> losses = (0.9, 0.5, 300.0, 900.0)
    >>> find_divergence(History(Epoch(k, loss, 1.0, 1.0) for k, loss in enumerate(losses, 1)), guess=0.7)
    3
    """
    found = None
    lowest = inf
    for epoch in history:
        loss = min(epoch.loss, epoch.metrics.get("validation_loss", inf))
        far = loss > EXPLODED * guess or (loss > RISEN[0] * guess and loss > RISEN[1] * lowest)
        found = (found or epoch.epoch) if far else None
        lowest = min(lowest, loss)
    return found
