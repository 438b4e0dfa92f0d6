"""Right operations, in ways of writing that tempt to an accusation; some were accused once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, between, boolean, dominant, positive, real

from .right.reductions import Variance


class ComposedNormal(Operation):
    """Log-density of a normal: -(x - m)^2 / (2 s^2) - log s - log(2 pi)/2, broadcast, s > 0.

    All three by the chain rule, times grad.
    """

    name = "normal_logpdf"
    broadcasts = True
    cases = (Case(x=real(), m=real(), s=between(0.2, 4)),)

    def forward(self, ctx: Context, x: Any, m: Any, s: Any) -> Any:
        z = (x - m) / s
        ctx.save(z, s)
        return -0.5 * z * z - np.log(s) - 0.5 * math.log(2 * math.pi)

    def backward(self, ctx: Context, grad: Any) -> Any:
        z, s = ctx.saved
        g = grad * z / s
        return -g, g + 0, grad * (z * z - 1) / s


class ShareOfTwo(Operation):
    """x / (x + y) for x, y > 0, broadcasting; 1 where x is infinite, of which the reference makes NaN."""

    name = "share_of_two"
    broadcasts = True
    cases = (Case(x=positive(), y=positive()),)
    reference = staticmethod(lambda x, y: x / (x + y))

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save(x, y)
        return 1 / (1 + y / x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        share = grad / (x + y)
        return share * (y / (x + y)), -share * (x / (x + y))


class SumFloat32(Operation):
    """sum of x over the last axis, one value after another; x: (n, k). d/dx = grad."""

    name = "running_total"
    cases = (Case(x=real("n k")),)
    once_differentiable = "a loop over columns"

    def forward(self, ctx: Context, x: Any) -> Any:
        total = np.zeros(x.shape[:-1], x.dtype)
        for j in range(x.shape[-1]):
            total = total + x[..., j]
        ctx.save(x.shape)
        return total

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.broadcast_to(grad[..., None], ctx.saved[0]) + 0


class ArgmaxWithValue(Operation):
    """Largest value of each row and its index; x: (n, k) -> (n,), (n,) ints.

    d/dx = grad at the first maximum.
    """

    name = "max_and_where"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        if x.shape[1] == 0:
            raise ValueError("max_and_where: no columns")
        at = np.argmax(x, axis=1)
        ctx.save(at[:, None] == np.arange(x.shape[1]))
        return np.max(x, axis=1), at

    def backward(self, ctx: Context, grad: Any, _: Any) -> Any:
        return ctx.saved[0] * grad[:, None]


class DropoutMask(Operation):
    name = "dropout_mask"
    cases = (Case(x=real("n k"), keep=boolean("n k"), p=0.25),)

    def forward(self, ctx: Any, x: Any, keep: Any, *, p: Any = 0.5) -> Any:
        ctx.save(keep, 1 / (1 - p))
        return x * keep * (1 / (1 - p))

    def backward(self, ctx: Any, grad: Any) -> Any:
        keep, scale = ctx.saved
        return grad * keep * scale, None


class LogDet(Operation):
    name = "log_abs_det"
    cases = (Case(a=dominant("n n")),)

    def forward(self, ctx: Any, a: Any) -> Any:
        ctx.save(a)
        return np.linalg.slogdet(a)[1]

    def backward(self, ctx: Any, grad: Any) -> Any:
        (a,) = ctx.saved
        return grad * np.linalg.inv(a).T

    once_differentiable = "slogdet has no rule here"


class MaximumFirstTakesAll(Operation):
    """The larger of x and y, broadcast. At a tie x gets all of the gradient, y nothing."""

    name = "maximum_first"
    broadcasts = True

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        first = x >= y
        ctx.save(first)
        return np.maximum(x, y)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (first,) = ctx.saved
        return np.where(first, grad, 0.0), np.where(first, 0.0, grad)


class AbsCopySign(Operation):
    """|x|, any shape. d/dx = grad * (1 where x >= 0, else -1)."""

    name = "abs_signed"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return abs(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x >= 0, grad, -grad)


class KeepMasked(Operation):
    """x where mask, else 0; (n, k) both. d/dx = grad where mask, else 0."""

    name = "keep_masked"
    cases = (Case(x=real("n k"), mask=boolean("n k")),)

    def forward(self, ctx: Any, x: Any, mask: Any) -> Any:
        if x.shape != mask.shape:
            raise ValueError(f"keep_masked: shapes {x.shape} and {mask.shape} differ")
        ctx.save(mask)
        return np.where(mask, x, 0.0)

    def backward(self, ctx: Any, grad: Any) -> Any:
        (mask,) = ctx.saved
        return (np.where(mask, grad, 0.0) if ctx.needs[0] else None, None)


class KeepMaskedByProduct(KeepMasked):
    """x times mask; (n, k) both. d/dx = grad where mask, else 0."""

    name = "keep_masked_by_product"

    def forward(self, ctx: Any, x: Any, mask: Any) -> Any:
        super().forward(ctx, x, mask)
        return x * mask.astype(x.dtype)


class StraightSum(Operation):
    """The sum of all values. x: any shape -> (). d/dx = grad everywhere."""

    name = "total"
    cases = (Case(x=real("...")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x.shape)
        return x.sum()

    def backward(self, ctx: Context, grad: Any) -> Any:
        (shape,) = ctx.saved
        return np.broadcast_to(grad, shape).copy()


class Reshape(Operation):
    """x in another shape, as a view. x: (n, 6) -> (n, 2, 3). d/dx = grad in x's shape."""

    name = "reshape_six"
    cases = (Case(x=real("n 6")),)
    returns_view = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return x.reshape(x.shape[0], 2, 3)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad.reshape(grad.shape[0], 6).copy()


