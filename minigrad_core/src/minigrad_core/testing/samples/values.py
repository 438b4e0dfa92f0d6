"""Floating-point values: spread over a domain, distinct, and away from where functions have kinks.

Values are stratified: N values come from N strata of the domain, one each, so that no two are closer than a
fraction of a stratum. A finite difference then never straddles a tie (`max`, `sort`) or a usual kink
(multiples of one half); plain random draws did, once in a few hundred large samples.
"""

from functools import cache, lru_cache
from math import inf, isfinite, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...array import Shape
from ...contracts.cases import Dominant, Floats

STORE = 8192
WIDE = 20.0  # a domain in which even values should be of ordinary size
MAGNITUDES = {"wide": (2.5, 40.0), "small": (1e-4, 1e-2)}  # of unbounded values; (0.1, 2.5) for other styles


def draw_floats(described: list[tuple[Floats, Shape]], style: str, seed: int) -> list[NDArray[np.float64]]:
    """Return one float64 array per (description, shape); values are distinct across arrays of one domain.

    `style` is `base`, `positive` or `negative` (one sign only), `wide` (magnitudes 2.5 to 40) or
    `small` (1e-4 to 1e-2). A bounded domain knows `base`, and `small`, which is near its edges.
    """
    left: dict[tuple[float, float], Any] = {}
    for k, bounds in enumerate(dict.fromkeys((d.low, d.high) for d, _ in described)):
        count = sum(prod(shape) for d, shape in described if (d.low, d.high) == bounds)
        left[bounds] = _pool(*bounds, count, style, seed + 89 * k).copy()
    results = []
    for d, shape in described:
        pool, count = left[d.low, d.high], prod(shape)
        values, left[d.low, d.high] = pool[:count].reshape(shape), pool[count:]
        results.append(_dominated(values) if isinstance(d, Dominant) else values)
    return results


def _dominated(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return square matrices with the sizes of each row and column added to their diagonal value."""
    if values.ndim < 2 or values.shape[-2] != values.shape[-1]:
        return values
    beside = np.abs(values).sum(axis=-1) + np.abs(values).sum(axis=-2)
    return values + np.eye(values.shape[-1]) * beside[..., None]


@lru_cache(1024)  # operations of one shape have the same
def _pool(low: float, high: float, count: int, style: str, seed: int) -> NDArray[np.float64]:
    """Return a value from each of `count` strata, in an order that the seed chooses."""
    jitter = np.abs(signed_values(seed, 0, (count,))) - 0.5
    strata = (np.arange(count) + 0.2 + 0.6 * jitter) / max(count, 1)
    if style != "wide" and high - low > WIDE:  # as if it had no bounds: of ordinary size, but for one style
        low, high = (low, inf) if low >= 0 else (-inf, high) if high <= 0 else (-inf, inf)
    if isfinite(low) and isfinite(high):
        values = _bounded(low, high, strata, style)
    elif isfinite(low):
        values = low + _magnitudes(strata, style)
    elif isfinite(high):
        values = high - _magnitudes(strata, style)
    else:
        values = _unbounded(strata, style)
    return values[signed_values(seed, STORE // 2, (count,)).argsort()]


def _bounded(low: float, high: float, strata: NDArray[Any], style: str) -> NDArray[Any]:
    if style == "small":
        near = 10.0 ** -(1 + 4 * strata)
        strata = np.where(np.arange(len(strata)) % 2, near, 1 - near)
    else:
        strata = 0.03 + 0.94 * strata
    if low < 0 < high and style in ("positive", "negative"):
        return strata * (high if style == "positive" else low)
    return low + (high - low) * strata


def _magnitudes(strata: NDArray[Any], style: str) -> NDArray[Any]:
    if style not in MAGNITUDES:
        return 0.1 + 2.4 * strata
    low, high = MAGNITUDES[style]
    return low * (high / low) ** strata


def _unbounded(strata: NDArray[Any], style: str) -> NDArray[Any]:
    """Return values of one sign or both, away from multiples of one half unless all are small."""
    signs = 2 * strata - 1  # one value alone has the middle stratum: it takes either sign, by its jitter
    if style in ("positive", "negative"):
        values = _magnitudes(strata, style) * (1 if style == "positive" else -1)
    else:
        values = np.copysign(_magnitudes(np.abs(signs), style), signs)
    if style == "small":
        return values
    margin = 0.04 * min(1.0, 4.0 / max(len(strata), 1))
    nearest = np.rint(2 * values) / 2
    offset = values - nearest
    return np.where(np.abs(offset) < margin, nearest + np.copysign(margin, offset), values)


def signed_values(seed: int, start: int, shape: Shape) -> NDArray[Any]:
    """Return values of 0.5 to 1.5 and of both signs, for gradients of outputs and directions.

    They begin at a place that the seed and `start` choose; they are not to be written to.
    """
    values, start, size = _sequence(), (seed + start) % STORE, prod(shape)
    return np.resize(values[start:], shape) if size > STORE else values[start : start + size].reshape(shape)


@cache
def _sequence() -> NDArray[Any]:
    """Return what `signed_values` are taken from: a generator for each call costs more than the call."""
    u = np.random.default_rng(0).uniform(-1, 1, 2 * STORE)
    return u + np.copysign(0.5, u)
