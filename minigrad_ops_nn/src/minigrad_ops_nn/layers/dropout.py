"""Dropout, which draws its own masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from minigrad_core import Module
from minigrad_core.errors import ArgumentError

from ..dropout import dropout
from .initial import generator

if TYPE_CHECKING:
    from minigrad_core import Array


class Dropout(Module):
    """Zeroes values with probability `p` in training mode, and makes up for them; nothing in evaluation mode.

    Parameters
    ----------
    p : float
        The probability that a value is dropped, in [0, 1].
    rng : numpy.random.Generator, optional
        Draws the masks; a fresh one by default.

    Raises
    ------
    ArgumentError
        p is no probability.
    """

    def __init__(self, p: float = 0.5, *, rng: np.random.Generator | None = None) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ArgumentError(f"Dropout expected a probability p in [0, 1], got {p}")
        self.p = p
        self.rng = generator(rng)

    def forward(self, x: Array) -> Array:
        """Return x, masked in training mode."""
        if not self.training or self.p == 0:
            return x
        # float32 draws take half the time of float64 ones, and 24 bits are enough for a probability.
        kept = self.rng.random(x.shape, dtype=np.float32) >= self.p
        return dropout(x, kept, p=self.p)

    def extra_repr(self) -> str:
        """Return the probability."""
        return f"p={self.p}"
