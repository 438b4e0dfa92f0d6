"""Integrals of samples y at the points x, or at distances dx: Simpson, Romberg and cumulative sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, between, real
from minigrad_core.errors import ArgumentError
from minigrad_ops_basic.dtypes import detach

from .. import integrate
from ..formulas import Composite, keep_precision

_POINTS = np.array([0.0, 0.5, 0.75, 1.5, 2.25])
_LINES = np.append(_POINTS, _POINTS[-1] + 0.5)[:, None, None] * np.array([[1.0, 2.0], [1.5, 0.5]])


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


def divide_or_zero(x: Any, y: Any) -> Any:
    """Return x / y, and 0 where y is 0: at points that coincide, as in SciPy."""
    return np.where(detach(y) == 0, 0, x / np.where(detach(y) == 0, 1, y))


def sum_parabolas(y: Any, d: Any) -> Any:
    """Return Simpson's rule for an odd number of points at the distances d."""
    first, second = d[..., ::2], d[..., 1::2]
    both = first + second
    terms = (
        y[..., :-2:2] * (2 - divide_or_zero(second, first))
        + y[..., 1:-1:2] * divide_or_zero(both * both, first * second)
        + y[..., 2::2] * (2 - divide_or_zero(first, second))
    )
    return np.sum(both / 6 * terms, axis=-1)


class Simpson(Composite):
    """The integral of samples by Simpson's rule; for an even number of points, corrected for the last step.

    y: the samples, along `axis`; x: the points, of shape (n,) or that of y; dx: their distance, if x is
    missing. Cartwright, Simpson's rule cumulative integration with MS Excel (2017), equation 8.
    """

    name = "simpson"
    takes_complex = True
    cases = (
        Case(y=real("5"), x=_POINTS),
        Case(y=real("4"), x=_POINTS[:4]),
        Case(y=real("2 5"), dx=between(0.5, 1, "")),
        Case(y=real("4 2"), x=np.stack([_POINTS[:4], _POINTS[1:]], 1), axis=0),
        Case(y=real("6 2 2"), x=_LINES, axis=0),
        Case(y=real("2"), x=_POINTS[:2]),
    )

    def forward(
        self, ctx: Context, y: Array, x: Array | None = None, dx: Array | None = None, *, axis: int = -1
    ) -> Array:
        x, dx = as_points(self.name, y, x, dx)
        self.save_call(ctx, y, x, dx, axis=axis)
        result = integrate.simpson(y, x, dx=1.0 if dx is None else dx, axis=axis)
        return keep_precision(result, *(z for z in (y, x, dx) if z is not None))

    def formula(self, y: Any, x: Any = None, dx: Any = None, *, axis: int = -1) -> Any:
        y, d = measure_steps(y, x, dx, axis)
        n = y.shape[-1]
        if n % 2:
            return sum_parabolas(y, d)
        if n == 2:
            return d[..., 0] * (y[..., 0] + y[..., 1]) / 2
        before, last = d[..., -2], d[..., -1]
        return (
            sum_parabolas(y[..., :-1], d[..., :-1])
            + divide_or_zero(2 * last**2 + 3 * before * last, 6 * (before + last)) * y[..., -1]
            + divide_or_zero(last**2 + 3 * before * last, 6 * before) * y[..., -2]
            - divide_or_zero(last**3, 6 * before * (before + last)) * y[..., -3]
        )


