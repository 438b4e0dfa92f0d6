"""Dropout layers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Module
from minigrad_core.errors import ArgumentError

from ..batch_share import uniform
from ..dropout import dropout
from .initial import make_generator


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
        self.p = check_probability("Dropout", p)
        self.rng = make_generator(rng)

    def forward(self, x: Array) -> Array:
        return apply_dropout(x, self.p, self.rng) if self.training else x

    def extra_repr(self) -> str:
        """Return the probability."""
        return f"p={self.p}"


def apply_dropout(x: Array, p: float, rng: np.random.Generator, axis: int = 0) -> Array:
    """Return x, whose `axis` counts examples, with a share `p` of its values dropped; x itself for 0."""
    return dropout(x, draw_mask(x.shape, p, rng, axis), p=p) if p else x


def draw_mask(shape: tuple[int, ...], p: float, rng: np.random.Generator, axis: int = 0) -> NDArray[np.bool_]:
    """Return booleans that are true with probability 1 - p, for values whose `axis` counts examples."""
    # float32 draws take half the time of float64 ones, and 24 bits are enough for a probability.
    return uniform(shape, rng, axis) >= p


def check_probability(layer: str, p: float, what: str = "probability p") -> float:
    """Return p; raise `ArgumentError` unless it is a number in [0, 1]."""
    if not isinstance(p, (int, float, np.number)) or not 0 <= p <= 1:
        raise ArgumentError(f"{layer} expected a {what} in [0, 1], got {p!r}")
    return p
