"""`spline_filter` and `spline_filter1d`: the coefficients of the spline through the values of an image."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import scipy

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real

from .. import ndimage
from ..precision import match_precision
from ..primitives import ScipyFunction

_HALF_SAMPLE = ("nearest", "reflect", "grid-mirror", "grid-wrap")  # the modes whose filter is symmetric
_LONG = 24  # from this length on, the filter of "reflect" in SciPy 1.17 is symmetric up to 0.43^(2 n) < 1e-17


def transpose_axis(grad: Any, order: int, axis: int, mode: str) -> Any:
    """Return the transpose of `spline_filter1d` along `axis`; grad: an array or tensor of any shape.

    The filter is the inverse of a matrix B of samples of the spline, and B is symmetric if the extension
    repeats each value equally often. A mode that mirrors at the first and the last value repeats these half
    as often; with weights m of 2 at the ends, B^T = B m / m. SciPy's filter of a short line is not the exact
    inverse in all modes, so its matrix is computed.
    """
    n = grad.shape[axis]
    if order < 2 or n < 2:
        return +grad  # a copy: the gradient belongs to the caller
    if n < _LONG:
        return np.moveaxis(np.moveaxis(grad, axis, -1) @ _make_matrix(n, order, mode), -1, axis)
    if mode in _HALF_SAMPLE:
        return ndimage.spline_filter1d(grad, order, axis, mode=mode)
    weights = np.ones(n)
    weights[[0, -1]] = 2.0
    weights = weights.reshape((-1,) + (1,) * (len(grad.shape) - 1 - axis % len(grad.shape)))
    return ndimage.spline_filter1d(grad * weights, order, axis, mode=mode) / weights


@lru_cache(128)  # at most 600 KB
def _make_matrix(n: int, order: int, mode: str) -> Any:
    """Return the matrix of `spline_filter1d` for a line of n values."""
    return scipy.ndimage.spline_filter1d(np.eye(n), order, 0, mode=mode)


def transpose_spline_filter(grad: Any, order: int, mode: str) -> Any:
    """Return the transpose of `spline_filter`; grad: an array or tensor of any shape."""
    for axis in range(len(grad.shape)):
        grad = transpose_axis(grad, order, axis, mode)
    return grad


class _Prefilter(ScipyFunction):
    """A spline filter, which SciPy computes in double precision. Single precision stays."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        (x,) = inputs
        kind = np.result_type(x, float)  # SciPy's default for complex images is a warning, and this type
        return match_precision(
            super().compute(x, **settings, output=kind), x.dtype if x.dtype.kind in "fc" else kind
        )


_MODES = ("mirror", "reflect", "grid-wrap", "constant", "nearest")


class SplineFilterAxis(_Prefilter):
    """The coefficients of the spline that interpolates an image along one axis.

    input: any shape; order: 0 to 5.

    d/dinput is the same filter of grad: its matrix is symmetric up to the weights of the values at the ends.
    """

    cases = (
        *(Case(input=real("4 3"), axis=axis_of("input"), mode=mode) for mode in _MODES),
        *(Case(input=real("n"), order=order) for order in (1, 2, 4, 5)),
        *(Case(input=real("26 2"), axis=0, mode=mode) for mode in _MODES[1:4]),
        Case(input=real("2 3 2"), axis=-2),
        Case(input=real("2 26"), axis=1),
    )

    def forward(
        self, ctx: Context, input: Array, *, order: int = 3, axis: int = -1, mode: str = "mirror"
    ) -> Any:
        ctx.save(order, axis, mode)
        return self.evaluate(input, order=order, axis=axis, mode=mode)

    def backward(self, ctx: Context, grad: Array) -> Any:
        order, axis, mode = ctx.saved
        return match_precision(transpose_axis(grad, order, axis, mode), grad.dtype)


class SplineFilter(_Prefilter):
    """The coefficients of the spline that interpolates an image: `spline_filter1d` along each axis.

    input: any shape; order: 2 to 5.

    d/dinput is the same filter of grad: its matrix is symmetric up to the weights of the values at the ends.
    """

    cases = (
        *(Case(input=real("4 3"), order=3, mode=mode) for mode in _MODES),
        *(Case(input=real("n"), order=order) for order in (2, 4, 5)),
    )

    def forward(self, ctx: Context, input: Array, *, order: int = 3, mode: str = "mirror") -> Any:
        ctx.save(order, mode)
        return self.evaluate(input, order=order, mode=mode)

    def backward(self, ctx: Context, grad: Array) -> Any:
        order, mode = ctx.saved
        return match_precision(transpose_spline_filter(grad, order, mode), grad.dtype)


OPERATIONS: tuple[Operation, ...] = (
    SplineFilterAxis("ndimage.spline_filter1d"),
    SplineFilter("ndimage.spline_filter", name="ndimage_spline_filter"),
)
