"""Slopes on both sides of a point, and whether a value lies between them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..closeness import finite
from .slopes import EPS, Function, line, one_sided

STEP = 2.0**-20
TOLERANCE = 1e-4  # of slopes over a step of 1e-6: what is wrong at a kink is wrong by a whole slope


class Span(NamedTuple):
    """Smallest and largest sum that a choice of sides allows, and the size of the terms."""

    low: float
    high: float
    size: float

    def has(self, value: float) -> bool:
        """Whether a value lies in it, as far as differences can tell."""
        slack = TOLERANCE * (self.size + abs(value) + 1e-3)
        return bool(np.isfinite(value) and self.low - slack <= value <= self.high + slack)

    def straight(self, usual: float) -> bool:
        """Whether both sides have the same slopes: no kink is near.

        Curvature sets them apart too, by its product with the step. It counts where all slopes are near zero:
        `usual` is their size at an ordinary point.
        """
        return self.high - self.low < TOLERANCE * max(self.size, usual)


class Sides:
    """The slopes of each output along a direction, times its cotangent.

    f: the float outputs as a vector; xs, vs: what moves, and where to; g: the cotangents; y: f(xs).
    """

    def __init__(
        self, f: Function, xs: Sequence[Any], vs: Sequence[Any], g: NDArray[Any], y: NDArray[Any]
    ) -> None:
        self.at, self.g, self.y = line(f, xs, vs, y), g, y
        self.noise = 8 * EPS * float(np.abs(g * y).sum()) / STEP

    def one(self, step: float) -> NDArray[Any] | None:
        """Return the slopes on one side, None where there is no number."""
        slopes = one_sided(self.at, self.y, step)
        return None if slopes is None or not finite(slopes := self.g * slopes) else slopes

    def both(self, step: float = STEP) -> tuple[NDArray[Any], NDArray[Any]] | None:
        """Return the smaller and the larger slope of each output."""
        left, right = self.one(-step), self.one(step)
        return None if left is None or right is None else (np.minimum(left, right), np.maximum(left, right))

    def span(self, step: float = STEP) -> Span | None:
        """Return the span of both."""
        return None if (both := self.both(step)) is None else self._span(*both)

    def fitting(self, value: float) -> Span | None:
        """Return the slope on one side if it is `value`, else the span of both; None if one is no number.

        That a gradient matches the slope on one side is enough: it is the one of the piece on that side.
        """
        right = self.one(STEP)
        if right is None:
            return None
        alone = self._span(right, right)
        return alone if alone.has(value) else self.span()

    def certain(self) -> Span | None:
        """Return the span, None if a slope is infinite, as at the root of 0: it grows as the step shrinks."""
        span, near = self.span(), self.span(STEP / 64)
        return None if span is None or near is None or near.size > 3 * span.size + 1e-3 else span

    def _span(self, low: NDArray[Any], high: NDArray[Any]) -> Span:
        """Return the sums of slopes; rounding of the outputs widens what they allow."""
        size, least = float(np.maximum(np.abs(low), np.abs(high)).sum()), float(low.sum())
        return Span(least, least if high is low else float(high.sum()), size + self.noise / TOLERANCE)
