"""One gradient for each input of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..contracts import OperationLike


def one_each(op: OperationLike, inputs: Sequence[Any], received: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Return as many gradients as the call had inputs; None if `backward` returned too many, or too few.

    An optional input that was left out may get its None all the same, as the signature of `forward` has it,
    and one that was given as None need not.
    """
    given = len(inputs)
    if len(received) > given:
        left_out = all(g is None for g in received[given:]) and len(received) <= _positional(op)
        return received[:given] if left_out else None
    if received and all(x is None for x in inputs[len(received) :]):
        return (*received, *(None,) * (given - len(received)))
    return None


def _positional(op: OperationLike) -> int:
    """Return how many inputs `forward` names; 0 where its code cannot be seen."""
    forward: Any = op.forward
    code = getattr(forward, "__code__", None)
    return 0 if code is None else code.co_argcount - 1 - hasattr(forward, "__self__")
