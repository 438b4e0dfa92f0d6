"""Integrals of samples y at the points x, or at distances dx: Simpson, Romberg and cumulative sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, between, real
from minigrad_core.errors import ArgumentError
from minigrad_ops_basic.dtypes import detach
from minigrad_ops_basic.nan_safe import invert_or_zero

from ..composites import Composite

_POINTS = np.array([0.0, 0.5, 0.75, 1.5, 2.25])
_LINES = np.append(_POINTS, _POINTS[-1] + 0.5)[:, None, None] * np.array([[1.0, 2.0], [1.5, 0.5]])


class SampleIntegral(Composite):
    """An integral of samples at points; `y` is the first input, and the points or their distance follow."""

    def compute_and_save(self, ctx: Context, *inputs: Any, **settings: Any) -> Any:
        y, *points = inputs
        return super().compute_and_save(ctx, y, *as_points(self.name, y, *points), **settings)


def measure_steps(y: Any, x: Any, dx: Any, axis: int) -> tuple[Any, Any]:
    """Return the samples and the distances between the points, with the integrated axis last."""
    y = np.moveaxis(y, axis, -1)
    if x is None:
        dx = np.asarray(1.0, y.dtype) if dx is None else dx
        dx = np.moveaxis(dx, axis, -1) if dx.ndim == y.ndim > 0 else dx
        return y, dx * np.ones(y.shape[-1] - 1, y.dtype)
    return y, np.diff(x if x.ndim == 1 else np.moveaxis(x, axis, -1), axis=-1)


def as_points(name: str, y: Any, *points: Any) -> tuple[Any, ...]:
    """Return x and dx with arrays of the type of y for Python numbers.

    Raises
    ------
    ArgumentError
        One of them is complex: SciPy drops the imaginary part.
    """
    if any(np.iscomplexobj(detach(z)) for z in points if z is not None):
        raise ArgumentError(f"{name}: the points are complex")
    real = np.real(detach(y)).dtype
    return tuple(np.asarray(z, real) if isinstance(z, (int, float)) else z for z in points)


def sum_parabolas(y: Any, d: Any) -> Any:
    """Return Simpson's rule for an odd number of points at the distances d.

    Points that coincide have the quotient 0, as in SciPy.
    """
    first, second = d[..., ::2], d[..., 1::2]
    both = first + second
    terms = (
        y[..., :-2:2] * (2 - second * invert_or_zero(first))
        + y[..., 1:-1:2] * both * both * invert_or_zero(first * second)
        + y[..., 2::2] * (2 - first * invert_or_zero(second))
    )
    return np.sum(both / 6 * terms, axis=-1)


@SampleIntegral.define(
    "integrate.simpson",
    Case(y=real("5"), x=_POINTS),
    Case(y=real("4"), x=_POINTS[:4]),
    Case(y=real("2 5"), dx=between(0.5, 1, "")),
    Case(y=real("4 2"), x=np.stack([_POINTS[:4], _POINTS[1:]], 1), axis=0),
    Case(y=real("6 2 2"), x=_LINES, axis=0),
    Case(y=real("2"), x=_POINTS[:2]),
)
def simpson(y: Any, x: Any = None, dx: Any = None, *, axis: int = -1) -> Any:
    """The integral of samples by Simpson's rule; for an even number of points, corrected for the last step.

    y: the samples, along `axis`; x: the points, of shape (n,) or that of y; dx: their distance, if x is
    missing. Cartwright, Simpson's rule cumulative integration with MS Excel (2017), equation 8.
    """
    y, d = measure_steps(y, x, dx, axis)
    n = y.shape[-1]
    if n % 2:
        return sum_parabolas(y, d)
    if n == 2:
        return d[..., 0] * (y[..., 0] + y[..., 1]) / 2
    before, last = d[..., -2], d[..., -1]
    return (
        sum_parabolas(y[..., :-1], d[..., :-1])
        + (2 * last**2 + 3 * before * last) * invert_or_zero(6 * (before + last)) * y[..., -1]
        + (last**2 + 3 * before * last) * invert_or_zero(6 * before) * y[..., -2]
        - last**3 * invert_or_zero(6 * before * (before + last)) * y[..., -3]
    )


@SampleIntegral.define(
    "integrate.cumulative_trapezoid",
    Case(y=real("5"), x=_POINTS),
    Case(y=real("3 2 2"), dx=between(0.5, 1, ""), axis=0, initial=0),
    Case(y=real("2 4"), x=real("2 4")),
    Case(y=real("6 2 2"), x=_LINES, axis=0),
)
def cumulative_trapezoid(
    y: Any, x: Any = None, dx: Any = None, *, axis: int = -1, initial: float | None = None
) -> Any:
    """The integrals of samples up to each point by the trapezoidal rule; see `simpson` for y, x and dx.

    initial: 0 puts a zero before the integrals.
    """
    y, d = measure_steps(y, x, dx, axis)
    sums = np.cumsum(d * (y[..., 1:] + y[..., :-1]) / 2, axis=-1)
    return np.moveaxis(_put_before(initial, sums), -1, axis)


@SampleIntegral.define(
    "integrate.cumulative_simpson",
    Case(y=real("5"), x=_POINTS),
    Case(y=real("6 2 2"), dx=between(0.5, 1, "1 2 2"), axis=0),
    Case(y=real("6 2 2"), x=_LINES, axis=0),
    Case(y=real("3"), x=_POINTS[:3]),
    Case(y=real("2 4"), x=_POINTS[:4], initial=0.5),
    Case(y=real("2"), x=_POINTS[:2]),
    real=True,
)
def cumulative_simpson(
    y: Any, x: Any = None, dx: Any = None, *, axis: int = -1, initial: float | None = None
) -> Any:
    """The integrals of samples up to each point by Simpson's rule; see `simpson` for y, x and dx.

    x has to increase. initial: this value is added to the integrals, and put before them.
    """
    y, d = measure_steps(y, x, dx, axis)
    m = y.shape[-1] - 1
    if m < 2:
        steps = d * (y[..., 1:] + y[..., :-1]) / 2
    else:
        i = np.arange(m)
        first = integrate_first_step(y, d)[..., np.minimum(i, m - 2)]
        last = integrate_first_step(y[..., ::-1], d[..., ::-1])[..., ::-1][..., np.maximum(i - 1, 0)]
        steps = np.where((i % 2 == 1) | (i == m - 1), last, first)
    sums = np.cumsum(steps, axis=-1)
    return np.moveaxis(_put_before(initial, sums if initial is None else sums + initial), -1, axis)


def _put_before(initial: float | None, sums: Any) -> Any:
    """Return the sums along the last axis with `initial` before them, unless it is None."""
    if initial is None:
        return sums
    start = np.full((*sums.shape[:-1], 1), initial, detach(sums).dtype)
    return np.concatenate([start, sums], axis=-1)


def integrate_first_step(y: Any, d: Any) -> Any:
    """Return the integrals of the parabolas through three points each, over the first of the two steps."""
    step, following = d[..., :-1], d[..., 1:]
    share = step / (step + following)
    bend = share * (step / following)
    first, second, third = y[..., :-2], y[..., 1:-1], y[..., 2:]
    return step / 6 * ((3 - share) * first + (3 + bend + share) * second - bend * third)


@SampleIntegral.define(
    "integrate.romb", Case(y=real("5"), dx=between(0.5, 1, "")), Case(y=real("3 2 2"), axis=0)
)
def romb(y: Any, dx: Any = None, *, axis: int = -1) -> Any:
    """The integral of 2^k + 1 samples y, along `axis`, at the distance dx by Romberg's method."""
    y = np.moveaxis(y, axis, -1)
    step = y.shape[-1] - 1
    row = [(y[..., 0] + y[..., -1]) * (step / 2)]
    while step > 1:
        half = step // 2
        new = [row[0] / 2 + half * np.sum(y[..., half::step], axis=-1)]
        for k, coarse in enumerate(row, 1):
            new.append(new[-1] + (new[-1] - coarse) / (4**k - 1))
        row, step = new, half
    return row[-1] if dx is None else row[-1] * dx


OPERATIONS: tuple[Operation, ...] = (simpson, cumulative_trapezoid, cumulative_simpson, romb)


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Return the integral by the trapezoidal rule of NumPy."""
    if x is None and np.ndim(dx) == 0:
        return np.trapezoid(y, axis=axis) * dx
    return np.trapezoid(y, x, dx, axis)
