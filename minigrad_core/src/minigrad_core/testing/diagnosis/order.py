"""Hypotheses on what stands in the place of what: values, axes, inputs, sums over an axis."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from .facts import as_number, fits, ratio_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .facts import Facts


def rearranged(facts: Facts) -> Iterator[str]:
    """The values of the gradient, or those of grad, are in the wrong places or summed."""
    (mine, true), x, g = facts.pair, facts.x, facts.cotangents[0]
    sides = [("the gradient", mine.reshape(-1, *x.shape), true.reshape(-1, *x.shape))]
    if len(mine) == g.size:
        sides.append(("grad", mine.T.reshape(-1, *g.shape), true.T.reshape(-1, *g.shape)))
    for what, m, t in sides:
        before, after = (m, t) if what == "grad" else (t, m)  # mine = moved(true), but moved(mine.T) = true.T
        yield from (f"{what} is {told}" for told, changed in moves(before) if fits(changed, after))
        for told, changed in sums(t) if len(mine) > 1 else ():
            if fits(m, changed):
                yield f"{what} is {told}"
    sizes = np.sqrt(2 + np.arange(facts.x.size))
    if facts.x.size > 2 and fits(np.sort(facts.gradient, None), np.sort(facts.expected, None)):
        yield "the right values are in the wrong places: they are permuted"
    elif len(mine) > 2 and fits(np.sort(mine @ sizes), np.sort(true @ sizes)):
        yield "the values of grad are in the wrong places: they are permuted"


def moves(a: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield other orders of the values of some arrays (n, *shape)."""
    axes = range(1, a.ndim)
    for order in permutations(axes):
        if order != tuple(axes) and a.transpose(0, *order).shape == a.shape:
            yield "transposed", a.transpose(0, *order)
    if a.ndim > 2:
        yield "reshaped where it must be transposed", a.transpose(0, *axes[::-1]).reshape(a.shape)
        yield "reversed along its last two axes", np.flip(a, (-2, -1))
    for axis in axes:
        n, along = a.shape[axis], f"along axis {axis - 1}"
        yield f"reversed {along}", np.flip(a, axis)
        for shift in range(1, n):
            halves = ": its halves are swapped" if 2 * shift == n else ""
            yield f"shifted by {shift} {along}{halves}", np.roll(a, shift, axis)
        for part in (k for k in range(2, n) if n % k == 0):
            split = a.reshape(*a.shape[:axis], part, n // part, *a.shape[axis + 1 :])
            told = f"interleaved {along}: permuted as by a repeat for a tile"
            yield told, np.swapaxes(split, axis, axis + 1).reshape(a.shape)


def sums(a: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield sums and means of some arrays (n, *shape) over an axis or all, repeated."""
    for axis in [*range(1, a.ndim), None]:
        axes, over = ((axis,), f"axis {axis - 1}") if axis else (tuple(range(1, a.ndim)), "all axes")
        for told, made in (("sum", a.sum), ("mean", a.mean)):
            values = np.broadcast_to(made(axes, keepdims=True), a.shape)
            yield f"the {told} over {over} of the right one, repeated", values


def exchanged(facts: Facts) -> Iterator[str]:
    """It is the gradient for another input, or at other values of one."""
    for j, (name, x) in enumerate(zip(facts.names, facts.inputs, strict=True)):
        if j == facts.index or name not in facts.values:
            continue
        other = facts.at(index=j)
        for sign, minus in ((1, ""), (-1, "minus ")):
            if other is not None and fits(facts.gradient, sign * other.expected):
                yield f"it is {minus}the gradient of input {j}: the inputs are swapped"
        for told, changed in [*moves(x[None]), ("negated", -x[None])]:
            other = facts.at(inputs=[*facts.inputs[:j], changed[0].copy(), *facts.inputs[j + 1 :]])
            if other is not None and fits(facts.gradient, other.expected):
                yield f"it is the gradient with {name} {told}"


def asymmetric(facts: Facts) -> Iterator[str]:
    """Right, or off by a factor, where an input or grad is symmetric: a transpose is left out."""
    for name, a in {"grad": facts.cotangents[0], **facts.values}.items():
        if a.ndim < 2 or a.shape[-1] != a.shape[-2] or a.shape[-1] < 2:
            continue
        half = (a + np.swapaxes(a, -1, -2)) / 2
        inputs = [half if x is a else x for x in facts.inputs]
        other = facts.at(inputs=inputs, cotangents=[half if g is a else g for g in facts.cotangents])
        ratio = ratio_of(other.gradient, other.expected) if other else None
        if ratio is not None and round(ratio, 6) in (0.5, 1, 2):
            how = "right" if round(ratio, 6) == 1 else f"{as_number(ratio)} times the numeric one"
            yield f"where {name} is symmetric the gradient is {how}: is a transpose missing, an axis wrong?"
        if a is facts.x and fits((facts.gradient + np.swapaxes(facts.gradient, -1, -2)) / 2, facts.expected):
            yield "its symmetric part is expected: the mean of this gradient and its transpose"
