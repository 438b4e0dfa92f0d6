"""The coefficients around a point: interpolation of an image by splines, and its transpose.

`scipy.ndimage` interpolates with the tensor product of splines: the value at a point is the sum of the
(order + 1)^d coefficients around the point, each times one weight per axis. `sample` computes derivatives
of the value in the coordinates, and `scatter` adds values to the coefficients with the same weights. Their
gradients consist of `sample` and `scatter` with higher derivatives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, reduce
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from minigrad_core import Array, Context

from ..extension import find_source
from ..primitives import Primitive
from .basis import compute_weights

Degrees: TypeAlias = tuple[int, ...]  # the order of the derivative along each axis

_TAP_MODES = {"constant": "mirror", "wrap": "mirror"}  # how SciPy reads coefficients beyond the border


class AxisTaps:
    """The taps of points along one axis.

    c: (n,) coordinates in the padded image; size: the length of the padded axis.
    """

    def __init__(self, c: Array, size: int, order: int, mode: str) -> None:
        self.order = order
        self.slope: Any = None  # d moved coordinate / d given coordinate; None for 1
        c, self.inside = self._move_inside(c, size, mode)
        shifted = c if order % 2 else c + 0.5
        start = np.floor(shifted)
        self.u = shifted - start
        first = start.astype(np.intp) - order // 2
        self.indices = first + np.arange(order + 1)[:, None]
        edge = (first < 0) | (first + order >= size)
        self.present: Any = None
        if edge.any():
            sources = find_source(self.indices[:, edge], size, _TAP_MODES.get(mode, mode))
            self.indices[:, edge] = np.maximum(sources, 0)
            if mode == "grid-constant":
                self.present = np.ones(self.indices.shape)
                self.present[:, edge] = sources >= 0

    def _move_inside(self, c: Array, size: int, mode: str) -> tuple[Array, Array | None]:
        """Return the coordinates of SciPy's `map_coordinate`, and a mask of the values that are not cval."""
        outside = (c < 0) | (c > size - 1)
        if outside.any() and mode == "constant":
            c = np.where(outside, 0.0, c)
        elif outside.any():
            moved, slope = _reduce(c[outside], size, self.order, mode)
            c = c.copy()
            c[outside] = moved
            if slope is not None:
                self.slope = np.ones(c.shape)
                self.slope[outside] = slope
        return c, ~outside if mode == "constant" else None

    def weigh(self, derivative: int) -> Array:
        """Return the weights of the taps: (order + 1, n)."""
        weights = compute_weights(self.u, self.order, derivative)
        if derivative and self.slope is not None:
            weights *= self.slope**derivative
        if self.inside is not None:
            weights *= self.inside
        return weights if self.present is None else weights * self.present


def _reduce(c: Array, size: int, order: int, mode: str) -> tuple[Array, Array | None]:
    """Return the coordinates inside for coordinates beyond the border, and the derivative, None for 1."""
    if mode in ("nearest", "grid-constant"):
        return np.clip(c, -order - 2, size + order + 1), None
    if size == 1:
        return np.zeros_like(c), np.zeros_like(c)
    if mode == "grid-wrap":
        return np.mod(c, size), None
    if mode == "wrap":  # of period size - 1, and each end stays where it is
        period = size - 1
        below = c + period * (np.floor(-c / period) + 1)
        return np.where(c < 0, below, c - period * np.floor(c / period)), None
    # As SciPy does: the remainder of a negative number would round a point between two pixels.
    period, gap = (2 * size - 2, 0) if mode == "mirror" else (2 * size, 1)
    below, moved = c < 0, np.abs(c)
    moved = moved - period * np.floor(moved / period)
    back = moved >= np.where(below, size - 1 + gap, size)
    return np.where(back, period - moved, moved) - gap * (back != below), np.where(back == below, 1.0, -1.0)


class Taps:
    """The taps of points in an image; coordinates: (d, n) in the padded image."""

    def __init__(self, coordinates: Array, shape: Sequence[int], order: int, mode: str) -> None:
        sizes = zip(coordinates, shape, strict=True)
        self.axes = [AxisTaps(np.asarray(c, float), size, order, mode) for c, size in sizes]
        self.shape = shape

    @cached_property
    def indices(self) -> Array:
        """The positions of the taps in the flat image: (order + 1, ..., order + 1, n)."""
        strides = np.cumprod([1, *self.shape[:0:-1]])[::-1].tolist()
        return self._combine(np.add, [axis.indices * s for axis, s in zip(self.axes, strides, strict=True)])

    def weigh(self, degrees: Degrees) -> Array:
        """Return the weights of the taps: (order + 1, ..., order + 1, n)."""
        pairs = zip(self.axes, degrees, strict=True)
        return self._combine(np.multiply, [axis.weigh(degree) for axis, degree in pairs])

    def _combine(self, function: Any, values: Sequence[Array]) -> Any:
        """Return the sums or products of one (order + 1, n) array per axis."""
        last = len(values) - 1
        spread = [v.reshape(*v.shape[:1], *(1,) * (last - i), -1) for i, v in enumerate(values)]
        return reduce(function, spread)

    def read(self, flat: Array, derivatives: Sequence[Degrees]) -> Array:
        """Return derivatives of the interpolated values: (len(derivatives), n)."""
        known: dict[Degrees, Any] = {(): flat.take(self.indices)}
        weights: dict[tuple[int, int], Array] = {}

        def contract(degrees: Degrees) -> Any:
            """Return the sum over the taps of the last axes, one axis for each of `degrees`."""
            if degrees not in known:
                axis = len(self.axes) - len(degrees)
                key = axis, degrees[0]
                if key not in weights:
                    weights[key] = self.axes[axis].weigh(degrees[0])
                known[degrees] = np.einsum("...in,in->...n", contract(degrees[1:]), weights[key])
            return known[degrees]

        return np.stack([contract(degrees) for degrees in derivatives])


