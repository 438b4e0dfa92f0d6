"""Right operations that move values around."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, real


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


class Stride2(Operation):
    """Every step-th column; x: (n, k). d/dx = grad put there, zeros elsewhere."""

    name = "every"
    returns_view = True
    cases = (Case(x=real("n k"), step=2), Case(x=real("n k"), step=3))
    once_differentiable: ClassVar[bool | str] = "writes into zeros"

    def forward(self, ctx: Context, x: Any, *, step: int = 2) -> Any:
        if step < 1:
            raise ValueError("every: step at least 1")
        ctx.save(x.shape, step)
        return x[:, ::step]

    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, step = ctx.saved
        out = np.zeros(shape, grad.dtype)
        out[:, ::step] = grad
        return out


class Transpose(Operation):
    """The transpose, copied. x: (n, m) -> (m, n). d/dx = grad.T."""

    name = "transpose"
    cases = (Case(x=real("n m")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        return x.T * 1

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad.T * 1


class Flatten(Operation):
    """All values in row-major order, copied. x: (n, m) -> (n * m,). d/dx = grad in x's shape."""

    name = "flatten"
    cases = (Case(x=real("n m")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x.shape)
        return x.reshape(-1) * 1

    def backward(self, ctx: Context, grad: Any) -> Any:
        (shape,) = ctx.saved
        return grad.reshape(shape) * 1
