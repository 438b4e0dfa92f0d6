"""One recorded call. The node of the graph *is* the context that the operation receives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

from ..hints import CONTEXT, add_hints

if TYPE_CHECKING:
    import numpy as np

    from ..array import Shape
    from ..contracts import OperationLike
    from .call_marks import CallMark

# Numbers grow in the order of recording, so descending number is a reverse topological order.
# `itertools.count` is atomic under the interpreter lock: threads share it without a lock of their own.
node_numbers: Iterator[int] = count(1)


class Cached(tuple[Any, ...]):
    """Values that `forward` saves although `backward` could compute them from the inputs.

    `ctx.save(x, Cached((e, sums)))` saves the work of a first derivative. In a higher derivative `backward`
    finds None in place of the `Cached` and computes the values from `x`, in recorded calls. The engine then
    need not run `forward` again, which would also compute its result again.
    """

    __slots__ = ()


def drop_cached(saved: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return `saved` with None in place of each `Cached`, as `backward` finds it in a higher derivative."""
    return tuple(None if type(value) is Cached else value for value in saved)


@add_hints(CONTEXT)
class Context:
    """The record of one call: `forward` saves values for `backward`, the engine notes the graph.

    Authors of operations use `save`, `saved` and `needs`. The other attributes belong to the engine. A
    context holds the inputs of its call and never the outputs. So a graph has no cycles, and reference
    counting frees it.

    Attributes
    ----------
    needs : tuple of bool
        One per input: whether its gradient is needed.
    saved : tuple
        The values that `forward` passed to `save`.
    cached : tuple
        Only in a higher derivative: the contents of each `Cached`, unchanged. They are constants there: an
        operation that computes the gradient may return them, and no formula may use them.
    unread : tuple of bool
        Only in a higher derivative, else empty. One per input: whether a second sweep needs only the graph of
        the input's gradient, and no code reads the values. An operation need not compute such values.
    """

    __slots__ = (
        "cached", "call", "inputs", "needs", "number", "op", "outputs", "saved", "settings", "unread"
    )  # fmt: skip

    op: OperationLike
    inputs: tuple[Any, ...]  # tensors, arrays, numbers or None; empty once the graph is freed
    settings: dict[str, Any]
    needs: tuple[bool, ...]
    saved: tuple[Any, ...]
    cached: tuple[Any, ...]
    unread: tuple[bool, ...]
    number: int
    # Shape and dtype of each output; None if `forward` returned one array, and not a tuple.
    outputs: tuple[tuple[Shape, np.dtype[Any]], ...] | None
    call: CallMark  # set on the node of a module's output only

    def __init__(
        self, op: OperationLike, inputs: tuple[Any, ...], settings: dict[str, Any], needs: tuple[bool, ...]
    ) -> None:
        self.op = op
        self.inputs = inputs
        self.settings = settings
        self.needs = needs
        self.saved = self.cached = self.unread = ()

    def save(self, *values: Any) -> None:
        """Keep `values` for `backward`, which reads them as the tuple `saved`."""
        self.saved = values


def match_to_inputs(
    op: OperationLike, inputs: Sequence[Any], input_grads: tuple[Any, ...]
) -> tuple[Any, ...] | None:
    """Return one gradient per input of the call; None if `backward` returned too many, or too few.

    `backward` may return None for an optional input that the call left out. If the last inputs are None,
    `backward` may leave out their gradients.
    """
    count = len(inputs)
    if len(input_grads) > count:
        only_none = all(g is None for g in input_grads[count:])
        return input_grads[:count] if only_none and len(input_grads) <= _count_positional(op) else None
    if input_grads and all(x is None for x in inputs[len(input_grads) :]):
        return (*input_grads, *(None,) * (count - len(input_grads)))
    return None


def _count_positional(op: OperationLike) -> int:
    """Return the number of inputs that `forward` names; 0 if its code is compiled."""
    forward: Any = op.forward
    code = getattr(forward, "__code__", None)
    return 0 if code is None else code.co_argcount - 1 - hasattr(forward, "__self__")
