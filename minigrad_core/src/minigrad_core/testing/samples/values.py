"""Floating-point values that are spread over a domain, distinct, and away from common kinks.

The values are stratified: N values come from N strata of the domain, one from each, so the distance between
two values is at least a fraction of a stratum. A finite difference then never straddles a tie (`max`, `sort`)
or a common kink (multiples of one half). Plain random draws did, once in a few hundred large samples.
"""

from enum import Enum
from functools import cache, lru_cache
from math import inf, isfinite, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...array import Shape
from ...contracts.cases import Dominant, Floats

STORED_VALUES = 8192  # of `draw_signed`
# A domain at least this wide counts as unbounded, except for the style WIDE: values are of ordinary size.
WIDE_DOMAIN = 20.0


class Style(Enum):
    """The sign and the magnitude of drawn values; the text is for labels of samples."""

    BASE = "base"  # both signs, magnitudes of unbounded values from 0.1 to 2.5
    POSITIVE = "positive"  # one sign only
    NEGATIVE = "negative"
    WIDE = "wide"  # magnitudes from 2.5 to 40
    SMALL = "small"  # magnitudes from 1e-4 to 1e-2; in a bounded domain, values near its edges


MAGNITUDES = {Style.WIDE: (2.5, 40.0), Style.SMALL: (1e-4, 1e-2)}  # others are spread evenly


def draw_floats(
    descriptions: list[tuple[Floats, Shape]], style: Style, seed: int
) -> list[NDArray[np.float64]]:
    """Return one float64 array per (description, shape).

    Values are distinct, also across the arrays of one domain. A bounded domain has only the styles `BASE` and
    `SMALL`, and one sign where it contains both.
    """
    remaining: dict[tuple[float, float], Any] = {}
    for k, bounds in enumerate(dict.fromkeys((d.low, d.high) for d, _ in descriptions)):
        count = sum(prod(shape) for d, shape in descriptions if (d.low, d.high) == bounds)
        remaining[bounds] = _draw_values(*bounds, count, style, seed + 89 * k).copy()
    arrays = []
    for description, shape in descriptions:
        bounds, count = (description.low, description.high), prod(shape)
        array, remaining[bounds] = remaining[bounds][:count].reshape(shape), remaining[bounds][count:]
        arrays.append(_make_dominant(array) if isinstance(description, Dominant) else array)
    return arrays


def _make_dominant(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return square matrices that are diagonally dominant: regular, and positive definite if symmetric.

    The absolute values of each row and of each column are added to the diagonal value.
    """
    if matrices.ndim < 2 or matrices.shape[-2] != matrices.shape[-1]:
        return matrices
    sums = np.abs(matrices).sum(axis=-1) + np.abs(matrices).sum(axis=-2)
    return matrices + np.eye(matrices.shape[-1]) * sums[..., None]


@lru_cache(1024)  # operations of the same shapes share their values
def _draw_values(low: float, high: float, count: int, style: Style, seed: int) -> NDArray[np.float64]:
    """Return one value from each of `count` strata of a domain, in an order that depends on the seed."""
    jitter = np.abs(draw_signed(seed, 0, (count,))) - 0.5
    strata = (np.arange(count) + 0.2 + 0.6 * jitter) / max(count, 1)
    if style is not Style.WIDE and high - low > WIDE_DOMAIN:
        low, high = (low, inf) if low >= 0 else (-inf, high) if high <= 0 else (-inf, inf)
    if isfinite(low) and isfinite(high):
        values = _spread_bounded(low, high, strata, style)
    elif isfinite(low):
        values = low + _spread_magnitudes(strata, style)
    elif isfinite(high):
        values = high - _spread_magnitudes(strata, style)
    else:
        values = _spread_unbounded(strata, style)
    order = draw_signed(seed, STORED_VALUES // 2, (count,)).argsort()
    return values[order]


def _spread_bounded(low: float, high: float, strata: NDArray[Any], style: Style) -> NDArray[Any]:
    if style is Style.SMALL:
        distance = 10.0 ** -(1 + 4 * strata)
        strata = np.where(np.arange(len(strata)) % 2, distance, 1 - distance)
    else:
        strata = 0.03 + 0.94 * strata
    if low < 0 < high and style in (Style.POSITIVE, Style.NEGATIVE):
        return strata * (high if style is Style.POSITIVE else low)
    return low + (high - low) * strata


def _spread_magnitudes(strata: NDArray[Any], style: Style) -> NDArray[Any]:
    if style not in MAGNITUDES:
        return 0.1 + 2.4 * strata
    low, high = MAGNITUDES[style]
    return low * (high / low) ** strata


def _spread_unbounded(strata: NDArray[Any], style: Style) -> NDArray[Any]:
    """Return values of one sign or both; all but small values keep a distance from multiples of one half."""
    # A single value has the middle stratum, so its sign depends on its jitter.
    signed_strata = 2 * strata - 1
    if style in (Style.POSITIVE, Style.NEGATIVE):
        values = _spread_magnitudes(strata, style) * (1 if style is Style.POSITIVE else -1)
    else:
        values = np.copysign(_spread_magnitudes(np.abs(signed_strata), style), signed_strata)
    if style is Style.SMALL:
        return values
    margin = 0.04 * min(1.0, 4.0 / max(len(strata), 1))
    nearest = np.rint(2 * values) / 2
    offset = values - nearest
    return np.where(np.abs(offset) < margin, nearest + np.copysign(margin, offset), values)


def draw_signed(seed: int, start: int, shape: Shape) -> NDArray[Any]:
    """Return values of both signs and of magnitude 0.5 to 1.5, for cotangents and directions.

    The seed and `start` choose a place in one stored sequence; the result may be a view of it, and must not
    be written to.
    """
    sequence, start, size = _make_sequence(), (seed + start) % STORED_VALUES, prod(shape)
    if size > STORED_VALUES:
        return np.resize(sequence[start:], shape)
    return sequence[start : start + size].reshape(shape)


@cache  # a generator for each call of `draw_signed` costs more than the call
def _make_sequence() -> NDArray[Any]:
    """Return the sequence of `draw_signed`."""
    u = np.random.default_rng(0).uniform(-1, 1, 2 * STORED_VALUES)
    return u + np.copysign(0.5, u)
