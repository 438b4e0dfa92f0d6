"""What to do about a loss that is no finite number, which may be due to the data, the start or the rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import DivergedError

if TYPE_CHECKING:
    from minigrad_core import Optimizer

    from .trainer import Pair


class NonFiniteLoss(ArithmeticError):  # noqa: N818 - a fact, which `explain_divergence` makes an error of
    """A loss is not finite.

    Attributes
    ----------
    message : str
        Which, and where.
    stepped : bool
        Whether the optimizer has taken a step in this pass.
    """

    def __init__(self, message: str, *, stepped: bool) -> None:
        super().__init__(message)
        self.message, self.stepped = message, stepped


def explain_divergence(
    fact: NonFiniteLoss, optimizer: Optimizer, data: Mapping[str, Pair | None], *, first: bool
) -> DivergedError:
    """Return the error that says what to do.

    Parameters
    ----------
    fact : NonFiniteLoss
    optimizer : Optimizer
    data : mapping of str to (inputs, targets)
        All that was trained on and measured, by name.
    first : bool
        It was in the first pass.
    """
    for name, pair in data.items():
        for part, values in zip(("inputs", "targets"), pair or (), strict=False):
            if found := _not_finite(values):
                return DivergedError(f"{fact.message}: {name} {part} {found}; leave those out, or mend them")
    if first and not fact.stepped:
        hint = "no step was taken yet, so look at the scale of the inputs, and at the loss of one batch"
        return DivergedError(f"{fact.message}; {hint}")
    return DivergedError(f"{fact.message}; lower lr={optimizer.lr}")


def _not_finite(values: Any) -> str | None:
    """Return how many examples of an array hold NaN or infinity, or None."""
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fc":
        return None
    bad = np.flatnonzero(~np.isfinite(values).reshape(len(values), -1).all(axis=1))
    if not len(bad):
        return None
    return f"hold NaN or infinity in {len(bad)} of {len(values)} examples, first in {bad[0]}"
