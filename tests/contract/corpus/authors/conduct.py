"""One factor or one mask, and many ways to misbehave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, boolean, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


_scratch: dict[Any, Any] = {}


class Scale(Operation):
    """x * factor, any shape. d/dx = grad * factor."""

    name = "my_scale"
    broadcasts = True

    def forward(self, ctx: Context, x: Any, *, factor: float = 2.0) -> Any:
        ctx.save(factor)
        return x * factor

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * ctx.saved[0]


@wrong_operation("state", twin=Scale, cause=r"factor")
class ScaleOnSelf(Scale):
    # not thread-safe: factor kept on self
    def forward(self, ctx: Context, x: Any, *, factor: float = 2.0) -> Any:
        self.factor = factor
        return x * factor

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * self.factor


@wrong_operation("state", twin=Scale, cause=r"output of the first")
class ScaleBuffer(Scale):
    # shared output buffer: second call overwrites the first result
    def forward(self, ctx: Context, x: Any, *, factor: float = 2.0) -> Any:
        ctx.save(factor)
        if not isinstance(x, np.ndarray) or x.ndim == 0:
            return x * factor
        buf = _scratch.setdefault((x.shape, x.dtype.str), np.empty(x.shape, x.dtype))
        return np.multiply(x, factor, out=buf)


@wrong_operation("cotangent", twin=Scale, cause=r"clipped")
class ScaleClips(Scale):
    # gradient clipped to [-1, 1]: not linear in grad
    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.clip(grad, -5, 5) * ctx.saved[0]


@wrong_operation("memory", twin=Scale, cause=r"grad in place")
class ScaleMutates(Scale):
    # grad modified in place
    def backward(self, ctx: Context, grad: Any) -> Any:
        grad *= ctx.saved[0]
        return grad


@wrong_operation("state", twin=Scale, cause=r"calls")
class ScaleSecond(Scale):
    # wrong from the second backward call on
    def __init__(self) -> None:
        self.calls = 0

    def backward(self, ctx: Context, grad: Any) -> Any:
        self.calls += 1
        return grad * ctx.saved[0] if self.calls == 1 else grad * ctx.saved[0] * ctx.saved[0]


@wrong_operation("state", twin=Scale, cause=r"seterr")
class ScaleErrstate(Scale):
    # errstate changed globally
    def forward(self, ctx: Context, x: Any, *, factor: float = 2.0) -> Any:
        np.seterr(over="ignore", invalid="ignore")
        ctx.save(factor)
        return x * factor


@wrong_operation("coverage", twin=Scale, cause=r"1025")
class ScaleLarge(Scale):
    # sizes >= 1000 go another, wrong path
    def backward(self, ctx: Context, grad: Any) -> Any:
        if grad.size >= 1000:
            return grad * 2.0 * ctx.saved[0]
        return grad * ctx.saved[0]


class Dropout(Operation):
    """x * mask / keep; mask: booleans of x's shape. d/dx = grad * mask / keep."""

    name = "masked_dropout"
    cases = (Case(x=real("n k"), mask=boolean("n k"), keep=0.8),)

    def forward(self, ctx: Context, x: Any, mask: Any, *, keep: float = 0.5) -> Any:
        ctx.save(mask, keep)
        return x * mask / keep

    def backward(self, ctx: Context, grad: Any) -> Any:
        mask, keep = ctx.saved
        return grad * mask / keep, None


@wrong_operation("formula", twin=Dropout, cause=r"keep")
class DropoutNoScale(Dropout):
    # not divided by keep
    def backward(self, ctx: Context, grad: Any) -> Any:
        mask, _keep = ctx.saved
        return grad * mask, None


@wrong_operation("state", twin=Dropout, cause=r"random state")
class DropoutGlobal(Dropout):
    # draws its own mask from the global generator
    def forward(self, ctx: Context, x: Any, mask: Any, *, keep: float = 0.5) -> Any:
        mask = mask & (np.random.rand(*mask.shape) < 0.999)  # noqa: NPY002 - the fault
        ctx.save(mask, keep)
        return x * mask / keep


@wrong_operation("state", twin=Dropout, cause=r"another result")
class DropoutFresh(Dropout):
    # fresh generator without a seed: not deterministic
    def forward(self, ctx: Context, x: Any, mask: Any, *, keep: float = 0.5) -> Any:
        mask = mask & (np.random.default_rng().random(mask.shape) < 0.9)
        ctx.save(mask, keep)
        return x * mask / keep


class SeededDropout(Operation):
    """x, of which `seed` chooses half to be dropped, twice as large; x: (n, k). d/dx = 2 grad where kept."""

    name = "seeded_dropout"
    cases = (Case(x=real("n k"), seed=3), Case(x=real("n k"), seed=1))

    def forward(self, ctx: Context, x: Any, *, seed: int = 0) -> Any:
        mask = 2 * (np.random.default_rng(seed).random(x.shape) < 0.5).astype(x.dtype)
        ctx.save(mask)
        return x * mask

    def backward(self, ctx: Context, grad: Any) -> Any:
        (mask,) = ctx.saved
        return grad * mask


@wrong_operation("protocol", twin=SeededDropout, cause=r"seed")
class SeedUnread(SeededDropout):
    # the same mask for all seeds
    def forward(self, ctx: Context, x: Any, *, seed: int = 0) -> Any:
        return super().forward(ctx, x)
