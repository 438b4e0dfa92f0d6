"""Numeric derivatives along a line: what the gradient rule is compared with.

Three oracles, each valid only where it proves itself (relative errors measured on 12 operations, float64):
the complex step, 5e-16, which goes silently wrong through `abs` and norms, and counts only where it agrees
with a real difference; the central difference in longdouble, 1e-12, which linalg and some platforms lack;
that in float64, 1e-10. Five-point formulas are as accurate, and straddle a kink a thousand times as often.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..closeness import all_true, is_finite

# Float arrays -> all float outputs, flattened into one vector.
Function: TypeAlias = Callable[[list[Any]], NDArray[Any]]
# t -> what a function gives at x + t v, None where it fails.
Line: TypeAlias = Callable[[Any], Any]

LONG = np.finfo(np.longdouble).eps < 1e-18
EPS = float(np.finfo(np.float64).eps)
COMPLEX_STEP = 2.0**-100
REAL_STEP = 2.0**-17
LONG_STEP = 2.0**-21
SIDE_STEP = 2.0**-22
ROUGH, IMAGINARY = "one-sided difference", "complex step"
LONGER, REAL = "longdouble central difference", "float64 central difference"


@dataclass(eq=False)
class Slope:
    """A directional derivative of all outputs."""

    value: NDArray[Any]  # J v
    oracle: str  # its name
    step: float
    rtol: float  # how well it is known, relative to the terms that make it up
    noise: Any  # how well absolutely, in all or of each output: rounding of f over the step


def restrict_to_line(
    f: Function, xs: Sequence[Any], vs: Sequence[Any], y: NDArray[Any] | None = None
) -> Line:
    """Return `f` along x + t v, as a function of t: a float, a longdouble or an imaginary number.

    None where it fails, or gives another number of values than `y`, which is what it gives at 0.
    """

    def at(t: Any) -> Any:
        try:
            there = f([x + t * v for x, v in zip(xs, vs, strict=True)])
        except Exception:
            return None
        return there if y is None or there.shape == y.shape else None

    return at


def one_sided_slope(at: Line, y: NDArray[Any], h: float) -> Any:
    """Return the difference quotient towards one side, None where `f` fails."""
    return None if (there := at(h)) is None else (there - y) / h


def rough_slope(at: Line, y: NDArray[Any]) -> Slope | None:
    """Return the one-sided difference in float64, good to a millionth, for one evaluation of `f`."""
    value = one_sided_slope(at, y, SIDE_STEP)
    return None if value is None else Slope(value, ROUGH, SIDE_STEP, 1e-6, 0.0)


def precise_slope(at: Line, rough: Slope) -> Slope | None:
    """Return the complex step if a difference confirms it, else a difference in the longest precision."""
    precise = complex_slope(at)
    if precise is not None and _agree(precise, rough, 0.0, 10):
        return precise
    return long_slope(at) or real_slope(at)


def valid_slopes(at: Line, y: NDArray[Any]) -> list[Slope]:
    """Return what every valid oracle says, the most precise first, for when one contradicts the operation.

    None at all at a kink, or where values jump. The plain difference is there if nothing more precise is
    valid. Its noise is measured by a shorter step: there rounding counts 16 times as much, and where `f`
    bends, as the inverse of a nearly singular matrix does, the usual step is too long.
    """
    real, short = real_slope(at), real_slope(at, REAL_STEP / 16)
    if real is None or short is None or not _agree(short, real, 64 * real.noise, 1e5):
        return []
    bend = 3 * np.abs(short.value - real.value)
    real = replace(real, noise=real.noise + bend)
    precise, long = complex_slope(at), long_slope(at)
    if long is not None:
        long = replace(long, noise=long.noise + bend * (LONG_STEP / REAL_STEP) ** 2)
    found = [s for s in (precise, long) if s is not None and _agree(s, real, 4 * real.noise, 0.1)] or [real]
    return [] if found[0].oracle != IMAGINARY and has_kink(at, y) else found


def complex_slope(at: Line) -> Slope | None:
    """Return the complex step's derivative, None where the operation does not take complex numbers."""
    y = at(1j * COMPLEX_STEP)
    if y is None or y.dtype.kind != "c" or not is_finite(y):
        return None
    return Slope(y.imag / COMPLEX_STEP, IMAGINARY, COMPLEX_STEP, 1e-10, 0.0)


def long_slope(at: Line) -> Slope | None:
    """Return the central difference in longdouble, None where the operation leaves longdouble."""
    return _central(at, np.longdouble(LONG_STEP), LONGER, 2e-9) if LONG else None


def real_slope(at: Line, h: float = REAL_STEP) -> Slope | None:
    """Return the central difference in float64."""
    return _central(at, np.float64(h), REAL, 3e-8)


def _central(at: Line, h: Any, oracle: str, rtol: float) -> Slope | None:
    high, low = at(h), at(-h)
    if high is None or low is None or high.shape != low.shape or {high.dtype, low.dtype} != {h.dtype}:
        return None
    if oracle == LONGER and not any((y != y.astype(np.float64)).any() for y in (high, low)):
        return None  # computed in float64, by math.erf say, and converted
    value = ((high - low) / (2 * h)).astype(np.float64)
    size = max(1.0, float(np.abs(high).max(initial=0.0)))  # of what is small, parts may be of size 1
    noise = 8 * float(np.finfo(h.dtype).eps) * size / float(h)
    return Slope(value, oracle, float(h), rtol, noise) if is_finite(value) else None


def _agree(slope: Slope, coarse: Slope, noise: Any, factor: float = 1.0) -> bool:
    """Whether two oracles agree as far as the coarser one can tell."""
    if slope.value.shape != coarse.value.shape:
        return False
    size = np.abs(coarse.value)
    allowed = factor * (1e-6 * size + 1e-7 * size.max(initial=0.0)) + noise
    return all_true(np.abs(slope.value - coarse.value) <= allowed)


def has_kink(at: Line, y: NDArray[Any]) -> bool:
    """Whether the slopes on both sides differ more than a smooth function's would over so small a step."""
    sides = [one_sided_slope(at, y, times * REAL_STEP) for times in (-1, 1, -64, 64)]
    if any(side is None for side in sides):
        return True
    left, right, far_left, far_right = sides
    # A smooth function's gap is h f'': 64 times larger over a step 64 times as long. A kink's stays.
    gap, wide = np.abs(right - left), np.abs(far_right - far_left)
    scale = float(np.maximum(np.abs(left), np.abs(right)).max(initial=0.0))
    return bool(((gap > 1e-4 * scale) & (gap > wide / 16)).any())


ORACLES = {IMAGINARY: complex_slope, LONGER: long_slope, REAL: real_slope}
