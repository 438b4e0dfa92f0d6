"""Slopes on both sides of a point, and whether a gradient lies between them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..as_function import as_function
from ..closeness import finite
from ..finding import Broken
from .slopes import EPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ..trial import Trial

# (left, right) slope of each output, None where there is no number.
Sides: TypeAlias = "tuple[NDArray[Any], NDArray[Any]] | None"
# (smallest, largest, size) of the slopes that a choice of sides allows.
Span: TypeAlias = tuple[float, float, float]

STEP = 2.0**-20
TOLERANCE = 1e-4  # of slopes over a step of 1e-6: what is wrong at a kink is wrong by a whole slope


def inside(value: float, span: Span) -> bool:
    """Whether a value lies in a span, as far as differences can tell."""
    low, high, scale = span
    slack = TOLERANCE * (scale + abs(value) + 1e-3)
    return bool(np.isfinite(value) and low - slack <= value <= high + slack)


def anywhere(trial: Trial, indices: Sequence[int]) -> list[Any]:
    """Return one direction that moves all values of some inputs, by 0.4 to 1 in their own ways."""
    xs = [trial.sample.inputs[i] for i in indices]
    return [_wave(x.size, i).reshape(x.shape) for i, x in zip(indices, xs, strict=True)]


@lru_cache(64)
def _wave(size: int, phase: int) -> NDArray[Any]:
    wave = np.cos(np.arange(1, size + 1.0) + 2 * phase)
    return 0.6 * wave + np.copysign(0.4, wave)


def spanned(f: Any, xs: list[Any], vs: list[Any], g: Any, y: Any, value: float) -> Span | None:
    """Return the slope on one side if it is `value`, else the span of both; None if one is no number.

    That a gradient matches the slope on one side is enough: it is the one of the piece on that side.
    """
    right = _on_one_side(f, xs, vs, g, y, STEP)
    if right is None:
        return None
    noise = _rounding(g, y)
    alone = span_of((right, right), noise)
    if alone is not None and inside(value, alone):
        return alone
    left = _on_one_side(f, xs, vs, g, y, -STEP)
    return None if left is None else span_of((left, right), noise)


def _rounding(g: Any, y: Any) -> float:
    """Return what rounding of the outputs may add to a slope."""
    return 8 * EPS * float(np.abs(g * y).sum()) / STEP


def straight(span: Span, usual: float) -> bool:
    """Whether both sides have the same slopes: no kink is near.

    Curvature sets them apart too, by its product with the step. It counts where all slopes are near zero:
    `usual` is their size at an ordinary point.
    """
    return span[1] - span[0] < TOLERANCE * max(span[2], usual)


def all_inside(mine: Any, sides: Sides) -> bool:
    """Whether every entry lies between its own two slopes, for an elementwise operation: one step for all."""
    if sides is None:
        return False
    left, right = sides
    size = np.maximum(np.abs(left), np.abs(right))
    slack = TOLERANCE * (size + 1e-3)
    entries = np.ravel(mine)
    inside = (entries >= np.minimum(left, right) - slack) & (entries <= np.maximum(left, right) + slack)
    return bool(inside.all())


def sloped(f: Any, xs: list[Any], vs: list[Any], g: Any, y: Any, step: float = STEP) -> Sides:
    """Return the slopes of each output to the left and to the right, times its cotangent."""
    left, right = (_on_one_side(f, xs, vs, g, y, h) for h in (-step, step))
    return None if left is None or right is None else (left, right)


def _on_one_side(f: Any, xs: list[Any], vs: list[Any], g: Any, y: Any, step: float) -> Any:
    try:
        moved = f([x + step * v for x, v in zip(xs, vs, strict=True)])
    except Broken:
        return None
    if np.shape(moved) != np.shape(y):  # the size depends on the values, as for np.unique
        return None
    slopes = g * (moved - y) / step
    return slopes if finite(slopes) else None


def span_of(sides: Sides, noise: float = 0.0) -> Span | None:
    """Return the smallest and largest sum that a choice of sides allows, and the size of the terms.

    `noise` widens what `inside` allows.
    """
    if sides is None:
        return None
    left, right = sides
    size = float(np.maximum(np.abs(left), np.abs(right)).sum())
    return (
        float(np.minimum(left, right).sum()),
        float(np.maximum(left, right).sum()),
        size + noise / TOLERANCE,
    )


def certain_span(f: Any, xs: list[Any], vs: list[Any], g: Any) -> Span | None:
    """Return the span, None if a slope is infinite, as at the root of 0: it grows as the step shrinks."""
    y = f(xs)
    span, near = (
        span_of(sloped(f, xs, vs, g, y), _rounding(g, y)),
        span_of(sloped(f, xs, vs, g, y, STEP / 64)),
    )
    if span is None or near is None or near[2] > 3 * span[2] + 1e-3:
        return None
    return span


def outside_nearby(
    trial: Trial, indices: Sequence[int], vs: list[Any], g: Any, value: float, certain: Span
) -> Span | None:
    """Return the span with the slopes at nearby points if `value` is not in it, else None.

    A sort or a clip has other slopes there than along one axis. Where they are ten times larger, or values
    jump, as those of the decomposition of a singular matrix do, nothing can be said.
    """
    sample, rng = trial.sample, np.random.default_rng(0)
    low: Any = np.inf
    high: Any = -np.inf
    span, here = certain, None
    for nearby in range(64):
        inputs = list(sample.inputs)
        for k in sample.floats if nearby else ():
            inputs[k] = np.asarray(inputs[k] + 64 * STEP * rng.uniform(-1, 1, inputs[k].shape))
        xs = [inputs[i] for i in indices]
        f = as_function(trial.subject, sample.with_inputs(tuple(inputs)), indices)
        y = f(xs)
        here = y if here is None else here
        if np.abs(y - here).max(initial=0.0) > 0.01 * (np.abs(here).max(initial=0.0) + 0.1):
            return None
        sides = sloped(f, xs, vs, g, y)
        if sides is None:
            continue
        low, high = np.minimum(low, np.minimum(*sides)), np.maximum(high, np.maximum(*sides))
        span = span_of((low, high)) or certain
        if inside(value, span) or span[2] > 10 * (certain[2] + 1e-3):
            return None
    return span
