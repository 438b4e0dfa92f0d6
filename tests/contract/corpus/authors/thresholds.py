"""Elementwise losses and choices with a threshold or a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, boolean, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Huber(Operation):
    """x^2/2 where |x| <= delta, else delta (|x| - delta/2), any shape. d/dx = grad clip(x, -delta, delta)."""

    name = "huber"
    broadcasts = True
    cases = (Case(x=real()), Case(x=real(), delta=2.5), Case(x=real(), delta=0.3))

    def forward(self, ctx: Context, x: Any, *, delta: float = 1.0) -> Any:
        ctx.save(x, delta)
        a = np.abs(x)
        return np.where(a <= delta, 0.5 * x * x, delta * (a - 0.5 * delta))

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, delta = ctx.saved
        return grad * np.clip(x, -delta, delta)


@wrong_operation("coverage", twin=Huber, cause=r"delta")
class HuberIgnoresDelta(Huber):
    # delta ignored outside: wrong with delta != 1
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, delta = ctx.saved
        return grad * np.where(np.abs(x) <= delta, x, np.sign(x))


class HuberUntold(Huber):
    """x^2/2 where |x| <= delta, else delta (|x| - delta/2), any shape. d/dx = grad clip(x, -delta, delta)."""

    cases: Any = ()


@wrong_operation("coverage", twin=HuberUntold, cause=r"delta")
class HuberUntoldWrong(HuberUntold):
    # delta ignored, and no case exercises it
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, delta = ctx.saved
        return grad * np.where(np.abs(x) <= delta, x, np.sign(x))


class Maximum2(Operation):
    """max(x, y), broadcast. d/dx = grad where x > y, half at a tie; d/dy likewise."""

    name = "maximum2"
    broadcasts = True

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save((x > y) + 0.5 * (x == y))
        return np.maximum(x, y)

    def backward(self, ctx: Context, grad: Any) -> Any:
        share = ctx.saved[0].astype(grad.dtype)
        return grad * share, grad * (1 - share)


@wrong_operation("ties", twin=Maximum2, cause=r"tied|tie")
class Maximum2Both(Maximum2):
    # at a tie both get all
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save(x >= y, y >= x)
        return np.maximum(x, y)

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return grad * a, grad * b


@wrong_operation("ties", twin=Maximum2, cause=r"tied|tie")
class Maximum2None(Maximum2):
    # at a tie nobody gets anything
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save(x > y, y > x)
        return np.maximum(x, y)

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return grad * a, grad * b


class Select(Operation):
    """x where mask, else y, broadcast; mask: booleans. d/dx = grad where mask, d/dy = grad elsewhere."""

    name = "my_select"
    broadcasts = True
    cases = (Case(mask=boolean(), x=real(), y=real()),)

    def forward(self, ctx: Context, mask: Any, x: Any, y: Any) -> Any:
        ctx.save(mask)
        return np.where(mask, x, y)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (mask,) = ctx.saved
        return None, np.where(mask, grad, 0), np.where(mask, 0, grad)


@wrong_operation("cotangent", twin=Select, cause=r"inverted")
class SelectMixed(Select):
    # input 2 gets the gradient where mask
    def backward(self, ctx: Context, grad: Any) -> Any:
        (mask,) = ctx.saved
        return None, np.where(mask, grad, 0), np.where(mask, grad, 0)


@wrong_operation("dtype", twin=Select, cause=r"None for it")
class SelectMaskGradient(Select):
    # a float gradient for the mask
    def backward(self, ctx: Context, grad: Any) -> Any:
        (mask,) = ctx.saved
        return grad * 0, np.where(mask, grad, 0), np.where(mask, 0, grad)


class MaximumSecond(Maximum2):
    """max(x, y), broadcast. d/dx = grad where x > y; d/dy = grad elsewhere, ties included."""

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save(x > y)
        return np.maximum(x, y)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (mask,) = ctx.saved
        return np.where(mask, grad, 0), np.where(mask, 0, grad)


OPERATIONS = (MaximumSecond(),)
