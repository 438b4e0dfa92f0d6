"""Dropout layers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Module, effect

from ..batch_share import uniform
from ..dropout import dropout
from .construction import check_probability, make_generator


class Dropout(Module):
    """Zeroes values with probability `p` and divides the others by 1 - p; the identity in evaluation mode.

    Parameters
    ----------
    p : float
        The probability that a value is dropped, in [0, 1].
    rng : numpy.random.Generator, optional
        Draws the masks; a fresh one by default.

    Raises
    ------
    ArgumentError
        p is not a probability.
    """

    def __init__(self, p: float = 0.5, *, rng: np.random.Generator | None = None) -> None:
        super().__init__()
        self.p = check_probability("Dropout", p)
        self.rng = make_generator(rng)

    def forward(self, x: Array) -> Array:
        return apply_dropout(x, self.p, self.rng) if self.training else x

    def extra_repr(self) -> str:
        return f"p={self.p}"


def apply_dropout(x: Array, p: float, rng: np.random.Generator, axis: int = 0) -> Array:
    """Return x, with examples along `axis`, after dropout with probability p; x itself if p is 0."""
    return dropout(x, draw_mask(x.shape, p, rng, axis), p=p) if p else x


@effect
def draw_mask(shape: tuple[int, ...], p: float, rng: np.random.Generator, axis: int = 0) -> NDArray[np.bool_]:
    """Return booleans that are true with probability 1 - p, with examples along `axis`."""
    # float32 draws take half the time of float64 draws, and 24 bits are enough for a probability.
    return uniform(shape, rng, axis) >= p
