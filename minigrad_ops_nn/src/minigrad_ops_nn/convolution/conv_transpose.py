"""Transposed convolution: the gradient of a convolution with respect to its input, as an operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.array import Shape
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError, InputError

from ..kernels.precision import to_floating
from ..references import windows as plain
from .conv import add_bias, data_gradient, pull_back
from .geometry import Geometry, expand_to_axes


class TransposedConvolution(Operation):
    """A transposed convolution whose windows move along `axes` axes."""

    axes: ClassVar[int]

    def forward(
        self,
        ctx: Context,
        x: Array,
        weight: Array,
        bias: Array | None = None,
        *,
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] = 0,
        output_padding: int | Sequence[int] = 0,
        groups: int = 1,
        dilation: int | Sequence[int] = 1,
    ) -> Array:
        self._check(x, weight, bias, groups)
        spacing = check_transposed_spacing(
            self.name,
            self.axes,
            stride=stride,
            padding=padding,
            output_padding=output_padding,
            dilation=dilation,
        )
        geometry = self._make_geometry(x.shape[2:], weight.shape[2:], *spacing)
        groups = int(groups)
        x, weight = to_floating(x, weight, bias), to_floating(weight, x, bias)
        ctx.save(x, weight, geometry, groups)
        y = data_gradient(x, weight, geometry, groups)
        return y if bias is None else add_bias(y, bias)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        return pull_back(ctx, grad, transposed=True)

    def _check(self, x: Array, weight: Array, bias: Array | None, groups: int) -> None:
        fits = x.ndim == weight.ndim == self.axes + 2 and groups > 0 and x.shape[1] == weight.shape[0]
        if (
            not fits
            or x.shape[1] % groups
            or (bias is not None and bias.shape != (weight.shape[1] * groups,))
        ):
            raise InputError(
                f"{self.name} expected x (n, c, ...), weight (c, out / groups, ...) over {self.axes} axes, "
                f"bias (out,), got x {x.shape}, weight {weight.shape}, "
                f"bias {None if bias is None else bias.shape}, groups={groups}; the first axis of the weight "
                "is the channels of x, a multiple of groups"
            )

    def _make_geometry(
        self, count: Shape, kernel: Shape, strides: Shape, pads: Shape, extra: Shape, dilations: Shape
    ) -> Geometry:
        """Return the geometry of the convolution whose transpose this operation is, with `count` windows."""
        size = tuple(
            (n - 1) * s - 2 * p + d * (k - 1) + e + 1
            for n, s, p, d, k, e in zip(count, strides, pads, dilations, kernel, extra, strict=True)
        )
        if min(size) < 1:
            raise InputError(
                f"{self.name}: padding {pads} leaves nothing of the output, its size would be {size}"
            )
        # One window for each cell of x, even if an output_padding of a whole stride leaves room for another.
        return Geometry(size, kernel, strides, tuple((p, p) for p in pads), dilations, count)


def check_transposed_spacing(
    op: str, axes: int, *, stride: object, padding: object, output_padding: object, dilation: object
) -> list[tuple[int, ...]]:
    """Return strides, paddings, output paddings and dilations, one for each of `axes`.

    Raises
    ------
    ArgumentError
        A setting is not a valid size for each axis, or an output padding is not smaller than the larger of
        stride and dilation.
    """
    sizes = [
        expand_to_axes(op, name, value, axes, least)  # type: ignore[arg-type]  # checked there
        for name, value, least in (
            ("stride", stride, 1),
            ("padding", padding, 0),
            ("output_padding", output_padding, 0),
            ("dilation", dilation, 1),
        )
    ]
    strides, _, extra, dilations = sizes
    if any(e >= max(s, d) for e, s, d in zip(extra, strides, dilations, strict=True)):
        raise ArgumentError(
            f"{op}: output_padding {extra} must be smaller than stride {strides} or dilation {dilations}"
        )
    return sizes


class ConvTranspose1d(TransposedConvolution):
    """`y[n, o, stride l + dilation i - padding] += weight[c, o, i] x[n, c, l]`, plus bias[o].

    x: (n, c, l), weight: (c, out / groups, k), bias: (out,) or None -> (n, out, l') with
    l' = (l - 1) stride - 2 padding + dilation (k - 1) + output_padding + 1. Settings, gradients and errors
    are those of `conv_transpose2d`.
    """

    name = "conv_transpose1d"
    reference = staticmethod(plain.conv_transpose)
    axes = 1
    cases = (
        Case(x=real("n 2 4"), weight=real("2 3 3"), bias=real("3"), stride=2, padding=1, output_padding=1),
        Case(x=real("n 4 3"), weight=real("4 1 2"), bias=None, groups=2, dilation=2, output_padding=1),
        Case(x=np.array([[[3, 1]]]), weight=np.array([[[2]]])),
    )


class ConvTranspose2d(TransposedConvolution):
    """`y[n, o, s h + d i - p, s w + d j - p] += weight[c, o, i, j] x[n, c, h, w]`, plus bias[o].

    x: (n, c, h, w), weight: (c, out / groups, kh, kw), bias: (out,) or None -> (n, out, h', w') with
    h' = (h - 1) stride - 2 padding + dilation (kh - 1) + output_padding + 1.
    d/dx: the convolution of grad with weight; d/dweight: grad correlated with x; d/dbias: the sum of grad.

    Raises
    ------
    InputError
        The shapes do not fit, or the padding leaves no output.
    ArgumentError
        A setting is not a valid size.
    """

    name = "conv_transpose2d"
    reference = staticmethod(plain.conv_transpose)
    axes = 2
    cases = (
        Case(
            x=real("n 2 3 2"), weight=real("2 3 2 3"), bias=real("3"), stride=2, padding=1, output_padding=1
        ),
        Case(x=real("n 4 2 3"), weight=real("4 1 2 2"), bias=None, groups=2, dilation=(1, 2)),
    )


conv_transpose1d = ConvTranspose1d()
conv_transpose2d = ConvTranspose2d()
