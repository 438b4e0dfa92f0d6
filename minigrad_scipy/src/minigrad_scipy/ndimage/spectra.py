"""The Fourier filters: products of a spectrum with a constant factor."""

from __future__ import annotations

from typing import Any

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real

from ..composites import DescribedFunction
from ..precision import match_precision

_MEANS = (Case(input=real("3 4"), size=(2.0, 1.5)), Case(input=real("3 3"), size=1.5, n=4, axis=1))


class FourierFilter(DescribedFunction):
    """A spectrum times a factor that depends on the frequencies. d/dinput = grad times the same factor."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        (x,) = inputs
        y = super().compute(x, **settings)
        return match_precision(y, x.dtype) if x.dtype.kind in "fc" and y.dtype.kind == "c" else y

    def backward(self, ctx: Context, grad: Array) -> Any:
        _, settings = ctx.saved
        return self.evaluate(grad, **settings)


@FourierFilter.define(
    "ndimage.fourier_gaussian",
    Case(input=real("3 4"), sigma=(0.5, 0.8)),
    Case(input=real("3 3"), sigma=0.5, n=4, axis=1),
)
def fourier_gaussian(input: Any, *, sigma: Any, n: int = -1, axis: int = -1) -> Any:
    """The spectrum of the image smoothed by a Gaussian; sigma: one number, or one per axis.

    d/dinput = grad times the same factor.
    """


@FourierFilter.define("ndimage.fourier_uniform", *_MEANS)
def fourier_uniform(input: Any, *, size: Any, n: int = -1, axis: int = -1) -> Any:
    """The spectrum of the image averaged over a box or an ellipsoid; size: one number, or one per axis.

    d/dinput = grad times the same factor.
    """


@FourierFilter.define(
    "ndimage.fourier_shift",
    Case(input=real("3 4"), shift=(0.5, -0.8)),
    Case(input=real("3 3"), shift=0.5, n=4, axis=1),
    Case(input=real("4"), shift=0.3, axis=axis_of("input")),
)
def fourier_shift(input: Any, *, shift: Any, n: int = -1, axis: int = -1) -> Any:
    """The spectrum of the shifted image; shift: one number, or one per axis.

    d/dinput = grad times the same factor.
    """


OPERATIONS: tuple[Operation, ...] = (
    fourier_gaussian,
    fourier_uniform,
    FourierFilter("ndimage.fourier_ellipsoid", fourier_uniform.description, _MEANS),
    fourier_shift,
)
