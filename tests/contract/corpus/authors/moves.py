"""Values moved: rolled, permuted, padded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Roll(Operation):
    """x rolled by shift along axis; x: any shape with an axis. d/dx = grad rolled back."""

    name = "roll"
    cases = (
        Case(x=real("n k"), shift=1, axis=axis_of("x")),
        Case(x=real("n k"), shift=-2, axis=axis_of("x")),
    )

    def forward(self, ctx: Context, x: Any, *, shift: int = 1, axis: int = 0) -> Any:
        ctx.save(shift, axis)
        return np.roll(x, shift, axis=axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        shift, axis = ctx.saved
        return np.roll(grad, -shift, axis=axis)


@wrong_operation("shape", twin=Roll, cause=r"shifted")
class RollForward(Roll):
    # rolled forward again
    def backward(self, ctx: Context, grad: Any) -> Any:
        shift, axis = ctx.saved
        return np.roll(grad, shift, axis=axis)


@wrong_operation("shape", twin=Roll, cause=r"permuted|places")
class RollFlat(Roll):
    # axis ignored: flattened
    def backward(self, ctx: Context, grad: Any) -> Any:
        shift, _axis = ctx.saved
        return np.roll(grad, -shift)


@wrong_operation("shape", twin=Roll, cause=r"shifted")
class RollAbs(Roll):
    # abs(shift): negative shifts wrong
    def backward(self, ctx: Context, grad: Any) -> Any:
        shift, axis = ctx.saved
        return np.roll(grad, -abs(shift), axis=axis)


class Permute(Operation):
    """Axes of x in the order dims; x: (n, k, m). d/dx = grad in the inverse order."""

    name = "permute"
    returns_view = True
    cases = (Case(x=real("n k m"), dims=(2, 0, 1)), Case(x=real("n k m"), dims=(0, 2, 1)))

    def forward(self, ctx: Context, x: Any, *, dims: tuple[int, ...]) -> Any:
        ctx.save(dims)
        return np.transpose(x, dims)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (dims,) = ctx.saved
        return np.transpose(grad, tuple(int(i) for i in np.argsort(dims))) + 0


@wrong_operation("shape", twin=Permute, cause=r"permuted|places")
class PermuteForward(Permute):
    # permuted forward again instead of inverse
    def backward(self, ctx: Context, grad: Any) -> Any:
        (dims,) = ctx.saved
        back = np.transpose(grad, dims)
        inverse = tuple(int(i) for i in np.argsort(dims))
        shape = tuple(grad.shape[i] for i in inverse)
        return np.reshape(back, shape) + 0


@wrong_operation("memory", twin=Permute, cause=r"view")
class PermuteView(Permute):
    # returns a view without saying so
    returns_view = False


class PadConstant(Operation):
    """x with `before` and `after` values around the last axis; x: (n, k). d/dx = the middle of grad."""

    name = "pad_last"
    cases = (Case(x=real("n k"), before=1, after=2), Case(x=real("n k"), before=2, after=0))

    def forward(self, ctx: Context, x: Any, *, before: int = 0, after: int = 0, value: float = 0.0) -> Any:
        if before < 0 or after < 0:
            raise ValueError("pad_last: negative widths")
        ctx.save(before, x.shape[-1])
        return np.pad(x, [(0, 0)] * (x.ndim - 1) + [(before, after)], constant_values=value)

    def backward(self, ctx: Context, grad: Any) -> Any:
        before, k = ctx.saved
        return grad[..., before : before + k] + 0


@wrong_operation("shape", twin=PadConstant, cause=r"shifted.*before")
class PadStart(PadConstant):
    # cut from the start: before ignored
    def backward(self, ctx: Context, grad: Any) -> Any:
        _before, k = ctx.saved
        return grad[..., :k] + 0


@wrong_operation("shape", twin=PadConstant, cause=r"shape")
class PadAfterZero(PadConstant):
    # grad[before:-after]: empty for after = 0
    def forward(self, ctx: Context, x: Any, *, before: int = 0, after: int = 0, value: float = 0.0) -> Any:
        if before < 0 or after < 0:
            raise ValueError("pad_last: negative widths")
        ctx.save(before, after)
        return np.pad(x, [(0, 0)] * (x.ndim - 1) + [(before, after)], constant_values=value)

    def backward(self, ctx: Context, grad: Any) -> Any:
        before, after = ctx.saved
        return grad[..., before:-after] + 0


@wrong_operation("memory", twin=PadConstant, cause=r"grad")
class PadView(PadConstant):
    # a view of grad is returned
    def backward(self, ctx: Context, grad: Any) -> Any:
        before, k = ctx.saved
        return grad[..., before : before + k]