def _list_blocks(coordinates: Array, shape: Sequence[int], order: int) -> Iterator[slice]:
    """Yield slices of the points whose taps need about as much memory as the image.

    Without blocks, the taps of a cubic spline in three dimensions are 64 times as large as the points.
    """
    taps = (order + 1) ** len(shape)
    step = max(4096, int(np.prod(shape)) // taps)
    for start in range(0, coordinates.shape[1], step):
        yield slice(start, start + step)


class _Interpolation(Primitive):
    """The common rule of `Sampling` and `Scatter`.

    settings: order, mode, padding (of the image, on each side) and derivatives (one tuple of degrees for each
    leading entry of the values).
    """

    def pull_coordinates_back(
        self, image: Any, coordinates: Any, values: Any, *, derivatives: Sequence[Degrees], **settings: Any
    ) -> Any:
        """Return the gradient of sum(values * sample(image, coordinates)) in the coordinates."""
        if settings["order"] == 0:  # constant between the knots
            return np.zeros(coordinates.shape, values.dtype)
        d = coordinates.shape[0]
        higher = [
            tuple(degree + (i == axis) for i, degree in enumerate(degrees))
            for axis, degrees in product(range(d), derivatives)
        ]
        slopes = sample.evaluate(image, coordinates, derivatives=higher, **settings)
        return (slopes.reshape(d, *values.shape) * values).sum(axis=1)


class Sampling(_Interpolation):
    """Derivatives of the interpolated image at points: (len(derivatives), *points) for (d, *points)."""

    name = "sample"

    def compute(
        self, image: Any, coordinates: Any, *, order: int, mode: str, padding: int, derivatives: Any
    ) -> Any:
        flat, points = image.ravel(), coordinates.reshape(len(coordinates), -1)
        out = np.empty((len(derivatives), points.shape[1]), np.result_type(image, float))
        for block in _list_blocks(points, image.shape, order):
            taps = Taps(points[:, block] + padding, image.shape, order, mode)
            out[:, block] = taps.read(flat, derivatives)
        return out.reshape(len(derivatives), *coordinates.shape[1:])

    def forward(self, ctx: Context, image: Array, coordinates: Array, **settings: Any) -> Any:
        ctx.save(image, coordinates, settings)
        return self.evaluate(image, coordinates, **settings)

    def backward(self, ctx: Context, grad: Array) -> Any:
        image, coordinates, settings = ctx.saved
        return (
            scatter.evaluate(grad, coordinates, shape=image.shape, **settings) if ctx.needs[0] else None,
            self.pull_coordinates_back(image, coordinates, grad, **settings) if ctx.needs[1] else None,
        )


class Scatter(_Interpolation):
    """The transpose of `Sampling` in the image: values at points, added to the coefficients around them."""

    name = "scatter"

    def compute(
        self,
        values: Any,
        coordinates: Any,
        *,
        shape: tuple[int, ...],
        order: int,
        mode: str,
        padding: int,
        derivatives: Any,
    ) -> Any:
        points = coordinates.reshape(len(coordinates), -1)
        lines = values.reshape(len(derivatives), -1)
        size = int(np.prod(shape))
        out = np.zeros(size, np.result_type(values, float))
        for block in _list_blocks(points, shape, order):
            taps = Taps(points[:, block] + padding, shape, order, mode)
            weights = sum(taps.weigh(ds) * g for ds, g in zip(derivatives, lines[:, block], strict=True))
            out += _count(taps.indices.ravel(), np.ravel(weights), size)
        return out.reshape(shape)

    def forward(
        self, ctx: Context, values: Array, coordinates: Array, *, shape: tuple[int, ...], **settings: Any
    ) -> Any:
        ctx.save(values, coordinates, settings)
        return self.evaluate(values, coordinates, shape=shape, **settings)

    def backward(self, ctx: Context, grad: Array) -> Any:
        values, coordinates, settings = ctx.saved
        return (
            sample.evaluate(grad, coordinates, **settings) if ctx.needs[0] else None,
            self.pull_coordinates_back(grad, coordinates, values, **settings) if ctx.needs[1] else None,
        )


def _count(indices: Array, weights: Any, size: int) -> Any:
    """Return the sum of the weights at each index, also of complex weights."""
    if weights.dtype.kind == "c":
        return _count(indices, weights.real, size) + 1j * _count(indices, weights.imag, size)
    return np.bincount(indices, weights, minlength=size)


sample = Sampling()
scatter = Scatter()
