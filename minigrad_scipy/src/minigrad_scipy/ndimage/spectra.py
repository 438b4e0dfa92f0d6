"""The Fourier filters: products of a spectrum with a constant factor."""

from __future__ import annotations

from typing import Any

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real

from ..primitives import ScipyFunction, cast


class FourierFilter(ScipyFunction):
    """A spectrum times a factor that depends on the frequencies.

    d/dinput = grad times the same factor.
    """

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        (x,) = inputs
        y = super().compute(x, **settings)
        return cast(y, x.dtype) if x.dtype.kind in "fc" and y.dtype.kind == "c" else y

    def filter(self, ctx: Context, x: Array, **settings: Any) -> Any:
        """Return SciPy's result, and save the settings."""
        ctx.save(settings)
        return self.evaluate(x, **settings)

    def backward(self, ctx: Context, grad: Array) -> Any:
        (settings,) = ctx.saved
        return self.evaluate(grad, **settings)


class FourierGaussian(FourierFilter):
    """The spectrum of the image smoothed by a Gaussian; sigma: one number, or one per axis.

    d/dinput = grad times the same factor.
    """

    cases = (Case(input=real("3 4"), sigma=(0.5, 0.8)), Case(input=real("3 3"), sigma=0.5, n=4, axis=1))

    def forward(self, ctx: Context, input: Array, *, sigma: Any, n: int = -1, axis: int = -1) -> Any:
        return self.filter(ctx, input, sigma=sigma, n=n, axis=axis)


class FourierBox(FourierFilter):
    """The spectrum of the image averaged over a box or an ellipsoid; size: one number, or one per axis.

    d/dinput = grad times the same factor.
    """

    cases = (Case(input=real("3 4"), size=(2.0, 1.5)), Case(input=real("3 3"), size=1.5, n=4, axis=1))

    def forward(self, ctx: Context, input: Array, *, size: Any, n: int = -1, axis: int = -1) -> Any:
        return self.filter(ctx, input, size=size, n=n, axis=axis)


class FourierShift(FourierFilter):
    """The spectrum of the shifted image; shift: one number, or one per axis.

    d/dinput = grad times the same factor.
    """

    cases = (
        Case(input=real("3 4"), shift=(0.5, -0.8)),
        Case(input=real("3 3"), shift=0.5, n=4, axis=1),
        Case(input=real("4"), shift=0.3, axis=axis_of("input")),
    )

    def forward(self, ctx: Context, input: Array, *, shift: Any, n: int = -1, axis: int = -1) -> Any:
        return self.filter(ctx, input, shift=shift, n=n, axis=axis)


OPERATIONS: tuple[Operation, ...] = (
    FourierGaussian("ndimage.fourier_gaussian"),
    FourierBox("ndimage.fourier_uniform"),
    FourierBox("ndimage.fourier_ellipsoid"),
    FourierShift("ndimage.fourier_shift"),
)