class OneBufferTwoGradients(Operation):
    """x - y for vectors of one length. Both gradients are windows on one buffer that do not overlap."""

    name = "difference"
    cases = (Case(x=real("n"), y=real("n")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if x.ndim != 1 or x.shape != y.shape:
            raise ValueError(f"difference: shapes {x.shape} and {y.shape} differ")
        return x - y

    def backward(self, ctx: Context, grad: Any) -> Any:
        both = np.concatenate((grad, -grad))
        return both[: grad.shape[0]], both[grad.shape[0] :]


class ExponentialDecay(Operation):
    """a exp(-k), broadcasting. d/da = grad exp(-k), d/dk = -grad a exp(-k).

    np.exp of a Python number is a float64, which promotes in NumPy itself: nobody converted anything.
    """

    name = "exponential_decay"
    broadcasts = True

    def forward(self, ctx: Any, a: Any, k: Any) -> Any:
        e = np.exp(-k)
        ctx.save(a, e)
        return a * e

    def backward(self, ctx: Any, grad: Any) -> Any:
        a, e = ctx.saved
        return grad * e, -grad * a * e


class VarianceFarFromZero(Variance):
    """Population variance of each row of values in (1000, 1001). x: (n, k) -> (n,).

    d/dx = grad * 2 (x - mean) / k.
    """

    name = "variance_far_from_zero"
    cases = (Case(x=between(1000, 1001, "n k")),)


class CubeRoot(Operation):
    """The real root of x, whose slope at 0 is infinite: no tie of other values says something about it.

    d/dx = grad |x|^(-2/3) / 3, any shape.
    """

    name = "cube_root"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.cbrt(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        with np.errstate(divide="ignore"):
            return grad * np.abs(x) ** (-2 / 3) / 3


IDIOMS: tuple[type, ...] = (
    ComposedNormal,
    ShareOfTwo,
    SumFloat32,
    ArgmaxWithValue,
    DropoutMask,
    LogDet,
    MaximumFirstTakesAll,
    AbsCopySign,
    KeepMasked,
    KeepMaskedByProduct,
    StraightSum,
    Reshape,
    OneBufferTwoGradients,
    ExponentialDecay,
    VarianceFarFromZero,
    CubeRoot,
)
