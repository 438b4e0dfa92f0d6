"""Faults of conduct: what an operation does to its arguments, its surroundings, its caller."""

from __future__ import annotations

import random
import warnings
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

import minigrad_core as mg

from .entry import wrong_operation
from .twins.elementwise import Exp, Expm1, Log1p, Scale, Sigmoid, Sin, Softplus, Square, Tanh
from .twins.indexing import TakeRows
from .twins.linalg import Matmul, Outer
from .twins.pairs import Add, Multiply
from .twins.reductions import Sum, Variance
from .twins.various import Cosh, Radians, SumOverAxis, Twice

if TYPE_CHECKING:
    from minigrad_core import Context


@wrong_operation("memory", twin=Exp, cause=r"read-?only|writ|flag|input|chang|freez")
class ExpFreezesInput(Exp):
    def forward(self, ctx: Context, x: Any) -> Any:
        if isinstance(x, np.ndarray):
            x.flags.writeable = False  # nobody may change the caller's array any more
        return super().forward(ctx, x)


@wrong_operation("memory", twin=Sin, cause=r"shape|grad|chang|in.?place|writ|purity|modif|mutat")
class SinReshapesGrad(Sin):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        if isinstance(grad, np.ndarray) and grad.ndim == 2 and grad.flags.c_contiguous:
            grad.shape = (-1,)  # the caller's array has another shape now
            return (grad * np.cos(x).reshape(-1)).reshape(x.shape)
        return grad * np.cos(x)


@wrong_operation(
    "memory", twin=TakeRows, cause=r"index|integer|sort|chang|in.?place|writ|purity|modif|mutat|input 1"
)
class TakeSortsIndex(TakeRows):
    def forward(self, ctx: Context, table: Any, index: Any) -> Any:
        out = super().forward(ctx, table, index * 1)
        if isinstance(index, np.ndarray) and index.flags.writeable:
            index.sort()  # the caller's indices, now in order
        return out


@wrong_operation("memory", twin=Twice, cause=r"memory|alias|same array|share|output")
class TwiceOneArray(Twice):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = 2 * x
        return y, y  # one array for two outputs


@wrong_operation("state", twin=Tanh, cause=r"random|seed|global|state")
class TanhSeedsPythonRandom(Tanh):
    def forward(self, ctx: Context, x: Any) -> Any:
        random.seed(1)  # the standard library's generator is global too
        return super().forward(ctx, x)


@wrong_operation("state", twin=Scale, cause=r"state|self|setting|second|first|two|factor|differ|kept")
class ScaleRemembersFactor(Scale):
    factor: float | None = None

    def forward(self, ctx: Context, x: Any, *, factor: float) -> Any:
        self.factor = self.factor or factor  # the first factor for ever, in backward
        ctx.save(self.factor)
        return x * factor


@wrong_operation("state", twin=Radians, cause=r"float64|float32|dtype|state|cache|differ|precision")
class RadiansCachedDtype(Radians):
    constants: ClassVar[dict[str, Any]] = {}

    def backward(self, ctx: Context, grad: Any) -> Any:
        factor = self.constants.setdefault("factor", np.full((), np.pi / 180, grad.dtype))
        return grad * factor  # in the dtype of the first call


@wrong_operation("state", twin=Log1p, cause=r"warning|warn")
class Log1pAnnouncesItself(Log1p):
    def forward(self, ctx: Context, x: Any) -> Any:
        warnings.warn("log1p is experimental", stacklevel=2)  # at every call
        return super().forward(ctx, x)


@wrong_operation("shape", twin=Add, cause=r"broadcast|shape|raise|ValueError")
class AddOnlyEqualShapes(Add):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if x.shape != y.shape:  # but broadcasts = True says otherwise
            raise ValueError(f"add: shapes {x.shape} and {y.shape} differ")
        return x + y


