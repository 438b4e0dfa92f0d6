"""Right operations from papers: rounding to a grid, turns, sums over groups."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import (
    Case,
    integers,
    real,
)

from .common_steps import as_float, as_floats, need


def membership(labels: Any, n: Any, dtype: Any) -> Any:
    return (labels.reshape(-1, 1) == np.arange(n)).astype(dtype)


class TurnHalves(Operation):
    """Rotary embedding: pairs (x[:, 0], x[:, 1]) turned by angles (Su et al. 2021).

    Parameters
    ----------
    x : (n, 2, h)
        dx = grad turned back.
    angle : (n, h)
        dangle = grad_1 y_0 - grad_0 y_1.
    """

    name = "turn_halves"
    cases = (Case(x=real("n 2 h"), angle=real("n h")),)

    def forward(self, ctx: Any, x: Any, angle: Any) -> Any:
        need(
            x.ndim == 3 and x.shape[1] == 2 and (angle.shape == (x.shape[0], x.shape[2])),
            self.name,
            f"x (n, 2, h) and angle (n, h), got {x.shape} and {angle.shape}",
        )
        x, angle = (as_float(x), as_float(angle))
        c, s = (np.cos(angle), np.sin(angle))
        y0 = x[:, 0] * c - x[:, 1] * s
        y1 = x[:, 0] * s + x[:, 1] * c
        ctx.save(c, s, y0, y1)
        return np.stack([y0, y1], axis=1)

    def backward(self, ctx: Any, grad: Any) -> Any:
        c, s, y0, y1 = ctx.saved
        g0, g1 = (grad[:, 0], grad[:, 1])
        gx = np.stack([g0 * c + g1 * s, g1 * c - g0 * s], axis=1)
        return (gx, g1 * y0 - g0 * y1)


class GridRound(Operation):
    """Values rounded to multiples of `cell`, at most `levels` cells from 0, with a straight-through gradient.

    Parameters
    ----------
    x : any shape
        d/dx = grad where |x| <= levels * cell, by decree.
    cell : float
        Above 0.
    levels : int
        At least 1.
    """

    name = "grid_round"
    surrogate = "straight-through estimator: rounding is taken for the identity"
    cases = (Case(x=real("...")), Case(x=real("..."), cell=0.25, levels=3))

    def forward(self, ctx: Any, x: Any, *, cell: Any = 2.0, levels: Any = 7) -> Any:
        need(cell > 0 and levels >= 1, self.name, "cell and levels must be above 0")
        x = as_floats(x)
        ctx.save(np.abs(x) <= levels * cell)
        return np.clip(np.rint(x / cell), -levels, levels) * cell

    def backward(self, ctx: Any, grad: Any) -> Any:
        (inside,) = ctx.saved
        return grad * inside.astype(grad.dtype)

    @staticmethod
    def reference(x: Any, *, cell: Any = 2.0, levels: Any = 7) -> Any:
        """Half goes to even, value by value."""
        out = np.zeros(np.shape(x))
        for i in np.ndindex(np.shape(x)):
            v = float(x[i]) / cell
            out[i] = (
                v
                if v != v
                else min(max(round(v) if abs(v) < 1000000000000000.0 else v, -levels), levels) * cell
            )
        return out


class GroupTotal(Operation):
    """Sums of the rows of each group: y[s] = sum of x[i] with groups[i] = s.

    Parameters
    ----------
    x : (n, d)
        dx = grad[groups].
    groups : (n,)
        Ints in [0, count); no gradient.
    count : int
        How many groups there are.
    """

    name = "group_total"
    cases = (Case(x=real("n d"), groups=integers(0, 4, "n"), count=4),)

    def forward(self, ctx: Any, x: Any, groups: Any, *, count: Any) -> Any:
        need(
            x.ndim == 2 and groups.shape == x.shape[:1],
            self.name,
            f"x (n, d) and groups (n,), got {x.shape} and {groups.shape}",
        )
        need(count == int(count) and count >= 0, self.name, f"a whole number of groups, got {count}")
        count = int(count)
        need(
            groups.dtype.kind in "iu" and (groups >= 0).all() and (groups < count).all(),
            self.name,
            "groups out of range",
        )
        x = as_float(x)
        ctx.save(groups)
        if type(x) is not np.ndarray:
            return membership(groups, count, x.dtype).T @ x
        out = np.zeros((count, x.shape[1]), x.dtype)
        np.add.at(out, groups, x)
        return out

    def backward(self, ctx: Any, grad: Any) -> Any:
        (groups,) = ctx.saved
        return (grad[groups], None)

    @staticmethod
    def reference(x: Any, groups: Any, *, count: Any) -> Any:
        """Add one row after the other."""
        out = np.zeros((count, x.shape[1]))
        for row, s in zip(x, groups, strict=False):
            out[int(s)] = out[int(s)] + row
        return out
