"""What every oracle says where one contradicts the operation, with the noise of each measured there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .slopes import (
    EPS,
    LONG,
    LONG_STEP,
    REAL_STEP,
    Slope,
    complex_slope,
    confirms,
    is_long,
    long_slope,
    real_slope,
    tried,
)

if TYPE_CHECKING:
    from .slopes import Function, Vectors


def all_slopes(f: Function, xs: Vectors, vs: Vectors) -> list[Slope]:
    """Return what every valid oracle says, the most precise first, for when one contradicts the operation.

    The plain difference is among them only if nothing more precise is valid. Its noise is measured here:
    where `f` cancels, rounding is far above what the size of its result says, and where it bends, as the
    inverse of a nearly singular matrix does, the step is too long: the difference would refute better ones.
    """
    real = real_slope(f, xs, vs)
    if real is None:
        return []
    rounding, bend = _rounding(f, xs, vs), _bend(f, xs, vs, real)
    real = replace(real, noise=max(real.noise, 4 * rounding / REAL_STEP) + bend)
    long = long_slope(f, xs, vs)
    if long is not None:
        finer = float(np.finfo(np.longdouble).eps) / EPS
        shorter = (LONG_STEP / REAL_STEP) ** 2
        long = replace(long, noise=max(long.noise, 4 * finer * rounding / LONG_STEP) + bend * shorter)
    imaginary = complex_slope(f, xs, vs)
    if imaginary is not None and real.value.any() and not imaginary.value.any():
        imaginary = None  # lost on the way, and noise would confirm anything
    precise = [s for s in (imaginary, long) if s is not None and confirms(s, real)]
    return precise or [real]


def _bend(f: Function, xs: Vectors, vs: Vectors, real: Slope) -> float:
    """Return three times the error that a central difference has from its step: it grows with the square."""
    double = real_slope(f, xs, [2 * v for v in vs])
    if double is None or double.value.shape != real.value.shape:
        return 0.0
    return float(np.abs(double.value / 2 - real.value).max(initial=0.0))


def _rounding(f: Function, xs: Vectors, vs: Vectors) -> float:
    """Return the rounding error of `f` in float64 at the points of a difference quotient, max over outputs.

    It is what longdouble gets otherwise at the very same points. Where `f` does not run in longdouble, it is
    the third differences of closely spaced values, in which a smooth function leaves nothing else.
    """
    points = [[x + t * REAL_STEP * v for x, v in zip(xs, vs, strict=True)] for t in (-1, 1)]
    if LONG:
        pairs = [(tried(f, p), tried(f, [x.astype(np.longdouble) for x in p])) for p in points]
        if all(_is_rounding(y, exact) for y, exact in pairs):
            return max(float(np.abs(y - exact).max(initial=0.0)) for y, exact in pairs)
    return max(_unsteadiness(f, p, vs) for p in points)


def _is_rounding(y: Any, exact: Any) -> bool:
    """Whether both are one function in two precisions: another branch for longdouble is no noise."""
    if y is None or exact is None or y.shape != exact.shape or not is_long(exact):
        return False
    error = np.abs(y - exact)
    return bool((error <= 1e-10 * (1 + np.abs(exact).max(initial=0.0))).all())


def _unsteadiness(f: Function, xs: Vectors, vs: Vectors) -> float:
    values = [tried(f, [x + k * 2.0**-24 * v for x, v in zip(xs, vs, strict=True)]) for k in range(6)]
    if any(y is None or y.shape != values[0].shape for y in values):
        return 0.0
    noise = np.abs(np.diff(np.stack(values), 3, axis=0)).max(axis=0, initial=0.0)
    # Values that do not move at all may lie within one step of a rounded intermediate of size 1.
    flat = np.all([y == values[0] for y in values], axis=0)
    return float(np.where(flat, EPS, noise).max(initial=0.0))
