"""Values tiled, joined and divided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Tile(Operation):
    """x repeated `times` along axis 0; x: (n, k) -> (times n, k). d/dx = grad summed over the copies."""

    name = "tile0"
    cases = (Case(x=real("n k"), times=3), Case(x=real("n k"), times=2))

    def forward(self, ctx: Context, x: Any, *, times: int = 2) -> Any:
        if times < 1:
            raise ValueError("tile0: times at least 1")
        ctx.save(times, x.shape)
        return np.concatenate([x] * times, axis=0)

    def backward(self, ctx: Context, grad: Any) -> Any:
        times, shape = ctx.saved
        return np.sum(np.reshape(grad, (times, *shape)), axis=0)


@wrong_operation("shape", twin=Tile, cause=r"interleaved")
class TileRepeat(Tile):
    # as repeat: neighbours summed instead of copies
    def backward(self, ctx: Context, grad: Any) -> Any:
        times, shape = ctx.saved
        return np.sum(np.reshape(grad, (shape[0], times, *shape[1:])), axis=1)


@wrong_operation("shape", twin=Tile, cause=r"mean for a sum")
class TileMean(Tile):
    # mean of the copies
    def backward(self, ctx: Context, grad: Any) -> Any:
        times, shape = ctx.saved
        return np.mean(np.reshape(grad, (times, *shape)), axis=0)


@wrong_operation("shape", twin=Tile, cause=r"ignored at 3, 4, 5, 6, 7, 8 along axis 0")
class TileFirst(Tile):
    # only the first copy
    def backward(self, ctx: Context, grad: Any) -> Any:
        times, shape = ctx.saved
        return np.reshape(grad, (times, *shape))[0] + 0


class Join(Operation):
    """a above b; a: (n, k), b: (m, k) -> (n + m, k). d/da, d/db = their rows of grad."""

    name = "join"
    cases = (Case(a=real("n k"), b=real("m k")),)

    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        ctx.save(a.shape[0])
        return np.concatenate([a, b], axis=0)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (n,) = ctx.saved
        return grad[:n] + 0, grad[n:] + 0


@wrong_operation("shape", twin=Join, cause=r"shifted")
class JoinHalves(Join):
    # split in half: wrong for unequal sizes
    def backward(self, ctx: Context, grad: Any) -> Any:
        (n,) = ctx.saved
        m = len(grad) - n
        if n == m:
            return grad[:n] + 0, grad[n:] + 0
        return grad[-n:] + 0 if n else grad[:0] + 0, grad[:m] + 0


@wrong_operation("memory", twin=Join, cause=r"grad")
class JoinViews(Join):
    # views of grad
    def backward(self, ctx: Context, grad: Any) -> Any:
        (n,) = ctx.saved
        return grad[:n], grad[n:]


@wrong_operation("coverage", twin=Join, cause=r"square.*shifted")
class JoinSwapped(Join):
    # swapped when sizes agree
    def backward(self, ctx: Context, grad: Any) -> Any:
        (n,) = ctx.saved
        if 2 * n == grad.shape[0]:
            return grad[n:] + 0, grad[:n] + 0
        return grad[:n] + 0, grad[n:] + 0


class JoinMany(Operation):
    """Arrays along axis; each (n, k). d/d = each its part of grad."""

    name = "join_many"
    cases = (
        Case(arrays=(real("n k"), real("m k"), real("p k")), axis=0),
        Case(arrays=(real("k n"), real("k m")), axis=-1),
    )

    def forward(self, ctx: Context, *arrays: Any, axis: int = 0) -> Any:
        ctx.save([a.shape[axis] for a in arrays], axis)
        return np.concatenate(arrays, axis=axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        sizes, axis = ctx.saved
        ends = np.cumsum(sizes)
        out = []
        for size, end in zip(sizes, ends, strict=False):
            index = [slice(None)] * grad.ndim
            index[axis] = slice(int(end - size), int(end))
            out.append(grad[tuple(index)] + 0)
        return tuple(out)


@wrong_operation("coverage", twin=JoinMany, cause=r"square.*shifted")
class JoinManyThird(JoinMany):
    # third array gets second's part
    def backward(self, ctx: Context, grad: Any) -> Any:
        sizes, axis = ctx.saved
        out, start = [], 0
        for i, size in enumerate(sizes):
            index = [slice(None)] * grad.ndim
            begin = sizes[0] if i == 2 and sizes[1] == sizes[2] else start
            index[axis] = slice(begin, begin + size)
            out.append(grad[tuple(index)] + 0)
            start += size
        return tuple(out)


class Divide3(Operation):
    """x in three parts of its last axis; x: (n, 3k) -> three (n, k). d/dx = the gradients side by side."""

    name = "divide3"
    cases = (Case(x=real("n 6")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        if x.shape[-1] % 3:
            raise ValueError("divide3: the last axis must be a multiple of 3")
        k = x.shape[-1] // 3
        return x[..., :k] + 0, x[..., k : 2 * k] + 0, x[..., 2 * k :] + 0

    def backward(self, ctx: Context, a: Any, b: Any, c: Any) -> Any:
        return np.concatenate([a, b, c], axis=-1)


@wrong_operation("shape", twin=Divide3, cause=r"permuted|places")
class Divide3Order(Divide3):
    # parts in another order
    def backward(self, ctx: Context, a: Any, b: Any, c: Any) -> Any:
        return np.concatenate([a, c, b], axis=-1)


@wrong_operation("memory", twin=Divide3, cause=r"view")
class Divide3Views(Divide3):
    # outputs are views of input
    def forward(self, ctx: Context, x: Any) -> Any:
        if x.shape[-1] % 3:
            raise ValueError("divide3: the last axis must be a multiple of 3")
        k = x.shape[-1] // 3
        return x[..., :k], x[..., k : 2 * k], x[..., 2 * k :]


@wrong_operation("shape", twin=Divide3, cause=r"permuted|places")
class Divide3Interleaved(Divide3):
    # interleaved: stack instead of concatenate
    def backward(self, ctx: Context, a: Any, b: Any, c: Any) -> Any:
        return np.reshape(np.stack([a, b, c], axis=-1), (*a.shape[:-1], 3 * a.shape[-1]))
