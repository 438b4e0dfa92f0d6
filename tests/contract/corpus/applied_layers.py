"""Faults in layers and losses as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .entry import wrong_operation
from .idioms.layers import BatchNorm, Conv2d, Dense, Embedding, LstmCell, MaxPool
from .idioms.losses import CausalAttention, DropoutByMask, Hinge, WeightedNll

if TYPE_CHECKING:
    from minigrad_core import Context


@wrong_operation("dtype", twin=Dense, cause=r"number|gradients|\b[23]\b|None|optional|bias")
class DenseAlwaysThree(Dense):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, weight = ctx.saved
        return grad @ weight.T, x.T @ grad, grad.sum(axis=0)  # three gradients for two inputs without bias


@wrong_operation("coverage", twin=Dense, cause=r"bias|None|sum|input 2|zero")
class DenseBiasHalf(Dense):
    def backward(self, ctx: Context, grad: Any) -> Any:
        found = super().backward(ctx, grad)
        if len(found) == 3 and found[2] is not None:
            # From the third column on: nothing.
            return (*found[:2], found[2] * (np.arange(found[2].size) < 2))
        return found


@wrong_operation("index", twin=Conv2d, cause=r"overlap|accumul|overwrit|duplicat|window|sum")
class Conv2dOverwrites(Conv2d):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, kernel = ctx.saved
        _, dkernel = super().backward(ctx, grad)
        height, width = grad.shape[2:]
        dx = np.zeros_like(x)
        for i in range(2):
            for j in range(2):
                # Windows overlap: = for +=.
                dx[:, :, i : i + height, j : j + width] = np.einsum("nohw,oc->nchw", grad, kernel[:, :, i, j])
        return dx, dkernel


@wrong_operation("formula", twin=Conv2d, cause=r"flip|revers|rotat|permut|order|mirror|transpos")
class Conv2dRotated(Conv2d):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, kernel = ctx.saved
        _, dkernel = super().backward(ctx, grad)
        ctx.save(x, kernel[:, :, ::-1, ::-1])  # rotated once too often
        dx, _ = super().backward(ctx, grad)
        ctx.save(x, kernel)
        return dx, dkernel


@wrong_operation("index", twin=Embedding, cause=r"duplicat|mean|average|count|frequen|repeat|factor|half")
class EmbeddingByFrequency(Embedding):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, shape = ctx.saved
        dtable, _ = super().backward(ctx, grad)
        counts = np.bincount((index % max(shape[0], 1)).ravel(), minlength=shape[0])
        return dtable / np.maximum(counts, 1).astype(grad.dtype)[:, None], None  # scaled by frequency


@wrong_operation("memory", twin=Embedding, cause=r"writ|chang|modif|mutat|in.?place|input|purity")
class EmbeddingRenormalises(Embedding):
    def forward(self, ctx: Context, table: Any, index: Any) -> Any:
        rows = np.unique(index)
        norms = np.sqrt((table[rows] ** 2).sum(axis=-1, keepdims=True))
        table[rows] = table[rows] * np.minimum(1, 1 / np.maximum(norms, 1e-7))  # a maximal norm, in place
        return super().forward(ctx, table, index)


@wrong_operation("cotangent", twin=LstmCell, cause=r"output 1|second|missing|cell|grad|zero")
class LstmCellForgetsCell(LstmCell):
    def backward(self, ctx: Context, grad_hidden: Any, grad_cell: Any) -> Any:
        return super().backward(ctx, grad_hidden, grad_cell * 0)  # the gradient of the cell state is lost


@wrong_operation(
    "formula", twin=LstmCell, cause=r"\b1 ?- ?|derivative|column|residual|factor|where|only|tanh|entr"
)
class LstmCellCandidate(LstmCell):
    def backward(self, ctx: Context, grad_hidden: Any, grad_cell: Any) -> Any:
        i, _, o, g, t, _ = ctx.saved
        d_gates, d_cell = super().backward(ctx, grad_hidden, grad_cell)
        d_new = grad_cell + grad_hidden * o * (1 - t * t)
        wrong = d_new * i * g * (1 - g)  # the sigmoid's rule for a tanh
        return np.concatenate((d_gates[:, :6], wrong), axis=1), d_cell


@wrong_operation("formula", twin=LstmCell, cause=r"swap|permut|order|column|interchang")
class LstmCellGatesSwapped(LstmCell):
    def backward(self, ctx: Context, grad_hidden: Any, grad_cell: Any) -> Any:
        d, d_cell = super().backward(ctx, grad_hidden, grad_cell)
        # Forget gate before input gate.
        return np.concatenate((d[:, 2:4], d[:, :2], d[:, 4:]), axis=1), d_cell


@wrong_operation(
    "coverage", twin=WeightedNll, cause=r"weight|setting|factor|times|only|entr|row|column|proportion"
)
class WeightedNllUnweighted(WeightedNll):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (share,) = ctx.saved
        chosen = (share > 0).astype(grad.dtype)
        return -grad * chosen / max(chosen.shape[0], 1), None  # as if all classes weighed the same


@wrong_operation(
    "formula", twin=BatchNorm, cause=r"constant|mean|residual|axis|batch|sum|\by\b|term|diagonal"
)
class BatchNormEvaluation(BatchNorm):
    def backward(self, ctx: Context, grad: Any) -> Any:
        normal, scale, gain = ctx.saved
        return gain * scale * grad, (grad * normal).sum(axis=0), grad.sum(axis=0)  # statistics as constants


@wrong_operation("dtype", twin=BatchNorm, cause=r"float64|float32|dtype|promot")
class BatchNormDoubleEpsilon(BatchNorm):
    def forward(self, ctx: Context, x: Any, gain: Any, shift: Any) -> Any:
        centred = x - x.sum(axis=0) / x.shape[0]
        # A NumPy scalar promotes.
        scale = (np.sum(centred**2, axis=0) / x.shape[0] + np.float64(1e-3)) ** -0.5
        normal = centred * scale
        ctx.save(normal, scale, gain)
        return gain * normal + shift


@wrong_operation("coverage", twin=DropoutByMask, cause=r"factor|keep|scale|times|0\.8|1\.25")
class DropoutByMaskUnscaled(DropoutByMask):
    def backward(self, ctx: Context, grad: Any) -> Any:
        mask, _ = ctx.saved
        return np.where(mask, grad, 0.0), None  # not divided by keep


@wrong_operation("formula", twin=CausalAttention, cause=r"transpos|order|permut")
class CausalAttentionKeys(CausalAttention):
    def backward(self, ctx: Context, grad: Any) -> Any:
        q, k, v, p = ctx.saved
        dp = grad @ v.T
        s = p * (dp - (dp * p).sum(axis=1, keepdims=True)) / 2
        return s @ k, s @ q, p.T @ grad  # s for s.T


@wrong_operation("shape", twin=CausalAttention, cause=r"axis|sum|transpos|row|column")
class CausalAttentionAxis(CausalAttention):
    def backward(self, ctx: Context, grad: Any) -> Any:
        q, k, v, p = ctx.saved
        dp = grad @ v.T
        s = p * (dp - (dp * p).sum(axis=0, keepdims=True)) / 2  # along the wrong axis
        return s @ k, s.T @ q, p.T @ grad


@wrong_operation("formula", twin=Hinge, cause=r"sign|negat|where|label|positive|only|abs|input 1")
class HingeOneSign(Hinge):
    def backward(self, ctx: Context, grad: Any) -> Any:
        _, margin, n = ctx.saved
        return np.where(margin > 0, -grad / n, 0.0), None  # as if all labels were positive


@wrong_operation("ties", twin=MaxPool, cause=r"tie|tied|equal|kink")
class MaxPoolBoth(MaxPool):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        pairs = x.reshape(x.shape[0], 3, 2)
        ctx.save(pairs == y[:, :, None])
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (largest,) = ctx.saved
        return (grad[:, :, None] * largest).reshape(grad.shape[0], 6)  # equal neighbours both get all


@wrong_operation("state", twin=Conv2d, cause=r"state|buffer|memory|second|share|self|kept|call")
class Conv2dSharedBuffer(Conv2d):
    buffers: ClassVar[dict[Any, Any]] = {}

    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dkernel = super().backward(ctx, grad)
        buffer = self.buffers.setdefault((dx.shape, dx.dtype), np.empty_like(dx))
        buffer[...] = dx
        return buffer, dkernel  # the next backward writes into the same array
