"""Several arrays in one, and arrays that are repeated or rolled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, integers, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Stack(Operation):
    """Arrays of one shape (n,) as the columns of a matrix; any number of them -> (n, count)."""

    name = "stack"
    cases = (Case(arrays=(real("n"), real("n"))), Case(arrays=(real("n"), real("n"), real("n"))))

    def forward(self, ctx: Context, *arrays: Any) -> Any:
        if len({a.shape for a in arrays}) != 1:
            raise ValueError(f"stack: shapes {[a.shape for a in arrays]}")
        return np.stack(arrays, axis=-1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return tuple(grad[..., k] * 1 for k in range(grad.shape[-1]))


@wrong_operation("shape", twin=Stack, cause=r"swap|revers|order|input|differs|gradient of")
class StackReversed(Stack):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return tuple(grad[..., k] * 1 for k in reversed(range(grad.shape[-1])))


@wrong_operation("memory", twin=Stack, cause=r"view|share|memory|copy")
class StackViews(Stack):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return tuple(grad[..., k] for k in range(grad.shape[-1]))


class AddMany(Operation):
    """The sum of arrays that broadcast; any number. Each gets grad."""

    name = "add_many"
    broadcasts = True
    cases = (Case(arrays=(real("n k"), real("k"))), Case(arrays=(real("n k"), real("n k"), real("n 1"))))

    def forward(self, ctx: Context, *arrays: Any) -> Any:
        total = arrays[0] * 1
        for a in arrays[1:]:
            total = total + a
        ctx.save(len(arrays))
        return total

    def backward(self, ctx: Context, grad: Any) -> Any:
        (count,) = ctx.saved
        return tuple(grad * 1 for _ in range(count))


@wrong_operation("memory", twin=AddMany, cause=r"same|also the one|share|grad|copy")
class AddManyOneArray(AddMany):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (count,) = ctx.saved
        return (grad * 1,) * count


class Repeat(Operation):
    """x[i] repeated counts[i] times; x: (n, k), counts: (n,) ints >= 0 -> (sum of counts, k). d/dx
    sums them.
    """

    name = "repeat_rows"
    cases = (Case(x=real("n k"), counts=integers(0, 4, "n")),)

    def forward(self, ctx: Context, x: Any, counts: Any) -> Any:
        if counts.shape != x.shape[:1] or (counts < 0).any():
            raise ValueError(f"repeat_rows: x {x.shape}, counts {counts.shape}, none negative")
        source = np.repeat(np.arange(len(counts)), counts)
        ctx.save(source, len(counts))
        return x[source]

    def backward(self, ctx: Context, grad: Any) -> Any:
        source, n = ctx.saved
        return (np.arange(n)[:, None] == source).astype(grad.dtype) @ grad, None


@wrong_operation(
    "coverage", twin=Repeat, cause=r"zero|count|empty|index|only|entries|place|row|axis 0|differs"
)
class RepeatReduceAt(Repeat):
    once_differentiable = "np.add.reduceat is not recorded"

    def forward(self, ctx: Context, x: Any, counts: Any) -> Any:
        y = super().forward(ctx, x, counts)
        ctx.save(counts)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (counts,) = ctx.saved
        starts = np.cumsum(counts) - counts
        padded = np.concatenate([grad, np.zeros((1, grad.shape[1]), grad.dtype)])
        return np.add.reduceat(padded, starts, axis=0), None  # where a count is 0, the next row's first


class RollAxis(Operation):
    """x shifted by `shift` along `axis`, what falls off comes in again; any shape. d/dx is grad
    shifted back.
    """

    name = "roll_axis"
    cases = (
        Case(x=real("n k"), shift=1, axis=axis_of("x")),
        Case(x=real("n k m"), shift=-2, axis=axis_of("x")),
    )

    def forward(self, ctx: Context, x: Any, *, shift: int = 1, axis: int = 0) -> Any:
        ctx.save(shift, axis)
        return np.roll(x, shift, axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        shift, axis = ctx.saved
        return np.roll(grad, -shift, axis)


@wrong_operation("shape", twin=RollAxis, cause=r"shift|permut|place|roll|axis")
class RollAxisForward(RollAxis):
    def backward(self, ctx: Context, grad: Any) -> Any:
        shift, axis = ctx.saved
        return np.roll(grad, shift, axis)  # shifted further instead of back


@wrong_operation("coverage", twin=RollAxis, cause=r"axis|shift|permut|place")
class RollAxisZero(RollAxis):
    def backward(self, ctx: Context, grad: Any) -> Any:
        shift, _ = ctx.saved
        return np.roll(grad, -shift, 0)  # axis 0 whatever was asked for


class MoveFirst(Operation):
    """x with `axis` moved to the front; x: (n, k, m). d/dx is grad with the axis moved back."""

    name = "move_first"
    cases = (Case(x=real("n k m"), axis=axis_of("x")),)

    def forward(self, ctx: Context, x: Any, *, axis: int = -1) -> Any:
        order = [axis % x.ndim] + [a for a in range(x.ndim) if a != axis % x.ndim]
        if not -x.ndim <= axis < x.ndim:
            raise ValueError(f"move_first: axis {axis} is out of range for {x.ndim} axes")
        ctx.save(order)
        return np.transpose(x, order) * 1

    def backward(self, ctx: Context, grad: Any) -> Any:
        (order,) = ctx.saved
        back = [order.index(a) for a in range(len(order))]
        return np.transpose(grad, back) * 1


@wrong_operation("shape", twin=MoveFirst, cause=r"shape|transpos|permut|axes|axis")
class MoveFirstTwice(MoveFirst):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (order,) = ctx.saved
        return np.transpose(grad, order) * 1  # the permutation, not its inverse
