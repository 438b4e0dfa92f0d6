"""Values of small arrays, and the gradients of the drawn output with respect to them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.backward import sweep
from ..engine.modes import Block, retaining
from ..engine.node import Context
from ..errors import ArgumentError
from ..tensor import Tensor
from ..tensor.assignment import is_placeholder
from .tape import output_key

SMALL = 9  # elements


class CardValues:
    """The numbers that cards show.

    output : cards show values and the gradients of the sum of `output`; for None, they show no numbers. The
    sweep is that of `backward`, but it retains the graph, and does not change `grad` of the leaves.

    Raises
    ------
    ArgumentError
        The output is not real.
    """

    def __init__(self, output: Tensor | None) -> None:
        self._shown = output is not None
        self._grads: dict[Any, Any] = {}
        if output is None:
            return
        if output.dtype.kind != "f":
            raise ArgumentError(
                f"values=True shows the gradients of a real output; this one is {output.dtype}"
            )
        grads: dict[Any, Any] = {}

        def record_grads(node: Context, received: tuple[Any, ...]) -> Any:
            grads.update({(id(node), index): grad for index, grad in enumerate(received)})
            return node.op.backward(node, *received)

        with Block(retaining, True):
            leaves = sweep([(output, np.ones_like(output.data))], retain=True, rule=record_grads)
        self._grads = grads | {id(leaf): grad for leaf, grad in leaves.items()}

    def rows(self, x: Any) -> list[tuple[str, str]]:
        """Return the rows for the tensor or array `x`: its values, and its gradient if there is one."""
        if not self._shown or x.size > SMALL or x.ndim > 2:
            return []
        if not isinstance(x, Tensor):
            return _rows("value", x)
        grad = self._grads.get(id(x) if x.node is None else output_key(x))
        value = [] if is_placeholder(x.data) else _rows("value", x.data)
        return value + ([] if grad is None else _rows("grad", grad))


def _rows(title: str, array: Any) -> list[tuple[str, str]]:
    lines = np.array2string(np.asarray(array), precision=4, suppress_small=True, separator=", ").split("\n")
    width = max(map(len, lines))
    return [(title if i == 0 else "", line.ljust(width)) for i, line in enumerate(lines)]
