"""`diff`, `ediff1d`, `gradient` and `trapezoid`."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.array import Shape
from minigrad_core.cases import Case, axis_of, real

from .. import references
from ..composite import Composite
from ..dtypes import promote
from ..function import NumpyFunction


class Diff(NumpyFunction):
    """The `n`-th differences of neighbours along `axis`, of `prepend`, x and `append` joined.

    d/dx = (-1)^n times the n-th differences of grad, padded with n zeros on both sides: grad_(i-1) - grad_i
    for n = 1.
    """

    takes_complex = True
    cases = (
        Case(x=real("n 4"), axis=-1),
        Case(x=real("4 3"), n=2, axis=0),
        Case(x=real("2 3"), n=0),
        Case(x=real("2 3"), prepend=real("2 1"), n=0, axis=1),
        Case(x=real("n 4"), n=np.uint8(2)),
        Case(x=real("2 3 4"), axis=2),
        Case(x=real("2 3"), prepend=real(""), append=real("2 2"), axis=1),
        Case(x=real("3 2"), prepend=real("2 2"), n=2, axis=0),
        Case(x=real("1 2"), append=real("1 2"), n=3, axis=0),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        prepend: Array | None = None,
        append: Array | None = None,
        *,
        n: int = 1,
        axis: int = -1,
    ) -> Array:
        n = operator.index(n)  # (-1) ** n is not a sign for an unsigned n
        ctx.save(tuple(None if part is None else np.shape(part) for part in (prepend, x, append)), n, axis)
        ends = {name: end for name, end in (("prepend", prepend), ("append", append)) if end is not None}
        return np.diff(x, n, axis, **ends) if n else np.copy(x)  # NumPy returns x itself, without the ends

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        (before, shape, after), n, axis = ctx.saved
        if n == 0:
            ends = (None if end is None else np.zeros(end, grad.dtype) for end in (before, after))
            return (grad.copy(), *ends)[: len(ctx.needs)]
        border = [(0, 0)] * len(shape)
        border[axis] = (n, n)
        whole = np.moveaxis(np.diff(np.pad(grad, border), n, axis) * (-1) ** n, axis, 0)
        start = 0 if before is None else before[axis] if before else 1
        stop = start + shape[axis]
        end = stop + (0 if after is None else after[axis] if after else 1)
        parts = ((before, whole[:start]), (shape, whole[start:stop]), (after, whole[stop:end]))
        grad_before, grad_x, grad_after = (
            None if size is None else _sum_if_scalar(np.moveaxis(part, 0, axis), size) for size, part in parts
        )
        return (grad_x, grad_before, grad_after)[: len(ctx.needs)]


def _sum_if_scalar(grad: Array, shape: Shape) -> Array:
    """Return the gradient of x or of an end, summed for an end that is a scalar."""
    return grad if shape else np.sum(grad)


def _subtract_neighbours(x: Any, to_end: Any = None, to_begin: Any = None) -> Array:
    flat = np.ravel(x)
    parts = [
        None if to_begin is None else np.ravel(to_begin),
        flat[1:] - flat[:-1],
        None if to_end is None else np.ravel(to_end),
    ]
    return np.concatenate([part for part in parts if part is not None])


class Ediff1d(Composite):
    """The differences of neighbours of the flattened values, between `to_begin` and `to_end`.

    d/dx_i = grad_(i-1) - grad_i.
    """

    cases = (Case(x=real("2 3")), Case(x=real("4"), to_end=real("2"), to_begin=real("")))

    def forward(
        self, ctx: Context, x: Array, to_end: Array | None = None, to_begin: Array | None = None
    ) -> Array:
        ctx.save(_subtract_neighbours, (x, to_end, to_begin), {})
        return np.ediff1d(x, to_end, to_begin)


def _estimate_slopes(f: Any, *, spacing: tuple[Any, ...], axis: Any, edge_order: int) -> Any:
    axes = range(f.ndim) if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
    steps = spacing or (1.0,)
    steps = steps * len(axes) if len(steps) == 1 else steps
    slopes = [_estimate_slope(f, np.asarray(h), a, edge_order) for h, a in zip(steps, axes, strict=True)]
    return tuple(slopes) if len(slopes) > 1 else slopes[0]


def _estimate_slope(f: Any, spacing: Any, axis: int, edge_order: int) -> Array:
    """Return NumPy's estimate along one axis.

    Inside: the weights -b / (a (a + b)), (b - a) / (a b) and a / (b (a + b)) of the value before, the value
    and the value after it, at the distances a and b: second order. At the ends: one-sided, with one neighbour
    or two.
    """
    y = np.moveaxis(f, axis, 0)
    n = y.shape[0]
    points = spacing.astype(np.result_type(spacing, np.float64))  # as in NumPy: gaps of int8 wrap around
    gaps = np.diff(points) if points.ndim else np.full(n - 1, points)
    gaps = np.reshape(gaps.astype(f.dtype), (-1,) + (1,) * (f.ndim - 1))
    a, b = gaps[:-1], gaps[1:]
    inside = y[:-2] * (-b / (a * (a + b))) + y[1:-1] * ((b - a) / (a * b)) + y[2:] * (a / (b * (a + b)))
    if edge_order == 1:
        start, end = (y[1:2] - y[:1]) / gaps[:1], (y[-1:] - y[-2:-1]) / gaps[-1:]
    else:
        start = _estimate_end_slope(y[:1], y[1:2], y[2:3], gaps[:1], gaps[1:2])
        end = -_estimate_end_slope(y[-1:], y[-2:-1], y[-3:-2], gaps[-1:], gaps[-2:-1])
    return np.moveaxis(np.concatenate([start, inside, end]), 0, axis)


def _estimate_end_slope(y0: Any, y1: Any, y2: Any, a: Any, b: Any) -> Array:
    """Return the slope at y0 of the parabola through three points, at the distances a and a + b."""
    return y0 * (-(2 * a + b) / (a * (a + b))) + y1 * ((a + b) / (a * b)) - y2 * (a / (b * (a + b)))


class Gradient(Composite):
    """NumPy's estimate of the slope along each axis, or along `axis`.

    The differences are central inside and one-sided at the ends. spacing: nothing (1), one distance, or a
    distance or the coordinates for each axis. edge_order: 1 or 2.

    d/df = grad times the weights, summed over the neighbours.
    """

    reference = staticmethod(references.gradient)
    takes_complex = True
    cases = (
        Case(f=real("5")),
        Case(f=real("4 5"), spacing=(2.0,), edge_order=2),
        Case(f=real("3 4 2"), axis=axis_of("f")),
        Case(f=real("3 4"), spacing=(0.5, np.array([0.0, 1.0, 1.5, 3.0]))),
        Case(f=real("5"), spacing=(np.array([0.0, 1.0, 1.5, 3.0, 5.0]),), edge_order=2),
    )

    @staticmethod
    def from_numpy(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
        """Take the positional spacings as a setting."""
        return (f,), {"spacing": varargs, "axis": axis, "edge_order": edge_order}

    def forward(
        self, ctx: Context, f: Array, *, spacing: tuple[Any, ...] = (), axis: Any = None, edge_order: int = 1
    ) -> Any:
        ctx.save(_estimate_slopes, (f,), {"spacing": spacing, "axis": axis, "edge_order": edge_order})
        return np.gradient(f, *spacing, axis=axis, edge_order=edge_order)  # type: ignore[call-overload]  # NumPy's stub knows no tensor


def _integrate(y: Any, x: Any = None, *, dx: float, axis: int) -> Array:
    """Return NumPy's sum of trapezoids, with NumPy's broadcasting of y and an x of several axes."""
    ahead = (slice(None),) * (axis % y.ndim)
    if x is None:
        widths: Any = dx
    elif x.ndim == 1:
        widths = np.reshape(x[1:] - x[:-1], (-1,) + (1,) * (y.ndim - 1 - len(ahead)))
    else:
        widths = np.diff(x, axis=axis)
    return np.sum(widths * (y[(*ahead, slice(1, None))] + y[(*ahead, slice(-1))]) / 2, axis=axis)


class Trapezoid(Composite):
    """The area under y along `axis`, by trapezoids of width `dx`, or between the points x.

    Whole numbers are converted if the other input is floating, where NumPy's sums and differences of int8
    wrap around.

    d/dy = grad times the mean of the widths on both sides; d/dx = grad times minus the difference of y,
    halved.
    """

    takes_complex = True
    cases = (
        Case(y=real("n 4")),
        Case(y=real("4 2"), x=real("4"), axis=0),
        Case(y=real("2 3"), x=real("2 3"), dx=0.5),
        Case(y=real("3"), x=real("2 3")),
    )

    def forward(
        self, ctx: Context, y: Array, x: Array | None = None, *, dx: float = 1.0, axis: int = -1
    ) -> Array:
        y, x = promote(y, x)
        ctx.save(_integrate, (y, x), {"dx": dx, "axis": axis})
        return np.trapezoid(y, x, dx, axis)


diff = Diff(np.diff)
ediff1d = Ediff1d(np.ediff1d)
gradient = Gradient(np.gradient)
trapezoid = Trapezoid(np.trapezoid)
