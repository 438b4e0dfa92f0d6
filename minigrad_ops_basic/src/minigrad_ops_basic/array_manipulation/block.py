"""`block`: an array assembled from nested lists of blocks."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import InputError

from .. import references


class Block(Operation):
    """The blocks, side by side in the innermost lists of `layout` and one above the other outside of these.

    layout: nested tuples of the blocks' numbers, each once, as in `((0, 1), (2, 3))`. d/dx = its part of
    grad. Raises InputError for a layout that leaves a block out or has one twice.
    """

    name = "block"
    reference = staticmethod(references.block)
    implements = (np.block,)
    takes_complex = True
    cases = (
        Case(blocks=(real("n k"), real("n 2"), real("1 k"), real("1 2")), layout=((0, 1), (2, 3))),
        Case(blocks=(real("3"), real("")), layout=(0, 1)),
        Case(blocks=(real("2 2"),), layout=0),
    )

    @staticmethod
    def from_numpy(arrays: Any) -> Any:
        """Take the blocks out of their nested lists."""
        blocks: list[Any] = []

        def number(part: Any) -> Any:
            if isinstance(part, list):
                return tuple(map(number, part))
            blocks.append(part)
            return len(blocks) - 1

        layout = number(arrays)
        return blocks, {"layout": layout}

    def forward(self, ctx: Context, *blocks: Array, layout: Any) -> Array:
        if sorted(_flatten_layout(layout)) != list(range(len(blocks))):
            raise InputError(f"block: the layout {layout!r} has to name each of {len(blocks)} blocks once")
        ctx.save([np.shape(x) for x in blocks], layout)
        return np.block(_nest(layout, blocks))

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        """Return to each block its part: every value was moved to one place, found by moving its number."""
        shapes, layout = ctx.saved
        sizes = [int(np.prod(shape)) for shape in shapes]
        ends = list(accumulate(sizes))
        numbers = [np.arange(e - n, e).reshape(s) for e, n, s in zip(ends, sizes, shapes, strict=True)]
        flat = np.reshape(grad, (-1,))[np.argsort(np.block(_nest(layout, numbers)), axis=None)]
        return tuple(
            np.reshape(flat[end - size : end], shape) if needed else None
            for needed, end, size, shape in zip(ctx.needs, ends, sizes, shapes, strict=True)
        )


def _flatten_layout(layout: Any) -> list[int]:
    return [n for part in layout for n in _flatten_layout(part)] if isinstance(layout, tuple) else [layout]


def _nest(layout: Any, blocks: Any) -> Any:
    """Return the blocks in nested lists."""
    return [_nest(part, blocks) for part in layout] if isinstance(layout, tuple) else blocks[layout]


block = Block()
