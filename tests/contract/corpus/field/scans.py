"""Running sums, products and recurrences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, between, nonzero, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Cumsum(Operation):
    """Running sums along `axis`; any shape. d/dx = the running sums of grad from the end."""

    name = "cumsum"
    cases = (Case(x=real("n k"), axis=axis_of("x")),)

    def forward(self, ctx: Context, x: Any, *, axis: int = 0) -> Any:
        ctx.save(axis)
        return np.cumsum(x, axis=axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (axis,) = ctx.saved
        return np.flip(np.cumsum(np.flip(grad, axis), axis=axis), axis)


@wrong_operation("shape", twin=Cumsum, cause=r"transpos|revers|triangle|Jacobian|flip|place|axis")
class CumsumNotReversed(Cumsum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (axis,) = ctx.saved
        return np.cumsum(grad, axis=axis)


@wrong_operation("shape", twin=Cumsum, cause=r"revers|flip|axis|place|permut")
class CumsumFlippedOnce(Cumsum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (axis,) = ctx.saved
        return np.cumsum(np.flip(grad, axis), axis=axis)  # not turned back


class CumulativeProduct(Operation):
    """Running products along the last axis; x: (n, k), nonzero. d/dx_j = sum_{i >= j} grad_i y_i / x_j."""

    name = "cumulative_product"
    cases = (Case(x=nonzero("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.cumprod(x, axis=-1)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return np.cumsum((grad * y)[..., ::-1], axis=-1)[..., ::-1] / x


@wrong_operation("formula", twin=CumulativeProduct, cause=r"\bx\b|factor|divid|proportional")
class CumulativeProductUndivided(CumulativeProduct):
    def backward(self, ctx: Context, grad: Any) -> Any:
        _, y = ctx.saved
        return np.cumsum((grad * y)[..., ::-1], axis=-1)[..., ::-1] * 1  # not divided by x


class LeakyIntegrator(Operation):
    """h_t = decay h_{t-1} + x_t along axis 0, from h = 0; x: (t, n), decay: () in (0, 1) -> (t, n).

    d/dx_t = sum_{s >= t} decay^{s-t} grad_s; d/ddecay = sum_t (running gradient)_t h_{t-1}.
    """

    name = "leaky_integrator"
    cases = (Case(x=real("t n"), decay=between(0, 1, "")),)
    once_differentiable = "it writes into buffers of its own"

    def forward(self, ctx: Context, x: Any, decay: Any) -> Any:
        h = np.empty_like(x)
        previous = np.zeros_like(x[0]) if len(x) else x
        for t in range(len(x)):
            previous = decay * previous + x[t]
            h[t] = previous
        ctx.save(h, decay)
        return h.copy()

    def backward(self, ctx: Context, grad: Any) -> Any:
        h, decay = ctx.saved
        dx, ddecay = np.empty_like(grad), np.zeros_like(decay)
        running = np.zeros_like(grad[0]) if len(grad) else grad
        for t in range(len(grad) - 1, -1, -1):
            running = grad[t] + decay * running
            dx[t] = running
            if t:
                ddecay = ddecay + (running * h[t - 1]).sum()
        return dx if ctx.needs[0] else None, np.asarray(ddecay) if ctx.needs[1] else None


@wrong_operation("formula", twin=LeakyIntegrator, cause=r"input 1|term|missing|factor|differs")
class LeakyIntegratorSameStep(LeakyIntegrator):
    def backward(self, ctx: Context, grad: Any) -> Any:
        h, decay = ctx.saved
        dx, ddecay = np.empty_like(grad), np.zeros_like(decay)
        running = np.zeros_like(grad[0]) if len(grad) else grad
        for t in range(len(grad) - 1, -1, -1):
            running = grad[t] + decay * running
            dx[t] = running
            ddecay = ddecay + (running * h[t]).sum()  # h of the same step, for the one before
        return dx if ctx.needs[0] else None, np.asarray(ddecay) if ctx.needs[1] else None


@wrong_operation(
    "coverage", twin=LeakyIntegrator, cause=r"axis 0|only|first|zero|index|triangle|diagonal|input 0"
)
class LeakyIntegratorTruncated(LeakyIntegrator):
    def backward(self, ctx: Context, grad: Any) -> Any:
        h, decay = ctx.saved
        dx, ddecay = np.empty_like(grad), np.zeros_like(decay)
        running = np.zeros_like(grad[0]) if len(grad) else grad
        for t in range(len(grad) - 1, -1, -1):
            running = grad[t] + decay * running
            dx[t] = running if t else grad[t]  # the first step gets its own gradient alone
            if t:
                ddecay = ddecay + (running * h[t - 1]).sum()
        return dx if ctx.needs[0] else None, np.asarray(ddecay) if ctx.needs[1] else None


@wrong_operation("memory", twin=LeakyIntegrator, cause=r"shares memory|saved|output|share|view|in place")
class LeakyIntegratorHandsOutSaved(LeakyIntegrator):
    def backward(self, ctx: Context, grad: Any) -> Any:
        h, _decay = ctx.saved
        dx, ddecay = super().backward(ctx, grad)
        if dx is not None:
            h[...] = dx  # reuses what forward saved as memory for the gradient
            dx = h
        return dx, ddecay


class Differences(Operation):
    """x[1:] - x[:-1] along axis 0; x: (n, k), n > 0 -> (n - 1, k). d/dx = grad padded in front - behind."""

    name = "differences"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        if x.shape[0] < 1:
            raise ValueError("differences: expected at least one row")
        return x[1:] - x[:-1]

    def backward(self, ctx: Context, grad: Any) -> Any:
        edge = np.zeros_like(grad, shape=(1, grad.shape[1])) if isinstance(grad, np.ndarray) else grad[:1] * 0
        if not grad.shape[0]:
            return np.zeros_like(grad, shape=(1, grad.shape[1]))
        return np.concatenate([edge, grad]) - np.concatenate([grad, edge])


@wrong_operation("formula", twin=Differences, cause=r"sign|minus")
class DifferencesSign(Differences):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return -super().backward(ctx, grad)


@wrong_operation("coverage", twin=Differences, cause=r"axis 0|edge|row|zero|only at|last")
class DifferencesWithoutEdge(Differences):
    def backward(self, ctx: Context, grad: Any) -> Any:
        if not grad.shape[0]:
            return np.zeros_like(grad, shape=(1, grad.shape[1]))
        full = np.concatenate([grad[:1] * 0, grad]) - np.concatenate([grad, grad[:1] * 0])
        inside = (np.arange(full.shape[0]) < full.shape[0] - 1)[:, None]
        return np.where(inside, full, 0.0).astype(full.dtype)  # the last row is left out