@wrong_operation("shape", twin=Square, cause=r"0-d|scalar|\(\)|IndexError|raise|shape|dimension")
class SquareNotOfScalars(Square):
    def forward(self, ctx: Context, x: Any) -> Any:
        assert x.shape[0] >= 0  # IndexError for 0-d
        return super().forward(ctx, x)


@wrong_operation("shape", twin=Softplus, cause=r"empty|zero-size|raise|ValueError|size 0|\(0")
class SoftplusNotOfEmpty(Softplus):
    def backward(self, ctx: Context, grad: Any) -> Any:
        scale = np.max(np.abs(grad))  # ValueError for an empty gradient
        scale = np.where(scale == 0, 1.0, scale)
        return super().backward(ctx, grad / scale) * scale


@wrong_operation("protocol", twin=Multiply, cause=r"needs|subset|asked|raise|saved|input|None")
class MultiplySavesTheWrongOne(Multiply):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        # x is needed for y's gradient, and the other way round.
        ctx.save(x if ctx.needs[0] else None, y if ctx.needs[1] else None)
        return x * y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return (grad * y if ctx.needs[0] else None, grad * x if ctx.needs[1] else None)


@wrong_operation("protocol", twin=Sin, cause=r"implements|np\.cos|numpy|claim|differ|value")
class SinClaimsCos(Sin):
    implements = (np.cos,)  # np.cos(tensor) would be a sine


@wrong_operation("protocol", twin=SumOverAxis, cause=r"axis|range|error|raise|accept|setting")
class SumAnyAxis(SumOverAxis):
    def forward(self, ctx: Context, x: Any, *, axis: int) -> Any:
        return super().forward(ctx, x, axis=axis % x.ndim)  # axis 7 of a matrix is accepted in silence


class Abort(BaseException):
    """Not an Exception."""


@wrong_operation("protocol", twin=Exp, cause=r"Abort|raise|exception")
class BackwardAborts(Exp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        raise Abort("by something that `except Exception` does not catch")


@wrong_operation("protocol", twin=Outer, cause=r"generator|tuple|type|return|gradients?")
class BackwardIsGenerator(Outer):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return (g for g in super().backward(ctx, grad))  # a generator is no tuple


@wrong_operation("protocol", twin=Expm1, cause=r"mask|ndarray|type|array|subclass")
class ForwardReturnsMasked(Expm1):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        return np.ma.masked_array(y) if isinstance(x, np.ndarray) else y  # not a plain array


@wrong_operation("protocol", twin=Sigmoid, cause=r"Tensor|type|array|return")
class ForwardReturnsTensor(Sigmoid):
    def forward(self, ctx: Context, x: Any) -> Any:
        return mg.Tensor(super().forward(ctx, x))  # forward works on arrays, the engine wraps


@wrong_operation("protocol", twin=Cosh, cause=r"tuple|output|return|type")
class ForwardReturnsTupleOfOne(Cosh):
    def forward(self, ctx: Context, x: Any) -> Any:
        return (super().forward(ctx, x),)  # calls give a tuple instead of a tensor


@wrong_operation("protocol", twin=Matmul, cause=r"saved|unpack|raise|ValueError|backward")
class MatmulSavesTwice(Matmul):
    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        y = super().forward(ctx, a, b)
        ctx.save(b)  # replaces what was saved: two values are expected
        return y


@wrong_operation("dtype", twin=Variance, cause=r"int|dtype|float")
class VarianceInWholeNumbers(Variance):
    def forward(self, ctx: Context, x: Any) -> Any:
        return (
            super().forward(ctx, x).astype(np.int64) if isinstance(x, np.ndarray) else super().forward(ctx, x)
        )


@wrong_operation("protocol", twin=Sum, cause=r"where|initial|setting|ignor|unknown|swallow|keyword")
class SumIgnoresWhere(Sum):
    def forward(
        self, ctx: Context, x: Any, *, axis: Any = None, keepdims: bool = False, where: Any = True
    ) -> Any:
        return super().forward(ctx, x, axis=axis, keepdims=keepdims)  # accepts `where=`, and forgets it
