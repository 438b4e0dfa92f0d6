"""One recorded call. The node of the graph *is* the context that the operation was given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

from ..hints import CONTEXT, add_hints

if TYPE_CHECKING:
    import numpy as np

    from ..array import Shape
    from ..contracts import OperationLike
    from .calls import CallMark

# Numbers grow in the order of recording, so descending number is a reverse topological order.
# `itertools.count` is atomic under the interpreter lock: threads share it without one of their own.
numbers: Iterator[int] = count(1)


class Cached(tuple[Any, ...]):
    """Values that `backward` could compute from the inputs, saved because `forward` has them anyway.

    `ctx.save(x, Cached((e, sums)))`: where the gradient is itself differentiated, `backward` finds None in
    their place and computes them from `x`, in calls that are recorded. `forward`, which would also compute
    its result again, need not run then.
    """

    __slots__ = ()


def drop_cached(saved: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what `backward` finds on tensors of what was saved."""
    return tuple(None if type(value) is Cached else value for value in saved)


@add_hints(CONTEXT)
class Context:
    """What `forward` leaves for `backward`, and what the engine remembers of the call.

    For authors of operations: `save`, `saved` and `needs`. The rest belongs to the engine. A context holds
    the inputs of its call and never the outputs, so a graph has no cycles and is freed by reference counting.

    Attributes
    ----------
    needs : tuple of bool
        One per input: whether its gradient was asked for.
    saved : tuple
        What `forward` gave to `save`.
    cached : tuple
        Only where the gradient is itself differentiated: the contents of `Cached`, as they were. They are
        constants: an operation that computes the gradient may return them, and no formula may use them.
    unread : tuple of bool
        One per input, where the gradient is itself differentiated, else empty: whether nobody will read the
        values of its gradient, but only go back through it. An operation need not compute them.
    """

    __slots__ = (
        "cached", "call", "inputs", "needs", "number", "op", "outputs", "saved", "settings", "unread"
    )  # fmt: skip

    op: OperationLike
    inputs: tuple[Any, ...]
    settings: dict[str, Any]
    needs: tuple[bool, ...]
    saved: tuple[Any, ...]
    cached: tuple[Any, ...]
    unread: tuple[bool, ...]
    number: int
    outputs: tuple[tuple[Shape, np.dtype[Any]], ...] | None
    call: CallMark  # unset but on the output of a module

    def __init__(
        self, op: OperationLike, inputs: tuple[Any, ...], settings: dict[str, Any], needs: tuple[bool, ...]
    ) -> None:
        self.op = op
        self.inputs = inputs
        self.settings = settings
        self.needs = needs
        self.saved = self.cached = self.unread = ()

    def save(self, *values: Any) -> None:
        """Keep `values` for `backward`; they come back as `saved`."""
        self.saved = values


def match_to_inputs(
    op: OperationLike, inputs: Sequence[Any], received: tuple[Any, ...]
) -> tuple[Any, ...] | None:
    """Return as many gradients as the call had inputs; None if `backward` returned too many, or too few.

    An optional input that was left out may get its None all the same, as the signature of `forward` has it,
    and one that was given as None need not.
    """
    given = len(inputs)
    if len(received) > given:
        left_out = all(g is None for g in received[given:]) and len(received) <= _count_positional(op)
        return received[:given] if left_out else None
    if received and all(x is None for x in inputs[len(received) :]):
        return (*received, *(None,) * (given - len(received)))
    return None


def _count_positional(op: OperationLike) -> int:
    """Return how many inputs `forward` names; 0 where its code cannot be seen."""
    forward: Any = op.forward
    code = getattr(forward, "__code__", None)
    return 0 if code is None else code.co_argcount - 1 - hasattr(forward, "__self__")
