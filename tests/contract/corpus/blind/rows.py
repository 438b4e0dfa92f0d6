"""Rows that are looked up, tiled, cropped and shifted by a bias."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, index_into, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class EmbeddingBag(Operation):
    """Sum of table rows at ids; table: (v, d), ids: (n, m) -> (n, d). d/dtable: grad added at each id."""

    name = "embedding_bag"
    once_differentiable = "np.add.at"
    cases = (Case(table=real("v d"), ids=index_into("table", axis=0, shape="n m")),)

    def forward(self, ctx: Context, table: Any, ids: Any) -> Any:
        if ids.ndim != 2:
            raise ValueError(f"embedding_bag: ids {ids.shape}, expected (n, m)")
        ctx.save(table.shape, ids)
        return table[ids].sum(axis=1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, ids = ctx.saved
        out = np.zeros(shape, grad.dtype)
        np.add.at(out, ids, grad[:, None, :])
        return out, None


class Tile(Operation):
    """x repeated `times` along axis 0; x: (n, k) -> (n times, k). d/dx: the copies' gradients added."""

    name = "tile_rows"
    cases = (Case(x=real("n k"), times=2), Case(x=real("n k"), times=3))

    def forward(self, ctx: Context, x: Any, *, times: int = 2) -> Any:
        if times < 1:
            raise ValueError("tile_rows: times must be at least 1")
        ctx.save(x.shape, times)
        return np.concatenate([x] * times, axis=0)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (n, k), times = ctx.saved
        return np.sum(np.reshape(grad, (times, n, k)), axis=0)


class AddBias(Operation):
    """x + bias, which is optional; x: (..., k), bias: (k,). dbias = grad summed over all else."""

    name = "add_bias"
    cases = (Case(x=real("... k"), bias=real("k")), Case(x=real("... k"), bias=None))

    def forward(self, ctx: Context, x: Any, bias: Any = None) -> Any:
        ctx.save(bias is None)
        if bias is None:
            return x * 1
        if bias.ndim != 1 or x.shape[-1:] != bias.shape:
            raise ValueError(f"add_bias: x {x.shape}, bias {bias.shape}")
        return x + bias

    def backward(self, ctx: Context, grad: Any) -> Any:
        if ctx.saved[0]:
            return grad.copy(), None
        return grad.copy(), np.sum(grad, axis=tuple(range(grad.ndim - 1)))


class Crop(Operation):
    """x without `border` at each end of the last axis; x: (n, t). d/dx = grad, padded with zeros."""

    name = "crop"
    cases = (Case(x=real("n 6"), border=1), Case(x=real("n 6"), border=2), Case(x=real("n 6"), border=0))

    def forward(self, ctx: Context, x: Any, *, border: int = 1) -> Any:
        if border < 0 or 2 * border > x.shape[-1]:
            raise ValueError(f"crop: border {border} of {x.shape}")
        ctx.save(border)
        return x[:, border : x.shape[1] - border].copy()

    def backward(self, ctx: Context, grad: Any) -> Any:
        (b,) = ctx.saved
        return np.pad(grad, ((0, 0), (b, b)))


@wrong_operation("index", twin=EmbeddingBag, cause=r"repeats")
class BagUnique(EmbeddingBag):
    # duplicates inside one row counted once (unique)
    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, ids = ctx.saved
        out = np.zeros(shape, grad.dtype)
        for row, g in zip(ids, grad, strict=True):
            out[row] += g
        return out, None


@wrong_operation("index", twin=EmbeddingBag, cause=r"negative")
class BagNegative(EmbeddingBag):
    # bincount drops negative ids (mask)
    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, ids = ctx.saved
        out = np.zeros(shape, grad.dtype)
        for i in range(ids.shape[0]):
            for k in ids[i]:
                if k >= 0:
                    out[k] += grad[i]
        return out, None


@wrong_operation("memory", twin=Tile, cause=r"grad in place")
class TileInPlace(Tile):
    # gradient is a view of grad's memory (first copy updated in place)
    once_differentiable = "in place"

    def backward(self, ctx: Context, grad: Any) -> Any:
        (n, _), times = ctx.saved
        for i in range(1, times):
            grad[:n] += grad[i * n : (i + 1) * n]
        return grad[:n].copy()


@wrong_operation("layout", twin=Tile, cause=r"layout")
class TileLayout(Tile):
    # reads grad.ravel('K')
    once_differentiable = "ravel K"

    def backward(self, ctx: Context, grad: Any) -> Any:
        (n, k), times = ctx.saved
        return grad.ravel("K").reshape(times, n, k).sum(axis=0)


@wrong_operation("shape", twin=AddBias, cause=r"mean|1/")
class BiasMean(AddBias):
    # mean over rows
    def backward(self, ctx: Context, grad: Any) -> Any:
        if ctx.saved[0]:
            return grad.copy(), None
        rows = max(grad.size // max(grad.shape[-1], 1), 1)
        return grad.copy(), np.sum(grad, axis=tuple(range(grad.ndim - 1))) / rows


@wrong_operation("coverage", twin=AddBias, cause=r"twice|bias=None")
class BiasNone(AddBias):
    # without bias backward returns two gradients' worth, wrong scale: grad doubled
    def backward(self, ctx: Context, grad: Any) -> Any:
        if ctx.saved[0]:
            return grad + grad, None
        return grad.copy(), np.sum(grad, axis=tuple(range(grad.ndim - 1)))


@wrong_operation("memory", twin=AddBias, cause=r"itself")
class BiasIdentity(AddBias):
    # x returned itself without a bias (aliasing)
    def forward(self, ctx: Context, x: Any, bias: Any = None) -> Any:
        if bias is None:
            ctx.save(True)
            return x
        return super().forward(ctx, x, bias)


@wrong_operation("shape", twin=Crop, cause=r"shifted")
class CropLeft(Crop):
    # padded at one end only (2b at the left)
    def backward(self, ctx: Context, grad: Any) -> Any:
        (b,) = ctx.saved
        return np.pad(grad, ((0, 0), (2 * b, 0)))


@wrong_operation("memory", twin=Crop, cause=r"view")
class CropView(Crop):
    # returns a view of x
    def forward(self, ctx: Context, x: Any, *, border: int = 1) -> Any:
        super().forward(ctx, x, border=border)
        return x[:, border : x.shape[1] - border]


@wrong_operation("shape", twin=Crop, cause=r"0, 5")
class CropEdge(Crop):
    # padded with the edge values instead of zeros
    once_differentiable = "pad edge"

    def backward(self, ctx: Context, grad: Any) -> Any:
        (b,) = ctx.saved
        return np.pad(grad, ((0, 0), (b, b)), mode="edge") if grad.size else np.pad(grad, ((0, 0), (b, b)))
