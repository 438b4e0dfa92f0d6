"""Numeric derivatives along a line: the oracles with which gradients are compared.

There are three precise oracles, and each has a check of its own validity. The relative errors were measured
on 12 operations in float64.

* The complex step, 5e-16. It is silently wrong through `abs` and norms, so it counts only where a real
  difference confirms it.
* The central difference in long double, 1e-12. `np.linalg` and some platforms lack it.
* The central difference in float64, 1e-10.

Five-point formulas are only as accurate as central differences, and include a kink a thousand times as often.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..closeness import all_true, is_finite

# Takes float arrays, and returns all float outputs flattened into one vector.
Function: TypeAlias = Callable[[list[Any]], NDArray[Any]]
# Takes t, and returns the value of a function at x + t v; None where the function fails.
Line: TypeAlias = Callable[[Any], Any]

LONG = np.finfo(np.longdouble).eps < 1e-18  # on some platforms long double is float64
EPS = float(np.finfo(np.float64).eps)
COMPLEX_STEP = 2.0**-100
REAL_STEP = 2.0**-17
LONG_STEP = 2.0**-21
SIDE_STEP = 2.0**-22
NOISY = 0.01  # of a slope: a difference with more noise confirms no other oracle


class Oracle(Enum):
    """The methods; the text is for messages."""

    ONE_SIDED = "one-sided difference"
    COMPLEX = "complex step"
    LONG_DOUBLE = "longdouble central difference"
    FLOAT64 = "float64 central difference"


@dataclass(eq=False)
class Slope:
    """A directional derivative of all outputs."""

    value: NDArray[Any]  # J v, one value per output
    oracle: Oracle  # the method
    step: float  # the step of the method
    rtol: float  # the accuracy relative to the terms of the derivative
    noise: Any  # the absolute accuracy, for all outputs or for each: the rounding of f divided by the step


def restrict_to_line(
    f: Function, xs: Sequence[Any], vs: Sequence[Any], y: NDArray[Any] | None = None
) -> Line:
    """Return f(x + t v) as a function of t: a float, a long double or an imaginary number.

    The result is None where `f` fails, and where its shape differs from that of `y`, the value at t = 0.
    """

    def evaluate(t: Any) -> Any:
        try:
            value = f([x + t * v for x, v in zip(xs, vs, strict=True)])
        except Exception:
            return None
        return value if y is None or value.shape == y.shape else None

    return evaluate


def one_sided_slope(at: Line, y: NDArray[Any], h: float) -> Any:
    """Return the difference quotient (f(x + h v) - y) / h, None where `f` fails."""
    value = at(h)
    return None if value is None else (value - y) / h


def rough_slope(at: Line, y: NDArray[Any]) -> Slope | None:
    """Return the one-sided difference in float64: accurate to a millionth, for one evaluation of `f`."""
    value = one_sided_slope(at, y, SIDE_STEP)
    return None if value is None else Slope(value, Oracle.ONE_SIDED, SIDE_STEP, 1e-6, 0.0)


def precise_slope(at: Line, rough: Slope) -> Slope | None:
    """Return the complex step if the rough slope confirms it, else the most precise difference."""
    precise = complex_slope(at)
    if precise is not None and _agree(precise, rough, 0.0, 10):
        return precise
    return long_slope(at) or real_slope(at)


def valid_slopes(at: Line, y: NDArray[Any]) -> list[Slope]:
    """Return the slope of each valid oracle, the most precise first.

    The kit uses them if one oracle contradicts a gradient. The list is empty at a kink, and where values
    jump. The difference in float64 is in the list only if nothing more precise is valid. Its noise is
    measured by shorter steps, at which rounding counts more; three of them, because the values of one output
    may be rounded alike by chance. Where `f` bends strongly, as the inverse of a nearly singular matrix does,
    the usual step is too long: the difference between the steps is added to the noise.
    """
    real, *shorter = (real_slope(at, REAL_STEP / divisor) for divisor in (1, 3, 7, 16))
    if real is None or not all(short and _agree(short, real, 64 * real.noise, 1e5) for short in shorter):
        return []
    bend = 3 * np.max([np.abs(short.value - real.value) for short in shorter if short], axis=0)
    # Where shorter steps differ, they show the noise: a small output then has no hidden terms of size 1.
    rounding = np.where(bend > 0, 8 * EPS * np.abs(y).max(initial=0.0) / REAL_STEP, real.noise)
    real = replace(real, noise=rounding + bend)
    # A noisy difference confirms nothing: the complex step through a least squares fit is wrong, since its
    # conjugate is not smooth, and a difference confirmed it at a fit of degree 3 near 1000. Only long double
    # confirms itself where outputs hardly move, as 1 - x^2 near 0.
    long = _confirmed_long_slope(at)
    if not _is_clear(real):
        zero = np.longdouble(0)
        if long is not None and not has_kink(lambda t: at(zero + t), at(zero)):
            return [long]
        return [] if has_kink(at, y) else [real]
    slopes = [s for s in (complex_slope(at), long) if s is not None]
    slopes = [s for s in slopes if _agree(s, real, 4 * real.noise, 0.1)] or [real]
    return [] if slopes[0].oracle is not Oracle.COMPLEX and has_kink(at, y) else slopes


def _is_clear(slope: Slope) -> bool:
    return bool(np.max(slope.noise, initial=0.0) <= NOISY * np.abs(slope.value).max(initial=0.0))


def _confirmed_long_slope(at: Line) -> Slope | None:
    """Return the difference in long double, with its difference from a longer step as noise."""
    long, longer = long_slope(at), long_slope(at, 4 * LONG_STEP)
    if long is None or longer is None:
        return None
    long = replace(long, noise=long.noise + 3 * np.abs(longer.value - long.value))
    return long if _is_clear(long) else None


def complex_slope(at: Line) -> Slope | None:
    """Return the derivative by the complex step, None if the subject does not accept complex numbers."""
    y = at(1j * COMPLEX_STEP)
    if y is None or y.dtype.kind != "c" or not is_finite(y):
        return None
    return Slope(y.imag / COMPLEX_STEP, Oracle.COMPLEX, COMPLEX_STEP, 1e-10, 0.0)


def long_slope(at: Line, h: float = LONG_STEP) -> Slope | None:
    """Return the central difference in long double, None if the subject computes in another type."""
    return _central_difference(at, np.longdouble(h), Oracle.LONG_DOUBLE, 2e-9) if LONG else None


def real_slope(at: Line, h: float = REAL_STEP) -> Slope | None:
    """Return the central difference in float64."""
    return _central_difference(at, np.float64(h), Oracle.FLOAT64, 3e-8)


def _central_difference(at: Line, h: Any, oracle: Oracle, rtol: float) -> Slope | None:
    high, low = at(h), at(-h)
    if high is None or low is None or high.shape != low.shape or {high.dtype, low.dtype} != {h.dtype}:
        return None
    if oracle is Oracle.LONG_DOUBLE and not any((y != y.astype(np.float64)).any() for y in (high, low)):
        return None  # computed in float64, by math.erf for example, and converted
    value = ((high - low) / (2 * h)).astype(np.float64)
    scale = max(1.0, float(np.abs(high).max(initial=0.0)))  # a small output may have terms of size 1
    noise = 8 * float(np.finfo(h.dtype).eps) * scale / float(h)
    return Slope(value, oracle, float(h), rtol, noise) if is_finite(value) else None


def _agree(slope: Slope, coarse: Slope, noise: Any, factor: float = 1.0) -> bool:
    """Return whether two slopes agree within the accuracy of the coarser one."""
    if slope.value.shape != coarse.value.shape:
        return False
    size = np.abs(coarse.value)
    allowed = factor * (1e-6 * size + 1e-7 * size.max(initial=0.0)) + noise
    return all_true(np.abs(slope.value - coarse.value) <= allowed)


def has_kink(at: Line, y: NDArray[Any]) -> bool:
    """Return whether the slopes on both sides differ by more than those of a smooth function.

    The gap between the two slopes of a smooth function is h f'': it is 64 times as large over a step 64 times
    as long. The gap at a kink is the same over both steps.
    """
    slopes = [one_sided_slope(at, y, factor * REAL_STEP) for factor in (-1, 1, -64, 64)]
    if any(slope is None for slope in slopes):
        return True
    left, right, far_left, far_right = slopes
    gap, far_gap = np.abs(right - left), np.abs(far_right - far_left)
    scale = float(np.maximum(np.abs(left), np.abs(right)).max(initial=0.0))
    return bool(((gap > 1e-4 * scale) & (gap > far_gap / 16)).any())


METHODS = {Oracle.COMPLEX: complex_slope, Oracle.LONG_DOUBLE: long_slope, Oracle.FLOAT64: real_slope}
