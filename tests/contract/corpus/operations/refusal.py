"""Operations whose backward cannot do what forward accepts, or that accept what makes no sense."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context
from minigrad_core.cases import Case, axis_of, real
from minigrad_core.errors import InputError

from ..pair import breaks
from .right.indexing import HingeMulti, RowMasked
from .right.reductions import Dot, RowFold
from .right.shipped import Add, Cosh, LeakyRelu, Softplus, Square, Sum
from .right.smooth import Bare, Scale, ShiftedLog


@breaks("refusal", "backward-raises")
class RowMaskedEmpty(RowMasked):  # fails for an all-false mask
    def backward(self, ctx: Context, grad: Any) -> Any:
        mask, shape = ctx.saved
        out = np.zeros(shape, grad.dtype)
        out[np.flatnonzero(mask)[0]]
        out[mask] = grad
        return out, None


@breaks("refusal", "forward-raises")
class AddOnlyEqualShapes(Add):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if x.shape != y.shape:  # but broadcasts = True says otherwise
            raise ValueError(f"add: shapes {x.shape} and {y.shape} differ")
        return x + y


@breaks("refusal", "forward-raises")
class SquareNotOfScalars(Square):
    def forward(self, ctx: Context, x: Any) -> Any:
        assert x.shape[0] >= 0  # IndexError for 0-d
        return super().forward(ctx, x)


@breaks("refusal", "backward-raises")
class SoftplusNotOfEmpty(Softplus):
    def backward(self, ctx: Context, grad: Any) -> Any:
        scale = np.max(np.abs(grad)) or 1.0  # ValueError for an empty gradient
        return super().backward(ctx, grad / scale) * scale


@breaks("refusal", "accepts-axis")
class SumAnyAxis(Sum):
    cases = (Case(x=real("n k m"), axis=axis_of("x")),)

    def forward(self, ctx: Context, x: Any, *, axis: int) -> Any:
        return super().forward(ctx, x, axis=axis % x.ndim)


@breaks("refusal", "tuple-of-one")
class ForwardReturnsTupleOfOne(Cosh):
    def forward(self, ctx: Context, x: Any) -> Any:
        return (super().forward(ctx, x),)


@breaks("refusal", "backward-raises")
class SumKeepdims(Sum):
    cases = (Case(x=real("n k"), axis=axis_of("x"), keepdims=True),)

    def forward(self, ctx: Context, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
        y = super().forward(ctx, x, axis=axis, keepdims=keepdims)
        ctx.save(x.shape, axis, False, True)  # an axis too many in backward where keepdims kept it
        return y


@breaks("refusal", "accepts-index")
class HingeMultiWraps(HingeMulti):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        return super().forward(ctx, x, y % max(x.shape[1], 1))


@breaks("refusal", "accepts-mismatch")
class BroadcastsInSecret(ShiftedLog):  # forward broadcasts, and nobody sums the gradient
    broadcasts = False


@breaks("refusal", "swallows-settings")
class SwallowsSettings(LeakyRelu):  # slope=0.2 passes silently
    def forward(self, ctx: Context, x: Any, *, negative_slope: float = 0.01, **_: Any) -> Any:
        return super().forward(ctx, x, negative_slope=negative_slope)


@breaks("refusal", "accepts-choice")
class RowFoldTakesAnyFold(RowFold):
    def forward(self, ctx: Context, x: Any, *, fold: Any = "sum") -> Any:
        return super().forward(ctx, x, fold="sum" if fold == "sum" else "mean")


@breaks("refusal", "accepts-mismatch")
class DotAcceptsMismatch(Dot):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        n = min(x.shape[0], y.shape[0])  # two lengths are an error, not a shorter product
        return super().forward(ctx, x[:n], y[:n])


@breaks("refusal", "backward-raises", right=Bare)
class BareWithoutBackward:
    name = "triple"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:  # no backward, and no differentiable = False
        return 3 * x


@breaks("refusal", "backward-raises")
class ScaleRefusesLate(Scale):
    def backward(self, ctx: Context, grad: Any) -> Any:
        if ctx.saved[0] not in (1.0, 2.5):  # which forward took
            raise InputError(f"scale: the factor {ctx.saved[0]}")
        return super().backward(ctx, grad)


@breaks("refusal", "backward-raises")
class SquareDropsZeros(Square):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return 2 * x * (grad if x.all() else grad[x != 0])


@breaks("refusal", "accepts-mismatch")
class DotOfOne(Dot):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        return super().forward(ctx, np.repeat(x, y.size) if x.size == 1 else x, y)
