"""Shapes, halves and means of several arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, boolean, real

from ..entry import wrong_operation


class Fold(Operation):
    name = "fold_shape"
    returns_view = True
    cases = (
        Case(x=real("4 n"), shape=(2, 2, -1)),
        Case(x=real("2 3"), shape=(3, 2)),
        Case(x=real("6"), shape=(1, 6)),
    )

    def forward(self, ctx: Any, x: Any, *, shape: Any) -> Any:
        ctx.save(x.shape)
        return x.reshape(shape)

    def backward(self, ctx: Any, grad: Any) -> Any:
        (shape,) = ctx.saved
        return grad.reshape(shape)


@wrong_operation("layout", twin=Fold, cause=r"transposed|order|permuted")
class FoldFortran(Fold):
    # Fortran order on the way back
    def backward(self, ctx: Any, grad: Any) -> Any:
        (shape,) = ctx.saved
        return np.reshape(grad, shape, order="F")


class SplitHalf(Operation):
    name = "split_half"
    returns_view = True
    cases = (Case(x=real("n 4")), Case(x=real("n 5")))

    def forward(self, ctx: Any, x: Any) -> Any:
        h = x.shape[1] // 2
        return x[:, :h], x[:, h:]

    def backward(self, ctx: Any, ga: Any, gb: Any) -> Any:
        return np.concatenate([ga, gb], axis=1)


class Triu(Operation):
    name = "tril_view"
    cases = (Case(x=real("n k")), Case(x=real("n k"), k=-1))

    def forward(self, ctx: Any, x: Any, *, k: Any = 0) -> Any:
        mask = np.tril(np.ones(x.shape, bool), k)
        ctx.save(mask)
        return np.where(mask, x, 0)

    def backward(self, ctx: Any, grad: Any) -> Any:
        (mask,) = ctx.saved
        return np.where(mask, grad, 0)


@wrong_operation("shape", twin=Triu, cause=r"square|diagonal")
class TrilTriu(Triu):
    # the mask is transposed where it fits
    def backward(self, ctx: Any, grad: Any) -> Any:
        (mask,) = ctx.saved
        return np.where(mask.T, grad, 0) if mask.shape[0] == mask.shape[1] else np.where(mask, grad, 0)


class StackMean(Operation):
    name = "mean_of"
    cases = (Case(arrays=(real("n k"), real("n k"), real("n k"))), Case(arrays=(real("n"),)))

    def forward(self, ctx: Any, *arrays: Any) -> Any:
        ctx.save(len(arrays))
        total = arrays[0]
        for a in arrays[1:]:
            total = total + a
        return total / len(arrays)

    def backward(self, ctx: Any, grad: Any) -> Any:
        (n,) = ctx.saved
        g = grad / n
        return tuple(g.copy() for _ in range(n)) if isinstance(g, np.ndarray) else (g,) * n


@wrong_operation("memory", twin=StackMean, cause=r"in place")
class MeanofInplace(StackMean):
    # += on the first input
    def forward(self, ctx: Any, *arrays: Any) -> Any:
        ctx.save(len(arrays))
        total = arrays[0]
        for a in arrays[1:]:
            total += a
        return total / len(arrays)


class CachedScale(Operation):
    """x times a table of powers; the table is made fresh."""

    name = "power_table"
    cases = (Case(x=real("n k"), base=0.5), Case(x=real("n k"), base=2.0))

    def __init__(self) -> None:
        self._cache: Any = {}

    def forward(self, ctx: Any, x: Any, *, base: Any = 0.5) -> Any:
        table = (base ** np.arange(x.shape[1])).astype(x.dtype)
        ctx.save(table)
        return x * table

    def backward(self, ctx: Any, grad: Any) -> Any:
        (table,) = ctx.saved
        return grad * table


@wrong_operation("state", twin=CachedScale, cause=r"float64|cache|base")
class CacheBySizeOnly(CachedScale):
    # a cache whose key lacks base and dtype
    def forward(self, ctx: Any, x: Any, *, base: Any = 0.5) -> Any:
        table = self._cache.setdefault(x.shape[1], (base ** np.arange(x.shape[1])).astype(x.dtype))
        ctx.save(table)
        return x * table


class AddNoise(Operation):
    """x plus noise drawn from a generator that is made from the seed setting."""

    name = "add_noise"
    cases = (Case(x=real("n k"), seed=3),)

    def forward(self, ctx: Any, x: Any, *, seed: Any = 0, sigma: Any = 0.1) -> Any:
        rng = np.random.default_rng(seed)
        noise = rng.standard_normal(x.shape).astype(x.dtype)
        return x + sigma * noise

    def backward(self, ctx: Any, grad: Any) -> Any:
        return grad * 1


@wrong_operation("state", twin=AddNoise, cause=r"another result|global")
class NoiseGlobal(AddNoise):
    # the global generator
    def forward(self, ctx: Any, x: Any, *, seed: Any = 0, sigma: Any = 0.1) -> Any:
        noise = np.random.standard_normal(x.shape).astype(x.dtype)  # noqa: NPY002 - the fault
        return x + sigma * noise


class DropoutMask(Operation):
    name = "dropout_mask"
    cases = (Case(x=real("n k"), keep=boolean("n k"), p=0.25),)

    def forward(self, ctx: Any, x: Any, keep: Any, *, p: Any = 0.5) -> Any:
        ctx.save(keep, 1 / (1 - p))
        return x * keep * (1 / (1 - p))

    def backward(self, ctx: Any, grad: Any) -> Any:
        keep, scale = ctx.saved
        return grad * keep * scale, None
