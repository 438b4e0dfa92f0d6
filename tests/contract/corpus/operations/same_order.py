"""Operations whose answer depends on what was called before, layout, or being recorded."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..pair import breaks
from .right.common_steps import as_float, as_floats, need
from .right.features import WeighedGap
from .right.rearrangements import TileSpace
from .right.recursions import GatedStep, WarpCost
from .right.scores import GroupTotal, TurnHalves, membership


@breaks("same", "depends-on-layout")
class TurnHalvesSaved(TurnHalves):
    def backward(self, ctx: Any, grad: Any) -> Any:
        c, s, y0, y1 = ctx.saved
        g0, g1 = (grad[:, 0], grad[:, 1])
        gx = np.stack([g0 * c + g1 * s, g1 * c - g0 * s], axis=1)
        y0 *= g1
        y1 *= g0
        return (gx, y0 - y1)


@breaks("same", "depends-on-layout")
class TileSpaceMemory(TileSpace):
    def backward(self, ctx: Any, grad: Any) -> Any:
        ((n, c, h, w),) = ctx.saved
        parts = grad.ravel("K").reshape(n, c // 4, h, 2, w, 2)
        return np.transpose(parts, (0, 1, 3, 5, 2, 4)).reshape(n, c, h, w).copy()


@breaks("same", "recorded-differs")
class GroupTotalSorted(GroupTotal):
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
        starts = np.flatnonzero(np.diff(groups.astype(np.int64), prepend=-1))
        if len(starts):
            out[groups[starts]] = np.add.reduceat(x, starts, axis=0)
        return out


@breaks("same", "not-recordable")
class WarpCostUnsaid(WarpCost):
    once_differentiable = False


@breaks("same", "gradient-count")
class GatedStepOrder(GatedStep):
    def backward(self, ctx: Any, grad: Any) -> Any:
        h, f, r, t, slope = ctx.saved
        grads = []
        if ctx.needs[0]:
            grads.append(grad * f)
        if ctx.needs[1]:
            grads.append(grad * (h - t) * f * r)
        if ctx.needs[2]:
            grads.append(grad * r * slope)
        return tuple(grads)


@breaks("same", "wrong-gradient")
class WeighedGapUnsigned(WeighedGap):
    def forward(self, ctx: Any, a: Any, b: Any, w: Any) -> Any:
        a, b = as_floats(a, b)
        r = a - b
        root = np.sqrt(1 + r * r)
        ctx.save(r, root, w)
        return w * (r * r / (root + 1))

    def backward(self, ctx: Any, grad: Any) -> Any:
        r, root, w = ctx.saved
        ga = grad * w * r / root
        return (ga, grad * -w * r / root, grad * (r * r / (root + 1)))
