"""Right operations from papers: values in other places."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import (
    Case,
    axis_of,
    between,
    integers,
    real,
)

from .common_steps import as_float, as_floats, need


class HaarPairs(Operation):
    """One level of the Haar wavelet along an axis: averages, then details, each half as long.

    Parameters
    ----------
    x : any shape but 0-d
        An even number of values along the axis; an odd one is refused. dx = the inverse transform of grad.
    axis : int
        Which axis.
    """

    name = "haar_pairs"
    cases = (Case(x=real("4 6"), axis=axis_of("x")), Case(x=real("8 n"), axis=0))

    def forward(self, ctx: Any, x: Any, *, axis: Any = 0) -> Any:
        need(-x.ndim <= axis < x.ndim, self.name, f"axis {axis} for x {x.shape}")
        need(x.shape[axis] % 2 == 0, self.name, f"an even number of values along axis {axis}, got {x.shape}")
        x = np.moveaxis(as_float(x), axis, 0)
        ctx.save(axis)
        a, b = (x[0::2], x[1::2])
        return np.moveaxis(np.concatenate([a + b, a - b], axis=0) * sqrt(0.5), 0, axis).copy()

    def backward(self, ctx: Any, grad: Any) -> Any:
        (axis,) = ctx.saved
        g = np.moveaxis(grad, axis, 0)
        half = g.shape[0] // 2
        a, b = (g[:half], g[half:])
        pairs = np.stack([a + b, a - b], axis=1) * sqrt(0.5)
        return np.moveaxis(pairs.reshape(g.shape), 0, axis).copy()


class TileSpace(Operation):
    """Channels to space (pixel shuffle) by 2: (n, 4 c, h, w) -> (n, c, 2 h, 2 w) (Shi et al. 2016).

    Parameters
    ----------
    x : (n, 4, h, w)
        A multiple of four channels. dx = grad put back.
    """

    name = "tile_space"
    cases = (Case(x=real("n 4 h w")), Case(x=real("n 8 h w")))

    def forward(self, ctx: Any, x: Any) -> Any:
        need(x.ndim == 4 and x.shape[1] % 4 == 0, self.name, f"x (n, 4 c, h, w), got {x.shape}")
        n, c, h, w = x.shape
        ctx.save(x.shape)
        parts = as_float(x).reshape(n, c // 4, 2, 2, h, w)
        return np.transpose(parts, (0, 1, 4, 2, 5, 3)).reshape(n, c // 4, 2 * h, 2 * w).copy()

    def backward(self, ctx: Any, grad: Any) -> Any:
        ((n, c, h, w),) = ctx.saved
        parts = grad.reshape(n, c // 4, h, 2, w, 2)
        return np.transpose(parts, (0, 1, 3, 5, 2, 4)).reshape(n, c, h, w).copy()


class HighWater(Operation):
    """The largest value so far along an axis.

    Parameters
    ----------
    x : any shape but 0-d
        dx = grad added up at the first place that holds the largest value so far.
    axis : int
        Which axis.
    """

    name = "high_water"
    cases = (Case(x=real("n k"), axis=axis_of("x")), Case(x=real("n"), axis=0))

    def forward(self, ctx: Any, x: Any, *, axis: Any = -1) -> Any:
        need(-x.ndim <= axis < x.ndim, self.name, f"axis {axis} for x {x.shape}")
        rows = np.moveaxis(as_float(x), axis, -1)
        n = rows.shape[-1]
        y = np.maximum.accumulate(rows, axis=-1)
        fresh = np.concatenate(
            [np.ones((*rows.shape[:-1], min(n, 1)), bool), y[..., 1:] > y[..., :-1]], axis=-1
        )
        place = np.maximum.accumulate(np.where(fresh, np.arange(n), 0), axis=-1)
        ctx.save(place, axis, n)
        return np.moveaxis(y, -1, axis).copy()

    def backward(self, ctx: Any, grad: Any) -> Any:
        place, axis, n = ctx.saved
        g = np.moveaxis(grad, axis, -1)
        spread = (np.expand_dims(place, -1) == np.arange(n)).astype(grad.dtype)
        out = (np.expand_dims(g, -2) @ spread).reshape(place.shape)
        return np.moveaxis(out, -1, axis).copy()


class CountLoss(Operation):
    """Poisson loss of log-rates, exp(x) - t x, the mean of all values.

    Parameters
    ----------
    x : (n, k)
        Log-rates in (-80, 80). dx = (exp(x) - t) grad / size.
    t : (n, k)
        Counts, ints in [0, 9); no gradient.
    """

    name = "count_loss"
    cases = (Case(x=between(-80, 80, "n k"), t=integers(0, 9, "n k")),)

    def forward(self, ctx: Any, x: Any, t: Any) -> Any:
        need(
            x.ndim == 2 and x.shape == t.shape and (x.size > 0),
            self.name,
            f"two (n, k) with values, got {x.shape} and {t.shape}",
        )
        x = as_float(x)
        counts = t.astype(x.dtype)
        rate = np.exp(x)
        ctx.save(rate, counts)
        return (rate - counts * x).mean()

    def backward(self, ctx: Any, grad: Any) -> Any:
        rate, counts = ctx.saved
        return ((rate - counts) * (grad / counts.size), None)


class BinOf(Operation):
    """The number of edges at 0, 1, 2, 3 that lie at or below each value: integers without a gradient.

    Parameters
    ----------
    x : any shape
        Flat almost everywhere.
    """

    name = "bin_of"
    differentiable = False
    broadcasts = True
    cases = (Case(x=real()),)

    def forward(self, ctx: Any, x: Any) -> Any:
        x = as_floats(x)
        return np.digitize(x, np.arange(4).astype(x.dtype))

    @staticmethod
    def reference(x: Any) -> Any:
        """Count edge by edge."""
        out = np.zeros(np.shape(x), np.int64)
        for edge in range(4):
            out = out + ~(np.asarray(x) < edge)
        return out
