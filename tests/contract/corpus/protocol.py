"""Operations that break the protocol itself: nonsense returned, exceptions, exits, settings swallowed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .twins.elementwise import Exp, Log, Reciprocal, Scale, Sigmoid, Sin, Sqrt, Square, Tanh
from .twins.kinked import LeakyRelu
from .twins.linalg import Affine, Dot
from .twins.losses import Dropout, SquaredError
from .twins.pairs import Add, Lerp, Multiply, Subtract
from .twins.reductions import Sum

if TYPE_CHECKING:
    from minigrad_core import Context


@wrong_operation("protocol", twin=Tanh, cause=r"None|array|forward|return")
class ForwardForgetsReturn(Tanh):
    def forward(self, ctx: Context, x: Any) -> Any:
        super().forward(ctx, x)  # no return


@wrong_operation("protocol", twin=Exp, cause=r"list|array|return|type")
class ForwardReturnsList(Exp):
    def forward(self, ctx: Context, x: Any) -> Any:
        return super().forward(ctx, x).tolist()  # a list is no array


@wrong_operation("protocol", twin=Sum, cause=r"float|array|return|type|dtype")
class ForwardReturnsFloat(Sum):
    def forward(self, ctx: Context, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
        y = super().forward(ctx, x, axis=axis, keepdims=keepdims)
        return float(y) if isinstance(y, np.generic) else y  # a Python float for a 0-d result


@wrong_operation("protocol", twin=Sin, cause=r"object|dtype|array")
class ForwardReturnsObjects(Sin):
    def forward(self, ctx: Context, x: Any) -> Any:
        return super().forward(ctx, x).astype(object)  # an array of Python objects


@wrong_operation("protocol", twin=Square, cause=r"nan|finite|value")
class ForwardReturnsNan(Square):
    def forward(self, ctx: Context, x: Any) -> Any:
        return super().forward(ctx, x) * np.nan  # NaN everywhere


@wrong_operation("protocol", twin=Log, cause=r"nan|finite|gradient")
class BackwardReturnsNan(Log):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, grad) * np.nan  # NaN everywhere


@wrong_operation("protocol", twin=Sqrt, cause=r"None|gradient|return|array")
class BackwardForgetsReturn(Sqrt):
    def backward(self, ctx: Context, grad: Any) -> Any:
        super().backward(ctx, grad)  # no return


@wrong_operation("protocol", twin=Add, cause=r"list|tuple|return|type")
class BackwardReturnsLists(Add):
    def backward(self, ctx: Context, grad: Any) -> Any:
        # Lists of floats for arrays.
        return tuple(None if g is None else g.tolist() for g in super().backward(ctx, grad))


@wrong_operation("protocol", twin=Subtract, cause=r"str|array|return|type|gradient")
class BackwardReturnsString(Subtract):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return "grad", "-grad"  # nonsense


@wrong_operation("protocol", twin=Sigmoid, cause=r"NotImplemented|raise|backward|todo")
class BackwardNotImplemented(Sigmoid):
    def backward(self, ctx: Context, grad: Any) -> Any:
        raise NotImplementedError("todo")


@wrong_operation("protocol", twin=Scale, cause=r"raise|KeyError|forward|missing")
class ForwardRaises(Scale):
    def forward(self, ctx: Context, x: Any, *, factor: float) -> Any:
        return super().forward(ctx, x, factor={"one": 1.0}[str(factor)])  # KeyError on valid arguments


@wrong_operation("protocol", twin=Reciprocal, cause=r"exit|SystemExit|raise")
class ForwardExits(Reciprocal):
    def forward(self, ctx: Context, x: Any) -> Any:
        sys.exit("something went wrong")  # would end the whole test run


@wrong_operation("protocol", twin=Multiply, cause=r"exit|SystemExit|raise")
class BackwardExits(Multiply):
    def backward(self, ctx: Context, grad: Any) -> Any:
        sys.exit(3)  # would end the whole test run


@wrong_operation("protocol", twin=Multiply, cause=r"needs|number|gradients?|asked|expected|input")
class OnlyNeededGradients(Multiply):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return tuple(g for g in super().backward(ctx, grad) if g is not None)  # one per needed input


@wrong_operation("protocol", twin=Affine, cause=r"needs|unbound|raise|local|asked|subset|input")
class NeedsFirstForThird(Affine):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, weight = ctx.saved
        parts = {}
        if ctx.needs[0]:
            parts = {"dx": grad @ weight.T, "dbias": np.sum(grad, axis=0)}
        # KeyError if the bias needs a gradient and x does not.
        return parts.get("dx"), x.T @ grad if ctx.needs[1] else None, parts["dbias"] if ctx.needs[2] else None


@wrong_operation("protocol", twin=Lerp, cause=r"needs|asked|subset|input|differ")
class NeedsIndexShifted(Lerp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b, t = ctx.saved
        return (
            grad * (1 - t) if ctx.needs[0] else None,
            grad * t if ctx.needs[0] else None,  # asks for input 0 where it means 1
            grad * (b - a) if ctx.needs[2] else None,
        )


@wrong_operation("protocol", twin=LeakyRelu, cause=r"setting|unknown|keyword|swallow|kwargs")
class SwallowsSettings(LeakyRelu):
    # slop=0.2 passes in silence.
    def forward(self, ctx: Context, x: Any, *, slope: float = 0.1, **_: Any) -> Any:
        return super().forward(ctx, x, slope=slope)


@wrong_operation("protocol", twin=SquaredError, cause=r"setting|reduction|unknown|ignor|value|effect")
class IgnoresSetting(SquaredError):
    def forward(self, ctx: Context, x: Any, y: Any, *, reduction: str = "mean") -> Any:
        return super().forward(ctx, x, y)  # takes `reduction`, and does the same whatever it is


@wrong_operation("protocol", twin=Dot, cause=r"shape|mismatch|size|error|length|raise|accept")
class DotAcceptsMismatch(Dot):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        n = min(x.shape[0], y.shape[0])  # two lengths are an error, not a shorter product
        return super().forward(ctx, x[:n], y[:n])


@wrong_operation("protocol", twin=Dropout, cause=r"pickl|lambda|copy")
class NotPicklable(Dropout):
    def __init__(self) -> None:
        self.scaled = lambda x, keep: x / keep  # a lambda on the instance


@wrong_operation("protocol", twin=Sin, cause=r"name|identifier")
class BadName(Sin):
    name = "sin (radians)"  # no identifier


@wrong_operation("protocol", twin=Exp, cause=r"doc")
class NoDocstring(Exp):
    __doc__ = "."  # says nothing of shapes or of the gradient


class Bare:
    """y = 3 x, any shape; d/dx = 3 grad. Conforms structurally, without inheriting from anything."""

    name = "triple"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return 3 * x

    def backward(self, ctx: Context, grad: Any) -> Any:
        return 3 * grad


@wrong_operation("protocol", twin=Bare, cause=r"factor|\b2|\b3|0\.6|1\.5|times")
class BareWrong:
    name = "triple"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return 3 * x

    def backward(self, ctx: Context, grad: Any) -> Any:
        return 2 * grad  # 2 for 3


@wrong_operation("protocol", twin=Bare, cause=r"backward|attribute|missing|protocol|conform")
class BareWithoutBackward:
    name = "triple"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:  # no backward, and no differentiable = False
        return 3 * x
