"""Operations whose backward cannot do what forward accepts, or that accept what makes no sense."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context
from minigrad_core.errors import InputError

from ..pair import breaks
from .right.elementwise import Cosh, Scale, Softplus, Square
from .right.kinked import LeakyRelu, RowMasked
from .right.linalg import Dot
from .right.losses import HingeMulti
from .right.outputs import SumOverAxis
from .right.pairs import Add
from .right.reductions import Sum
from .right.smooth import Bare, ShiftedLog
from .right.softmax import LogSumExp


@breaks("refusal", "backward-raises")
class RowMaskedEmpty(RowMasked):
    # all-false mask: fails
    def backward(self, ctx: Context, grad: Any) -> Any:
        mask, shape = ctx.saved
        out = np.zeros(shape, grad.dtype)
        at = np.flatnonzero(mask)
        out[at[0]]
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
        scale = np.max(np.abs(grad))  # ValueError for an empty gradient
        scale = np.where(scale == 0, 1.0, scale)
        return super().backward(ctx, grad / scale) * scale


@breaks("refusal", "accepts-axis")
class SumAnyAxis(SumOverAxis):
    def forward(self, ctx: Context, x: Any, *, axis: int) -> Any:
        return super().forward(ctx, x, axis=axis % x.ndim)


@breaks("refusal", "tuple-of-one")
class ForwardReturnsTupleOfOne(Cosh):
    def forward(self, ctx: Context, x: Any) -> Any:
        return (super().forward(ctx, x),)


@breaks("refusal", "backward-raises")
class SumKeepdims(Sum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axis = ctx.saved
        if isinstance(axis, int):
            # An axis too many when keepdims kept it.
            return np.broadcast_to(np.expand_dims(grad, axis), x.shape) * 1
        return super().backward(ctx, grad)


@breaks("refusal", "accepts-index")
class HingeMultiWraps(HingeMulti):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        return super().forward(ctx, x, y % max(x.shape[1], 1))


@breaks("refusal", "accepts-mismatch")
class BroadcastsInSecret(ShiftedLog):
    # forward broadcasts, and nobody sums the gradient
    broadcasts = False


@breaks("refusal", "swallows-settings")
class SwallowsSettings(LeakyRelu):
    # slop=0.2 passes in silence.
    def forward(self, ctx: Context, x: Any, *, slope: float = 0.1, **_: Any) -> Any:
        return super().forward(ctx, x, slope=slope)


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
class LogSumExpBroadcastsRows(LogSumExp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        shift = np.where(np.isfinite(y), y, 0.0)
        return grad * np.exp(x - shift[:, None])


@breaks("refusal", "backward-raises")
class ScaleRefusesLate(Scale):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (factor,) = ctx.saved
        if factor not in (1.0, 2.5):  # which forward took
            raise InputError(f"scale: the factor {factor}")
        return grad * factor


@breaks("refusal", "backward-raises")
class SquareDropsZeros(Square):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return 2 * x * (grad if x.all() else grad[x != 0])
