"""Filters that consist of filters along one axis: Gaussian, uniform, Laplace, Sobel and Prewitt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, between, real
from minigrad_ops_basic.dtypes import detach

from .. import ndimage
from ..binding import take_settings_of
from ..composites import Composite
from ..primitives import ScipyFunction
from .arguments import find_axes, repeat
from .correlation import MODES
from .steps import Correlate, Means, Plan, SeparableFilter

Modes: TypeAlias = "str | Sequence[str]"
Axes: TypeAlias = "int | Sequence[int] | None"

_SIGMA = between(0.6, 0.8, "")
_IMAGE = real("3 4")
_EDGES = (
    Case(input=_IMAGE, axis=axis_of("input"), mode="wrap"),
    Case(input=real("2 3 2"), mode=("mirror", "nearest", "constant"), cval=0.5, axis=1),
)
_DERIVATIVE_CASES = (
    Case(input=_IMAGE, sigma=_SIGMA),
    Case(input=_IMAGE, sigma=_SIGMA, axes=(1,), mode="mirror", truncate=2.0),
    Case(input=_IMAGE, sigma=_SIGMA, mode=("constant", "nearest"), cval=0.5, radius=1),
)


class UniformFilterAxis(ScipyFunction):
    """The means of `size` neighbouring values along `axis`.

    d/dinput = the same filter of grad, where the mode adds what lies beyond the border to its source inside.
    """

    cases = (
        *(Case(input=real("3 4"), size=4, mode=mode, cval=0.7, origin=-1) for mode in MODES),
        Case(input=real("3 n"), size=3, axis=axis_of("input"), origin=1),
    )

    def forward(
        self,
        ctx: Context,
        input: Array,
        *,
        size: int,
        axis: int = -1,
        mode: str = "reflect",
        cval: complex = 0.0,
        origin: int = 0,
    ) -> Any:
        ctx.save(input.shape, Means(axis % len(input.shape), size, mode, cval, origin))
        return self.evaluate(input, size=size, axis=axis, mode=mode, cval=cval, origin=origin)

    def backward(self, ctx: Context, grad: Array) -> Any:
        shape, step = ctx.saved
        return step.transpose(grad, shape)


@SeparableFilter.define(
    "ndimage.uniform_filter",
    Case(input=_IMAGE, size=(2, 3), mode=("wrap", "mirror"), origin=(0, 1)),
    Case(input=_IMAGE, size=3, axes=(0,), mode="constant", cval=1.5),
)
def uniform_filter(
    input: Any,
    *,
    size: Any = 3,
    mode: Modes = "reflect",
    cval: complex = 0.0,
    origin: Any = 0,
    axes: Axes = None,
) -> Plan:
    """The means of the values in a box: `uniform_filter1d` along each of `axes`."""
    axes = find_axes(axes, len(input.shape))
    sizes, modes, origins = (repeat(value, len(axes)) for value in (size, mode, origin))
    arguments = zip(axes, sizes, modes, origins, strict=True)
    return [[Means(axis, int(n), m, cval, o) for axis, n, m, o in arguments if n > 1]]


def make_gaussian(sigma: Any, order: int, radius: int) -> Any:
    """Return the derivative of the given order of a Gaussian with sum 1, at radius, ..., -radius.

    Each derivative of q(x) exp(-x^2 / (2 sigma^2)) has the polynomial q' - x q / sigma^2.
    """
    x, variance = np.arange(radius, -radius - 1, -1, dtype=float), sigma * sigma
    bell = np.exp(-0.5 / variance * x**2)
    bell = bell / np.sum(bell)
    q: list[Any] = [1.0]  # the coefficients of the polynomial, lowest power first
    for _ in range(order):
        slope = [k * q[k] for k in range(1, len(q))] + [0.0, 0.0]
        q = [a - b / variance for a, b in zip(slope, [0.0, *q], strict=True)]
    return bell * sum(a * x**k for k, a in enumerate(q))


@SeparableFilter.define(
    "ndimage.gaussian_filter1d",
    *(Case(input=_IMAGE, sigma=_SIGMA, order=order, radius=2, axis=0) for order in (0, 1, 2, 3)),
    Case(input=_IMAGE, sigma=_SIGMA, mode="constant", cval=0.5, truncate=2.0),
)
def gaussian_filter1d(
    input: Any,
    sigma: Any,
    *,
    axis: int = -1,
    order: int = 0,
    mode: str = "reflect",
    cval: complex = 0.0,
    truncate: float = 4.0,
    radius: int | None = None,
) -> Plan:
    """The correlation along `axis` with a Gaussian, or its derivative of the given order.

    sigma: one number. The number of weights, 2 int(truncate sigma + 0.5) + 1, counts as constant.
    """
    width = int(truncate * float(detach(sigma)) + 0.5) if radius is None else radius
    return [[Correlate(axis % len(input.shape), make_gaussian(sigma, order, width), mode, cval)]]


@SeparableFilter.define(
    "ndimage.gaussian_filter",
    Case(input=_IMAGE, sigma=_SIGMA, order=(0, 1), mode=("wrap", "nearest")),
    Case(input=_IMAGE, sigma=between(0.6, 0.8, "2"), radius=(1, 2)),
    Case(input=_IMAGE, sigma=between(0.6, 0.8, "1"), axes=(0,), mode="constant", cval=0.5),
)
def gaussian_filter(
    input: Any,
    sigma: Any,
    *,
    order: int | Sequence[int] = 0,
    mode: Modes = "reflect",
    cval: complex = 0.0,
    truncate: float = 4.0,
    radius: Any = None,
    axes: Axes = None,
) -> Plan:
    """`gaussian_filter1d` along each of `axes`; sigma: one number, or one for each of these axes."""
    axes = find_axes(axes, len(input.shape))
    sigmas = [sigma] * len(axes) if np.ndim(sigma) == 0 else [sigma[i] for i in range(len(axes))]
    settings = (repeat(value, len(axes)) for value in (order, mode, radius))
    return [
        [
            step
            for axis, s, o, m, r in zip(axes, sigmas, *settings, strict=True)
            if detach(s) > 1e-15  # as in SciPy
            for step in gaussian_filter1d.description(
                input, s, axis=axis, order=o, mode=m, cval=cval, truncate=truncate, radius=r
            )[0]
        ]
    ]


@SeparableFilter.define("ndimage.gaussian_laplace", *_DERIVATIVE_CASES)
@take_settings_of(gaussian_filter.description, "order")
def gaussian_laplace(
    input: Any, sigma: Any, *, mode: Modes = "reflect", axes: Axes = None, **settings: Any
) -> Plan:
    """The sum of the second derivatives of the smoothed image; sigma as in `gaussian_filter`.

    mode: one for each derivative, which smooths along all axes with it, as in SciPy.
    """
    d, axes = len(input.shape), find_axes(axes, len(input.shape))
    given = np.broadcast_to(sigma, (len(axes),))
    sigmas = [given[axes.index(i)] if i in axes else np.zeros(()) for i in range(d)]
    terms = []
    for axis, m in zip(axes, repeat(mode, len(axes)), strict=True):
        orders = [2 * (i == axis) for i in range(d)]
        terms += gaussian_filter.description(input, np.stack(sigmas), order=orders, mode=m, **settings)
    return terms


@Composite.define("ndimage.gaussian_gradient_magnitude", *_DERIVATIVE_CASES, real=True)
@take_settings_of(gaussian_filter.description, "order")
def gaussian_gradient_magnitude(
    input: Any, sigma: Any, *, mode: Modes = "reflect", axes: Axes = None, **settings: Any
) -> Any:
    """The norm of the gradient of the smoothed image; the slope at 0 is 0.

    sigma: as in `gaussian_filter`; mode: as in `gaussian_laplace`.
    """
    d = len(input.shape)
    axes = find_axes(axes, d)
    slopes = [
        ndimage.gaussian_filter(input, sigma, [int(i == axis) for i in range(d)], mode=m, **settings)
        for axis, m in zip(axes, repeat(mode, len(axes)), strict=True)
    ]
    return np.linalg.norm(np.stack(slopes), axis=0)


@SeparableFilter.define(
    "ndimage.laplace",
    Case(input=_IMAGE, mode=("wrap", "mirror")),
    Case(input=_IMAGE, mode="constant", cval=0.5, axes=(1,)),
)
def laplace(input: Any, *, mode: Modes = "reflect", cval: complex = 0.0, axes: Axes = None) -> Plan:
    """The sum of the second differences along `axes`."""
    axes = find_axes(axes, len(input.shape))
    pairs = zip(axes, repeat(mode, len(axes)), strict=True)
    return [[Correlate(axis, [1, -2, 1], m, cval)] for axis, m in pairs]


@SeparableFilter.define("ndimage.sobel", *_EDGES)
def sobel(input: Any, *, axis: int = -1, mode: Modes = "reflect", cval: complex = 0.0) -> Plan:
    """The differences along `axis`, summed with the weights 1, 2, 1 along the other axes."""
    return _plan_edges(len(input.shape), axis, mode, cval, [1, 2, 1])


@SeparableFilter.define("ndimage.prewitt", *_EDGES)
def prewitt(input: Any, *, axis: int = -1, mode: Modes = "reflect", cval: complex = 0.0) -> Plan:
    """The differences along `axis`, summed with the weights 1, 1, 1 along the other axes."""
    return _plan_edges(len(input.shape), axis, mode, cval, [1, 1, 1])


def _plan_edges(d: int, axis: int, mode: Modes, cval: complex, weights: list[int]) -> Plan:
    modes, axis = repeat(mode, d), axis % d
    others = [Correlate(i, weights, modes[i], cval) for i in range(d) if i != axis]
    return [[Correlate(axis, [-1, 0, 1], modes[axis], cval), *others]]


OPERATIONS: tuple[Operation, ...] = (
    UniformFilterAxis("ndimage.uniform_filter1d"),
    uniform_filter,
    gaussian_filter1d,
    gaussian_filter,
    gaussian_laplace,
    gaussian_gradient_magnitude,
    laplace,
    sobel,
    prewitt,
)
