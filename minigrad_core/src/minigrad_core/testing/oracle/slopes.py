"""Numeric derivatives: what the gradient rule is compared with.

Three oracles, each valid only where it proves itself (relative errors measured on 12 operations, float64):

* complex step, f(x + i h v).imag / h: 5e-16. It goes silently wrong through `abs`, norms and anything that
  is not analytic, so it counts only where it agrees with a real difference.
* central difference in longdouble, h = 2^-21: 1e-12. NumPy's linalg has no longdouble, and on some platforms
  longdouble is float64.
* central difference in float64, h = 2^-17: 1e-10. The last resort.

Small steps were chosen over five-point formulas, which are as accurate but straddle a kink a thousand times
more often: their step is a thousand times larger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..closeness import finite
from ..finding import Broken

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    # Float arrays -> all float outputs, flattened into one vector.
    Function: TypeAlias = "Callable[[list[Any]], NDArray[Any]]"
    Vectors: TypeAlias = "list[NDArray[Any]]"

LONG = np.finfo(np.longdouble).eps < 1e-18
EPS = float(np.finfo(np.float64).eps)
COMPLEX_STEP = 2.0**-100
REAL_STEP = 2.0**-17
LONG_STEP = 2.0**-21
SIDE_STEP = 2.0**-22


@dataclass(eq=False)
class Slope:
    """A directional derivative of all outputs.

    Attributes
    ----------
    value : (m,) array
        J v.
    oracle : str
        Its name.
    step : float
        The step.
    rtol : float
        How well it is known, relative to the terms that make it up.
    noise : float
        How well it is known absolutely, per output: rounding of f over the step.
    """

    value: NDArray[Any]
    oracle: str
    step: float
    rtol: float
    noise: float


def slopes(f: Function, xs: Vectors, vs: Vectors) -> list[Slope]:
    """Return the valid oracles' derivatives of `f` at `xs` along `vs`, the most precise first.

    Empty if the real difference itself is not finite, or `f` has a kink within the step.
    """
    real = real_slope(f, xs, vs)
    if real is None:
        return []
    found = [s for s in (complex_slope(f, xs, vs),) if s is not None and confirms(s, real)]
    if not found:
        long = long_slope(f, xs, vs)
        if long is not None and confirms(long, real):
            found.append(long)
    return found or [real]


def quick_slope(f: Function, xs: Vectors, vs: Vectors, y: NDArray[Any]) -> Slope | None:
    """Return one derivative of `f` at `xs` along `vs`, for what is expected to agree with it; `y` is f(xs).

    The complex step, if a one-sided difference confirms it, else a difference in the longest precision that
    the operation keeps. A difference that agrees with a gradient needs no other oracle; one that does not,
    proves nothing yet: ask `slopes`.
    """
    precise = complex_slope(f, xs, vs)
    if precise is not None and _confirmed(precise, f, xs, vs, y):
        return precise
    return long_slope(f, xs, vs) or real_slope(f, xs, vs)


def rough_slope(f: Function, xs: Vectors, vs: Vectors, y: NDArray[Any]) -> Slope | None:
    """Return the one-sided difference in float64, for one evaluation of `f`; `y` is f(xs).

    It allows for no noise: a gradient that agrees with it is right to a millionth, and where rounding shows,
    the precise oracles are to be asked.
    """
    ahead = tried(f, [x + SIDE_STEP * v for x, v in zip(xs, vs, strict=True)])
    if ahead is None or ahead.shape != y.shape:
        return None
    return Slope((ahead - y) / SIDE_STEP, "one-sided difference", SIDE_STEP, 1e-6, 0.0)


def _confirmed(precise: Slope, f: Function, xs: Vectors, vs: Vectors, y: NDArray[Any]) -> bool:
    """Whether a one-sided difference agrees: what is silently lost in the complex step is a whole term."""
    rough = rough_slope(f, xs, vs, y)
    if rough is None or y.shape != precise.value.shape:
        return False
    noise = 32 * EPS / SIDE_STEP * float(np.abs(y).max(initial=0.0))
    size = np.abs(rough.value)
    allowed = 1e-5 * size + 1e-6 * float(size.max(initial=0.0)) + noise
    return bool((np.abs(precise.value - rough.value) <= allowed).all())


def complex_slope(f: Function, xs: Vectors, vs: Vectors) -> Slope | None:
    """Return the complex step's derivative, None where the operation does not take complex numbers."""
    y = tried(f, [x + (1j * COMPLEX_STEP) * v for x, v in zip(xs, vs, strict=True)])
    if y is None or y.dtype.kind != "c" or not finite(y):
        return None
    return Slope(y.imag / COMPLEX_STEP, "complex step", COMPLEX_STEP, 1e-10, 0.0)


