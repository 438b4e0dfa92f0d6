"""Convolution, in the sense of neural networks: the kernel is not flipped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import InputError

from ..kernels.ndarrays import are_ndarrays
from ..kernels.precision import to_floating
from ..references import windows as plain
from . import gather, kernels
from .geometry import Geometry, make_geometry
from .layout import store_images_innermost


class Convolution(Operation):
    """A convolution whose windows move along `axes` axes."""

    axes: ClassVar[int]

    def forward(
        self,
        ctx: Context,
        x: Array,
        weight: Array,
        bias: Array | None = None,
        *,
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] | str = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
    ) -> Array:
        check_shapes(self.name, self.axes, x, weight, bias, groups)
        kernel = weight.shape[2:]
        geometry = make_geometry(
            self.name, x.shape[2:], kernel, stride=stride, padding=padding, dilation=dilation
        )
        groups = int(groups)
        x, weight = to_floating(x, weight, bias), to_floating(weight, x, bias)
        ctx.save(x, weight, geometry, groups)
        y = correlate(x, weight, geometry, groups)
        return y if bias is None else add_bias(y, bias)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        return pull_back(ctx, grad, transposed=False)


def pull_back(ctx: Context, grad: Array, *, transposed: bool) -> tuple[Array | None, ...]:
    """Return the gradients of x, the weight and the bias. In a transposed convolution grad is the image."""
    x, weight, geometry, groups = ctx.saved
    grad = store_images_innermost(grad)  # one copy for both products
    find_data_gradient = correlate if transposed else data_gradient
    image, output = (grad, x) if transposed else (x, grad)
    return (
        find_data_gradient(grad, weight, geometry, groups) if ctx.needs[0] else None,
        weight_gradient(image, output, geometry, groups) if ctx.needs[1] else None,
        grad.sum(axis=(0, *range(2, grad.ndim))) if any(ctx.needs[2:]) else None,
    )[: len(ctx.needs)]


def check_shapes(op: str, axes: int, x: Array, weight: Array, bias: Array | None, groups: int) -> None:
    """Raise `InputError` unless the shapes are those of a convolution over `axes` axes."""
    spatial = " ".join("lhw"[-axes:] if axes > 1 else "l")
    problem = None
    if x.ndim != axes + 2 or weight.ndim != axes + 2:
        problem = "the number of axes"
    elif groups < 1 or weight.shape[0] % groups or x.shape[1] != weight.shape[1] * groups:
        problem = f"the channels: x has {x.shape[1]}, the weight takes {weight.shape[1]} * groups"
    elif bias is not None and bias.shape != weight.shape[:1]:
        problem = f"the bias: one value for each of the {weight.shape[0]} outputs"
    if problem:
        raise InputError(
            f"{op} expected x (n, c, {spatial}), weight (out, c / groups, {spatial} of the kernel), "
            f"bias (out,), got x {x.shape}, weight {weight.shape}, "
            f"bias {None if bias is None else bias.shape}, groups={groups}; mismatch in {problem}"
        )


def correlate(x: Any, weight: Any, geometry: Geometry, groups: int) -> Array:
    """Return the sums (n, out, ...) of the windows of x (n, c, ...), weighted by (out, c / groups, ...).

    Kernels compute the three products of a convolution on arrays, and plain formulas on tensors.
    """
    return (kernels if are_ndarrays(x, weight) else gather).correlate(x, weight, geometry, groups)


def data_gradient(grad: Any, weight: Any, geometry: Geometry, groups: int) -> Array:
    """Return the gradient of x, given that of the output."""
    return (kernels if are_ndarrays(grad, weight) else gather).data_gradient(grad, weight, geometry, groups)


def weight_gradient(x: Any, grad: Any, geometry: Geometry, groups: int) -> Array:
    """Return the gradient of the weight, given that of the output."""
    return (kernels if are_ndarrays(x, grad) else gather).weight_gradient(x, grad, geometry, groups)


def add_bias(y: Any, bias: Any) -> Array:
    """Return y (n, c, ...) plus a value for each channel; add in place if that keeps the dtype."""
    bias = bias.reshape(-1, *(1,) * (y.ndim - 2))
    if y.dtype is bias.dtype:
        y += bias
        return y
    return y + bias


class Conv1d(Convolution):
    """`y[n, o, l] = bias[o] + sum_{c, i} weight[o, c, i] x[n, c, stride l + dilation i - padding]`.

    x: (n, c, l), weight: (out, c / groups, k), bias: (out,) or None -> (n, out, l') with
    l' = (l + 2 padding - dilation (k - 1) - 1) // stride + 1. Settings, gradients and errors are those of
    `conv2d`.
    """

    name = "conv1d"
    reference = staticmethod(plain.conv)
    axes = 1
    cases = (
        Case(x=real("n 2 6"), weight=real("3 2 3"), bias=real("3"), padding=1, stride=2),
        Case(x=real("n 4 7"), weight=real("4 2 2"), bias=None, padding="same", dilation=2, groups=2),
        Case(x=np.array([[[3, 1]]]), weight=np.array([[[2]]])),
        Case(x=real("n 1 4"), weight=real("2 1 3"), bias=np.array([1, -2], np.int8)),
    )


class Conv2d(Convolution):
    """`y[n, o, h, w] = bias[o] + sum_{c, i, j} weight[o, c, i, j] x[n, c, s h + d i - p, s w + d j - p]`.

    x: (n, c, h, w), weight: (out, c / groups, kh, kw), bias: (out,) or None -> (n, out, h', w') with
    h' = (h + 2 padding - dilation (kh - 1) - 1) // stride + 1. A setting is an int, or
    one int for each axis; `padding` may be "same" or "valid".
    d/dx: the transposed convolution of grad; d/dweight: x correlated with grad; d/dbias: the sum of grad.

    Raises
    ------
    InputError
        The shapes do not fit, or no window fits.
    ArgumentError
        A setting is not a valid size.
    """

    name = "conv2d"
    reference = staticmethod(plain.conv)
    axes = 2
    cases = (
        Case(x=real("n 2 4 5"), weight=real("3 2 3 2"), bias=real("3"), padding=1),
        Case(x=real("n 4 5 4"), weight=real("2 2 2 3"), bias=None, padding="same", groups=2),
        Case(x=real("2 1 6 5"), weight=real("2 1 2 2"), bias=real("2"), stride=(2, 1), dilation=(1, 2)),
    )


conv1d = Conv1d()
conv2d = Conv2d()
