"""`convolve`, `correlate`, `fftconvolve`, `oaconvolve`, `convolve2d` and `correlate2d`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import scipy

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_ops_basic.dtypes import detach

from .. import signal
from ..extension import extend, extend_zeros, fold
from ..precision import match_precision
from ..primitives import ScipyFunction

_MODES = {"wrap": "wrap", "circular": "wrap", "symm": "reflect", "symmetric": "reflect"}  # as in ndimage


def _pad_to_full(
    grad: Any, n: Sequence[int], k: Sequence[int], axes: Sequence[int], mode: str, middle: int
) -> Any:
    """Return the gradient of the full convolution of shapes n and k, of which `mode` takes a part.

    middle: "same" begins at (k - middle) // 2, also along other axes, where in1 of size 1 was repeated.
    """
    pads = [(0, 0)] * len(n)
    for i in [i for i in range(len(n)) if i in axes or (mode == "same" and n[i] == 1)]:
        before = {"full": 0, "same": (k[i] - middle) // 2, "valid": min(n[i], k[i]) - 1}[mode]
        pads[i] = before, n[i] + k[i] - 1 - grad.shape[i] - before
    return extend_zeros(grad, pads)


def _correlate_spectra(whole: Any, kernel: Any, in1: Any, axes: Sequence[int]) -> tuple[Any, Any]:
    """Return the correlations of the gradient with the kernel and with in1, by five transforms."""
    if not axes:
        return _sum_to(whole * kernel, in1.shape), _sum_to(whole * in1, kernel.shape)
    is_complex = any(x.dtype.kind == "c" for x in (whole, kernel, in1))
    transform, invert = (np.fft.fftn, np.fft.ifftn) if is_complex else (np.fft.rfftn, np.fft.irfftn)
    sizes = [scipy.fft.next_fast_len(whole.shape[i], not is_complex) for i in axes]
    spectrum = transform(whole, sizes, axes)
    products = []
    for factor, like in ((kernel, in1), (in1, kernel)):
        product = spectrum * np.conj(transform(np.conj(factor), sizes, axes))
        y = invert(product, sizes, axes)
        inside = tuple(slice(like.shape[i]) if i in axes else slice(None) for i in range(len(like.shape)))
        products.append(_sum_to(y[inside], like.shape))
    return products[0], products[1]


def _sum_to(x: Any, shape: Sequence[int]) -> Any:
    """Return the sum of x over the axes along which an array of the given shape was repeated."""
    axes = tuple(i for i, n in enumerate(shape) if n == 1 and x.shape[i] != 1)
    return np.sum(x, axis=axes, keepdims=True) if axes else x


class Convolution(ScipyFunction):
    """y_i = sum over j of in1_j in2_(i - j): all of y, its middle, or the complete overlaps, as `mode` says.

    in1, in2: arrays with equally many axes. `correlate` reverses in2 and takes its conjugate.

    d/din1 = grad, padded with zeros, convolved with the reversed in2; d/din2: the same with in1.
    """

    def pull_back(
        self,
        ctx: Context,
        grad: Any,
        mode: str,
        *,
        method: str,
        axes: Any = None,
        boundary: str = "fill",
        fill: Any = 0,
    ) -> tuple[Any, Any]:
        """Return the gradients of both inputs.

        method: that of SciPy, or "plane" for `convolve2d`. axes: the axes of the convolution. boundary, fill:
        the values beyond the border of in1.
        """
        in1, in2, *_ = ctx.saved
        correlation = self.name.startswith("correlate")
        kernel = np.flip(np.conj(in2)) if correlation else in2
        n, k = in1.shape, in2.shape
        if self.name == "correlate2d" and mode == "valid" and any(i < j for i, j in zip(n, k, strict=True)):
            grad = np.conj(grad)  # SciPy exchanges the inputs, and takes the conjugate of in1
        products: tuple[Any, Any]
        if len(n) == 0:
            products = grad * kernel, grad * in1
        elif 0 in (*n, *k):
            products = np.zeros(n, in1.dtype), np.zeros(k, in2.dtype)
        else:
            axes = range(len(n)) if axes is None else [i % len(n) for i in np.atleast_1d(axes)]
            axes = tuple(i for i in axes if n[i] != 1 or k[i] != 1)
            whole = _pad_to_full(grad, n, k, axes, mode, middle=0 if self.name == "correlate2d" else 1)
            if method == "fft":
                products = _correlate_spectra(whole, kernel, in1, axes)
            elif mode == "valid" or (boundary not in _MODES and fill == 0):
                convolve = signal.convolve2d if method == "plane" else partial(signal.convolve, method=method)
                products = (
                    convolve(whole, np.flip(kernel), mode="valid") if ctx.needs[0] else None,
                    convolve(whole, np.flip(in1), mode="valid") if ctx.needs[1] else None,
                )
            else:
                products = self._pull_back_boundary(
                    ctx, whole, kernel, _MODES.get(boundary, "constant"), fill
                )
        gradients: list[Any] = [
            match_precision(product, x.dtype) if needed else None
            for product, x, needed in zip(products, (in1, in2), ctx.needs, strict=True)
        ]
        if correlation and ctx.needs[1]:
            gradients[1] = np.conj(np.flip(gradients[1]))
        return gradients[0], gradients[1]

    def _pull_back_boundary(
        self, ctx: Context, whole: Any, kernel: Any, mode: str, fill: Any
    ) -> tuple[Any, Any]:
        """Return the gradients of in1 and the kernel, for the valid convolution of in1 extended by `mode`."""
        in1, valid = ctx.saved[0], partial(signal.convolve2d, mode="valid")
        pads = [(k - 1, k - 1) for k in kernel.shape]
        modes = (mode,) * len(pads)
        before = after = None
        if ctx.needs[0]:
            before = fold(valid(extend_zeros(whole, pads), np.flip(kernel)), in1.shape, pads, modes)
        if ctx.needs[1]:
            extended = extend(in1, pads, modes)
            if fill != 0 and mode == "constant":
                extended = extended + fill * (1 - extend_zeros(np.ones(in1.shape), pads))
            after = np.flip(valid(extended, np.flip(whole)))
        return before, after


_SHAPES = (("5", "3"), ("3 1", "2 2"), ("3 4", "2 3"))


class AnyConvolution(Convolution):
    """`convolve` and `correlate`, by `method`: "direct", "fft" or "auto"."""

    cases = (
        *(Case(in1=real(a), in2=real(b), mode=mode) for mode in ("full", "same") for a, b in _SHAPES),
        *(
            Case(in1=real(a), in2=real(b), mode="valid")
            for a, b in (("n", "n"), ("2 2", "3 4"), ("4 3", "2 3"))
        ),
        Case(in1=real(""), in2=real("")),
        Case(in1=real("4"), in2=real("3"), method="direct"),
    )

    def forward(
        self, ctx: Context, in1: Array, in2: Array, *, mode: str = "full", method: str = "auto"
    ) -> Any:
        ctx.save(in1, in2, mode, method)
        return self.evaluate(in1, in2, mode=mode, method=method)

    def backward(self, ctx: Context, grad: Array) -> tuple[Any, Any]:
        in1, in2, mode, method = ctx.saved
        if method == "auto" and in1.ndim:
            arrays = detach(in1), detach(in2)
            method = "direct" if 0 in (in1.size, in2.size) else scipy.signal.choose_conv_method(*arrays, mode)
        return self.pull_back(ctx, grad, mode, method=method)


class FourierConvolution(Convolution):
    """`fftconvolve` and `oaconvolve` along `axes`; along the others the inputs broadcast."""

    cases = (
        *(Case(in1=real(a), in2=real(b), mode=mode) for mode in ("full", "same") for a, b in _SHAPES),
        Case(in1=real("2 4"), in2=real("1 2"), mode="valid", axes=1),
        Case(in1=real("3 4"), in2=real("3 2"), axes=1),
        Case(in1=real("n"), in2=real("1")),
        Case(in1=real("1 2"), in2=real("3 4"), mode="full", axes=(-1,)),
        Case(in1=real("70"), in2=real("2")),
    )

    def forward(self, ctx: Context, in1: Array, in2: Array, *, mode: str = "full", axes: Any = None) -> Any:
        ctx.save(in1, in2, mode, axes)
        return self.evaluate(in1, in2, mode=mode, axes=axes)

    def backward(self, ctx: Context, grad: Array) -> tuple[Any, Any]:
        *_, mode, axes = ctx.saved
        return self.pull_back(ctx, grad, mode, method="fft", axes=axes)


class PlaneConvolution(Convolution):
    """`convolve2d` and `correlate2d` of matrices.

    boundary: what lies around in1, "fill" for `fillvalue`, "wrap" for its repetition, "symm" for its image.
    """

    cases = (
        *(
            Case(in1=real("3 4"), in2=real("2 3"), mode=mode, boundary=boundary)
            for mode in ("full", "same", "valid")
            for boundary in ("fill", "wrap", "symm")
        ),
        Case(in1=real("3 4"), in2=real("2 3"), fillvalue=0.7),
        Case(in1=real("2 2"), in2=real("3 4"), mode="valid", boundary="wrap"),
    )

    def forward(
        self,
        ctx: Context,
        in1: Array,
        in2: Array,
        *,
        mode: str = "full",
        boundary: str = "fill",
        fillvalue: complex = 0,
    ) -> Any:
        ctx.save(in1, in2, mode, boundary, fillvalue)
        return self.evaluate(in1, in2, mode=mode, boundary=boundary, fillvalue=fillvalue)

    def backward(self, ctx: Context, grad: Array) -> tuple[Any, Any]:
        *_, mode, boundary, fill = ctx.saved
        return self.pull_back(ctx, grad, mode, method="plane", boundary=boundary, fill=fill)


OPERATIONS: tuple[Operation, ...] = (
    AnyConvolution("signal.convolve"),
    AnyConvolution("signal.correlate"),
    FourierConvolution("signal.fftconvolve"),
    FourierConvolution("signal.oaconvolve"),
    PlaneConvolution("signal.convolve2d"),
    PlaneConvolution("signal.correlate2d"),
)
