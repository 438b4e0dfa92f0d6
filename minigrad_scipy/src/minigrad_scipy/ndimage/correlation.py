"""`correlate`, `convolve`, `correlate1d` and `convolve1d`, in the image and in the weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, between, real
from minigrad_core.errors import InputError

from ..extension import Pads, extend, extend_zeros, fold
from ..precision import match_precision
from ..primitives import ScipyFunction
from ..valid_correlation import correlate_valid
from .arguments import find_axes, repeat


def transpose_correlation(
    grad: Any, kernel: Any, shape: Sequence[int], pads: Pads, modes: Sequence[str]
) -> Any:
    """Return the transpose of the correlation of an image with a kernel.

    kernel: with as many axes as the image; shape: that of the image; pads: by how many values the kernel
    reaches beyond the border.
    """
    whole = extend_zeros(grad, [(k - 1, k - 1) for k in kernel.shape])
    return fold(correlate_valid.evaluate(whole, np.flip(kernel)), shape, pads, modes)


class Correlation(ScipyFunction):
    """The rule of all four: y_i = sum over k of w_k x_(i + k - origin), with w reversed for a convolution.

    d/dinput = the correlation of grad with w reversed, and what lies beyond the border is added to its source
    inside. d/dweights = the sums of products of grad and the image, moved by k.
    """

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        if np.isnan(inputs[1]).any():
            raise InputError(f"{self.name}: the weights have NaN, for which SciPy takes another number")
        return super().compute(*inputs, **settings)

    def pull_back(
        self, ctx: Context, grad: Any, axes: Sequence[int], origins: Sequence[int]
    ) -> tuple[Any, Any]:
        """Return the gradients of the image and of the weights; axes, origins: those of the weights' axes."""
        image, weights, mode, cval, *_ = ctx.saved
        convolution = "convolve" in self.function_name
        conjugate = weights.dtype.kind == "c" and not convolution  # as SciPy does
        pads = [(0, 0)] * len(image.shape)
        for axis, k, origin in zip(axes, weights.shape, origins, strict=True):
            before = k // 2 + (-origin - (k % 2 == 0) if convolution else origin)
            pads[axis] = (before, k - 1 - before)
        modes = (mode,) * len(pads)
        gradients: list[Any] = [None, None]
        if ctx.needs[0]:
            kernel = np.expand_dims(weights, [i for i in range(len(image.shape)) if i not in axes])
            kernel = np.conj(kernel) if conjugate else np.flip(kernel) if convolution else kernel
            gradients[0] = match_precision(
                transpose_correlation(grad, kernel, image.shape, pads, modes), image.dtype
            )
        if ctx.needs[1]:
            padded = extend(image, pads, modes)
            if cval != 0:
                padded = padded + cval * (1 - extend(np.ones(image.shape), pads, modes))
            products = correlate_valid.evaluate(padded, grad)
            products = np.conj(products) if conjugate else np.flip(products) if convolution else products
            gradients[1] = match_precision(products.reshape(weights.shape), weights.dtype)
        return gradients[0], gradients[1]


MODES = ("reflect", "grid-mirror", "constant", "grid-constant", "nearest", "mirror", "wrap", "grid-wrap")


class MultiAxisCorrelation(Correlation):
    """`correlate` and `convolve`: the weights have as many axes as the image, or as many as `axes`.

    d/dinput = the correlation of grad with the weights reversed, where the mode adds what lies beyond the
    border to its source inside. d/dweights = for each weight, the sum of grad times the values that it meets.
    SciPy takes weights below 2.2e-16 for 0.
    """

    cases = (
        *(
            Case(input=real("3 4"), weights=between(0.5, 2, "2 3"), mode=mode, cval=0.7, origin=(-1, 1))
            for mode in MODES
        ),
        Case(input=real("n 2"), weights=between(-2, -0.5, "5"), axes=(0,), origin=2, mode="mirror"),
        Case(input=real("2 3 2"), weights=between(0.5, 2, "3 2"), axes=(0, 2), origin=(1, 0)),
        Case(input=real("2 3 2"), weights=between(0.5, 2, "3 2"), axes=(2, 0), origin=(0, 1)),
    )

    def forward(
        self,
        ctx: Context,
        input: Array,
        weights: Array,
        *,
        mode: str = "reflect",
        cval: complex = 0.0,
        origin: int | Sequence[int] = 0,
        axes: int | Sequence[int] | None = None,
    ) -> Any:
        ctx.save(input, weights, mode, cval, origin, axes)
        return self.evaluate(input, weights, mode=mode, cval=cval, origin=origin, axes=axes)

    def backward(self, ctx: Context, grad: Array) -> tuple[Any, Any]:
        image, *_, origin, axes = ctx.saved
        axes = find_axes(axes, len(image.shape))
        origins = repeat(origin, len(axes))
        if len(axes) < len(image.shape):  # the weights keep their order, as in SciPy
            origins = [origins[axes.index(axis)] for axis in sorted(axes)]
        return self.pull_back(ctx, grad, sorted(axes), origins)


class AxisCorrelation(Correlation):
    """`correlate1d` and `convolve1d` along `axis`.

    d/dinput = the correlation of grad with the weights reversed, where the mode adds what lies beyond the
    border to its source inside. d/dweights = for each weight, the sum of grad times the values that it meets.
    """

    cases = (
        *(
            Case(input=real("3 4"), weights=between(0.5, 2, "4"), mode=mode, cval=0.7, origin=-1)
            for mode in MODES
        ),
        Case(input=real("3 n"), weights=between(0.5, 2, "3"), axis=axis_of("input"), origin=1),
    )

    def forward(
        self,
        ctx: Context,
        input: Array,
        weights: Array,
        *,
        axis: int = -1,
        mode: str = "reflect",
        cval: complex = 0.0,
        origin: int = 0,
    ) -> Any:
        ctx.save(input, weights, mode, cval, origin, axis)
        return self.evaluate(input, weights, axis=axis, mode=mode, cval=cval, origin=origin)

    def backward(self, ctx: Context, grad: Array) -> tuple[Any, Any]:
        image, *_, origin, axis = ctx.saved
        return self.pull_back(ctx, grad, (axis % len(image.shape),), (origin,))


OPERATIONS: tuple[Operation, ...] = (
    MultiAxisCorrelation("ndimage.correlate", name="ndimage_correlate"),
    MultiAxisCorrelation("ndimage.convolve", name="ndimage_convolve"),
    AxisCorrelation("ndimage.correlate1d"),
    AxisCorrelation("ndimage.convolve1d"),
)
