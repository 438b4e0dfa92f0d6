"""Right operations, in ways of writing that tempt to an accusation; some were accused once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, between, boolean, dominant, integers, nonzero, real
from minigrad_core.contracts.operation import NonDifferentiable

from .right.reductions import Variance


class BigRange(Operation):
    """exp(x) + 1e8 x, any shape. d/dx = grad (exp(x) + 1e8)."""

    name = "big_range"
    cases = (Case(x=between(-30, 30)),)

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.exp(x)
        ctx.save(y)
        return y + 1e8 * x

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * (ctx.saved[0] + 1e8)


class PeakLast(Operation):
    """Maximum over the last axis; x: (n, k). d/dx = grad for the last of the maxima."""

    name = "peak_last"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        k = x.shape[-1]
        if k == 0:
            raise ValueError("peak: empty")
        at = k - 1 - np.argmax(x[..., ::-1], axis=-1)
        ctx.save(at[..., None] == np.arange(k))
        return np.max(x, axis=-1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return ctx.saved[0] * grad[..., None]


class Quantize(NonDifferentiable):
    """floor(4 x) / 4, any shape; flat almost everywhere."""

    name = "quantize"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.floor(x * 4) / 4


class Sawtooth(Operation):
    """x - floor(x), any shape: jumps at integers. d/dx = grad."""

    name = "sawtooth"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return x - np.floor(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad + 0


class StableSigmoidLoss(Operation):
    """log(1 + exp(-y z)), y ints of -1 or 1: (n,), z: (n,). d/dz = -grad y sigmoid(-y z)."""

    name = "logistic_loss"
    cases = (Case(z=real("n"), y=integers(-1, 2, "n")),)

    def forward(self, ctx: Context, z: Any, y: Any) -> Any:
        y = y.astype(z.dtype)
        ctx.save(z, y)
        return np.logaddexp(0, -y * z)

    def backward(self, ctx: Context, grad: Any) -> Any:
        z, y = ctx.saved
        return -grad * y * (0.5 - 0.5 * np.tanh(y * z / 2)), None


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


class AddNoise(Operation):
    """x plus noise drawn from a generator that is made from the seed setting."""

    name = "add_noise"
    cases = (Case(x=real("n k"), seed=3),)

    def forward(self, ctx: Any, x: Any, *, seed: Any = 0, sigma: Any = 0.1) -> Any:
        rng = np.random.default_rng(seed)
        noise = rng.standard_normal(x.shape).astype(x.dtype)
        return x + sigma * noise

    def backward(self, ctx: Any, grad: Any) -> Any:
        return grad * 1


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


class LogNdtr(Operation):
    name = "log_ndtr2"
    broadcasts = True
    once_differentiable = "scipy's log_ndtr has no rule here"
    cases = (Case(x=between(-6, 6, "...")),)

    def forward(self, ctx: Any, x: Any) -> Any:
        y = sp.log_ndtr(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, y = ctx.saved
        return grad * np.exp(-0.5 * x * x - 0.5 * np.log(2 * np.pi) - y).astype(grad.dtype)


class Erf(Operation):
    """The integral of 2 / sqrt(pi) exp(-t**2) up to x, any shape. d/dx = 2 grad / sqrt(pi) exp(-x**2)."""

    name = "erf"
    broadcasts = True
    once_differentiable = "math.erf is not recorded"

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.vectorize(math.erf, otypes=[x.dtype])(x)  # in float64, whatever the dtype

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return (grad * (2 / math.sqrt(math.pi)) * np.exp(-x * x)).astype(grad.dtype)


class ReluOneAtZero(Operation):
    """max(x, 0), any shape. d/dx = grad where x >= 0: the right-hand slope at the kink."""

    name = "relu_one_at_zero"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x >= 0)
        return np.maximum(x, 0)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (active,) = ctx.saved
        return grad * active


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


class AtLeast(Operation):
    """Whether x >= y, as booleans, broadcast. No gradient."""

    name = "at_least"
    broadcasts = True
    differentiable = False

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        return x >= y

    def backward(self, ctx: Context, grad: Any) -> Any:
        raise NotImplementedError


class Gaussians(Operation):
    """exp(-|x_i - y_j|**2 / 2), tiny or subnormal for points far apart. x: (n, d), y: (m, d) -> (n, m)."""

    name = "gaussians"
    cases = (Case(x=real("n d"), y=real("m d")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        apart = x[:, None, :] - y[None, :, :]
        k = np.exp(-0.5 * np.sum(apart * apart, axis=-1))
        ctx.save(apart, k)
        return k

    def backward(self, ctx: Context, grad: Any) -> Any:
        apart, k = ctx.saved
        pull = (grad * k)[:, :, None] * apart
        return -pull.sum(axis=1), pull.sum(axis=0)


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


class Quotient(Operation):
    """x / y for y != 0, broadcast by hand: gradients are summed here, `broadcasts` is not claimed.

    x: (n, k), y: (k,) -> (n, k). d/dx = grad / y, d/dy = -sum over n of grad * out / y.
    """

    name = "divide_columns"
    cases = (Case(x=real("n k"), y=nonzero("k")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if x.ndim != 2 or y.shape != x.shape[-1:]:
            raise ValueError(f"divide_columns: shapes {x.shape} and {y.shape} do not fit")
        out = x / y
        ctx.save(out, y)
        return out

    def backward(self, ctx: Context, grad: Any) -> Any:
        out, y = ctx.saved
        return grad / y, -(grad * out / y).sum(axis=0)


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


class Cube:
    """x**3 for any shape, d/dx = 3 x**2 grad."""

    name = "cube"
    broadcasts = True

    def forward(self, ctx: Any, x: Any) -> Any:
        ctx.save(x)
        return x * x * x

    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        return (3 * x * x * grad,)


class Plain:
    """x + 2 y for vectors of one length, d/dx = grad, d/dy = 2 grad. Static methods, a case, nothing else."""

    name = "plain"
    cases = (Case(x=real("n"), y=real("n")),)

    @staticmethod
    def forward(ctx: Any, x: Any, y: Any) -> Any:
        if x.shape != y.shape:
            raise ValueError("plain: the shapes differ")
        return x + 2 * y

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        return grad + 0, 2 * grad


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


IDIOMS: tuple[type, ...] = (
    BigRange,
    PeakLast,
    Quantize,
    Sawtooth,
    StableSigmoidLoss,
    ComposedNormal,
    SumFloat32,
    ArgmaxWithValue,
    AddNoise,
    DropoutMask,
    LogDet,
    LogNdtr,
    Erf,
    ReluOneAtZero,
    MaximumFirstTakesAll,
    AbsCopySign,
    AtLeast,
    Gaussians,
    KeepMasked,
    KeepMaskedByProduct,
    Quotient,
    StraightSum,
    Reshape,
    OneBufferTwoGradients,
    ExponentialDecay,
    VarianceFarFromZero,
)