class CumulativeTrapezoid(Composite):
    """The integrals of samples up to each point by the trapezoidal rule; see `simpson` for y, x and dx.

    initial: 0 puts a zero before the integrals.
    """

    name = "cumulative_trapezoid"
    takes_complex = True
    cases = (
        Case(y=real("5"), x=_POINTS),
        Case(y=real("3 2 2"), dx=between(0.5, 1, ""), axis=0, initial=0),
        Case(y=real("2 4"), x=real("2 4")),
        Case(y=real("6 2 2"), x=_LINES, axis=0),
    )

    def forward(
        self,
        ctx: Context,
        y: Array,
        x: Array | None = None,
        dx: Array | None = None,
        *,
        axis: int = -1,
        initial: float | None = None,
    ) -> Array:
        x, dx = as_points(self.name, y, x, dx)
        self.save_call(ctx, y, x, dx, axis=axis, initial=initial)
        return integrate.cumulative_trapezoid(y, x, 1.0 if dx is None else dx, axis, initial)

    def formula(
        self, y: Any, x: Any = None, dx: Any = None, *, axis: int = -1, initial: float | None = None
    ) -> Any:
        y, d = measure_steps(y, x, dx, axis)
        sums = np.cumsum(d * (y[..., 1:] + y[..., :-1]) / 2, axis=-1)
        if initial is not None:
            sums = np.concatenate([np.zeros((*sums.shape[:-1], 1), sums.dtype), sums], axis=-1)
        return np.moveaxis(sums, -1, axis)


class CumulativeSimpson(Composite):
    """The integrals of samples up to each point by Simpson's rule; see `simpson` for y, x and dx.

    x has to increase. initial: this value is added to the integrals, and put before them.
    """

    name = "cumulative_simpson"
    cases = (
        Case(y=real("5"), x=_POINTS),
        Case(y=real("6 2 2"), dx=between(0.5, 1, ""), axis=0),
        Case(y=real("6 2 2"), x=_LINES, axis=0),
        Case(y=real("3"), x=_POINTS[:3]),
        Case(y=real("2 4"), x=_POINTS[:4], initial=0.5),
        Case(y=real("2"), x=_POINTS[:2]),
    )

    def forward(
        self,
        ctx: Context,
        y: Array,
        x: Array | None = None,
        dx: Array | None = None,
        *,
        axis: int = -1,
        initial: float | None = None,
    ) -> Array:
        x, dx = as_points(self.name, y, x, dx)
        self.save_call(ctx, y, x, dx, axis=axis, initial=initial)
        result = integrate.cumulative_simpson(
            y, x=x, dx=1.0 if dx is None else dx, axis=axis, initial=initial
        )
        return keep_precision(result, *(z for z in (y, x, dx) if z is not None))

    def formula(
        self, y: Any, x: Any = None, dx: Any = None, *, axis: int = -1, initial: float | None = None
    ) -> Any:
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
        if initial is not None:
            start = np.full((*sums.shape[:-1], 1), initial, detach(sums).dtype)
            sums = np.concatenate([start, sums + initial], axis=-1)
        return np.moveaxis(sums, -1, axis)


def integrate_first_step(y: Any, d: Any) -> Any:
    """Return the integrals of the parabolas through three points each, over the first of the two steps."""
    step, following = d[..., :-1], d[..., 1:]
    share = step / (step + following)
    bend = share * (step / following)
    first, second, third = y[..., :-2], y[..., 1:-1], y[..., 2:]
    return step / 6 * ((3 - share) * first + (3 + bend + share) * second - bend * third)


class Romb(Composite):
    """The integral of 2^k + 1 samples y, along `axis`, at the distance dx by Romberg's method."""

    name = "romb"
    takes_complex = True
    cases = (Case(y=real("5"), dx=between(0.5, 1, "")), Case(y=real("3 2 2"), axis=0))

    def forward(self, ctx: Context, y: Array, dx: Array | None = None, *, axis: int = -1) -> Array:
        (dx,) = as_points(self.name, y, dx)
        self.save_call(ctx, y, dx, axis=axis)
        result = integrate.romb(y, 1.0 if dx is None else dx, axis)
        return keep_precision(result, *(z for z in (y, dx) if z is not None))

    def formula(self, y: Any, dx: Any = None, *, axis: int = -1) -> Any:
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


OPERATIONS: tuple[Operation, ...] = (Simpson(), CumulativeTrapezoid(), CumulativeSimpson(), Romb())


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Return the integral by the trapezoidal rule of NumPy."""
    if x is None and np.ndim(dx) == 0:
        return np.trapezoid(y, axis=axis) * dx
    return np.trapezoid(y, x, dx, axis)
