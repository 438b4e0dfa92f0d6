"""A layer with an optional bias."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class LinearLayer(Operation):
    """x W^T + b; x: (n, k), w: (m, k), b: (m,) or left out -> (n, m).

    d/dx = grad W, d/dW = grad^T x, d/db = grad summed over n.
    """

    name = "linear_layer"
    cases = (Case(x=real("n k"), w=real("m k"), b=real("m")), Case(x=real("n k"), w=real("m k")))

    def forward(self, ctx: Context, x: Any, w: Any, b: Any = None) -> Any:
        ctx.save(x, w)
        y = x @ w.T
        return y if b is None else y + b

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w = ctx.saved
        return (grad @ w, grad.T @ x, np.sum(grad, axis=0))[: len(ctx.needs)]


@wrong_operation("dtype", twin=LinearLayer, cause=r"3 gradients")
class LinearThree(LinearLayer):
    # fails without b (three gradients for two inputs)
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w = ctx.saved
        return grad @ w, grad.T @ x, np.sum(grad, axis=0)


@wrong_operation("coverage", twin=LinearLayer, cause=r"mean for a sum")
class LinearWithoutBias(LinearLayer):
    # without b the weights' gradient is scaled by 1/n
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w = ctx.saved
        if len(ctx.needs) == 2:
            return grad @ w, grad.T @ x / max(len(x), 1)
        return grad @ w, grad.T @ x, np.sum(grad, axis=0)


@wrong_operation("coverage", twin=LinearLayer, cause=r"only b needs")
class LinearNeeds(LinearLayer):
    # bias gradient wrong if the weight needs none (cached path)
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w = ctx.saved
        gw = grad.T @ x if ctx.needs[1] else None
        gx = grad @ w if ctx.needs[0] else None
        gb = np.sum(grad, axis=0) if ctx.needs[1] else np.sum(grad, axis=0) * 0
        return (gx, gw, gb)[: len(ctx.needs)]