def long_slope(f: Function, xs: Vectors, vs: Vectors) -> Slope | None:
    """Return the central difference in longdouble, None where the operation leaves longdouble."""
    if not LONG:
        return None
    return _central(f, xs, vs, np.longdouble, LONG_STEP, "longdouble central difference", 2e-9)


def real_slope(f: Function, xs: Vectors, vs: Vectors) -> Slope | None:
    """Return the central difference in float64."""
    return _central(f, xs, vs, np.float64, REAL_STEP, "float64 central difference", 3e-8)


def _central(
    f: Function, xs: Vectors, vs: Vectors, dtype: Any, h: float, oracle: str, rtol: float
) -> Slope | None:
    xs = [x.astype(dtype) for x in xs]
    steps = [h * v.astype(dtype) for v in vs]
    high = tried(f, [x + s for x, s in zip(xs, steps, strict=True)])
    low = tried(f, [x - s for x, s in zip(xs, steps, strict=True)])
    if high is None or low is None or high.dtype != dtype or low.dtype != dtype or high.shape != low.shape:
        return None
    if dtype == np.longdouble and not (is_long(high) or is_long(low)):
        return None  # computed in float64, by math.erf say, and converted
    value = ((high - low) / (2 * h)).astype(np.float64)
    if not finite(value):
        return None
    size = float(np.abs(high).max(initial=0.0))
    return Slope(value, oracle, h, rtol, 8 * float(np.finfo(dtype).eps) * size / h)


def confirms(precise: Slope, real: Slope) -> bool:
    """Whether two oracles agree as far as the coarser one can tell."""
    if precise.value.shape != real.value.shape:
        return False
    scale = float(np.abs(real.value).max(initial=0.0))
    error = np.abs(precise.value - real.value)
    return bool((error <= 1e-6 * np.abs(real.value) + 1e-7 * scale + 4 * real.noise).all())


def one_sided(f: Function, xs: Vectors, vs: Vectors, h: float) -> tuple[Any, Any]:
    """Return the left and right difference quotients, None where `f` fails or is not finite."""
    y = tried(f, xs)
    high = tried(f, [x + h * v for x, v in zip(xs, vs, strict=True)])
    low = tried(f, [x - h * v for x, v in zip(xs, vs, strict=True)])
    if y is None:
        return None, None
    left = None if low is None or low.shape != y.shape else (y - low) / h
    right = None if high is None or high.shape != y.shape else (high - y) / h
    return left, right


def has_kink(f: Function, xs: Vectors, vs: Vectors) -> bool:
    """Whether the slopes on both sides differ more than a smooth function's would over so small a step."""
    left, right = one_sided(f, xs, vs, REAL_STEP)
    if left is None or right is None:
        return True
    gap = np.abs(right - left)
    far_left, far_right = one_sided(f, xs, vs, REAL_STEP * 64)
    if far_left is None or far_right is None:
        return True
    # A smooth function's gap is h f'': 64 times larger over a step 64 times as long. A kink's stays.
    wide = np.abs(far_right - far_left)
    scale = float(np.maximum(np.abs(left), np.abs(right)).max(initial=0.0))
    return bool(((gap > 1e-4 * scale) & (gap > wide / 16)).any())


def settled(f: Function, xs: Vectors, vs: Vectors) -> bool:
    """Whether differences over two steps agree: over jumps that are closer than both, they do not."""
    wide, narrow = real_slope(f, xs, vs), real_slope(f, xs, [v / 16 for v in vs])
    if wide is None or narrow is None or wide.value.shape != narrow.value.shape:
        return False
    error = np.abs(16 * narrow.value - wide.value)
    size = float(np.abs(wide.value).max(initial=0.0))
    return bool((error <= 1e-2 * size + 64 * wide.noise).all())


def is_long(y: Any) -> bool:
    """Whether some value has more digits than float64."""
    return y.dtype == np.longdouble and bool((y != y.astype(np.float64)).any())


def tried(f: Function, xs: list[Any]) -> Any:
    """Return f(xs), None if it fails."""
    try:
        return f(xs)
    except (Broken, Exception):
        return None
