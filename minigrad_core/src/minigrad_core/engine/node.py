"""One recorded call. The node of the graph *is* the context that the operation was given."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from ..array import Shape
    from ..contracts import OperationLike

# Numbers grow in the order of recording, so descending number is a reverse topological order.
# `itertools.count` is atomic under the interpreter lock: threads share it without one of their own.
next_number: Callable[[], int] = count(1).__next__


class Cached(tuple[Any, ...]):
    """Values that `backward` could compute from the inputs, saved because `forward` has them anyway.

    `ctx.save(x, Cached((e, sums)))`: where the gradient is itself differentiated, `backward` finds None in
    their place and computes them from `x`, in calls that are recorded. `forward`, which would also compute
    its result again, need not run then.
    """

    __slots__ = ()


def uncached(saved: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what `backward` finds on tensors of what was saved."""
    return tuple(None if type(value) is Cached else value for value in saved)


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
    """

    __slots__ = ("inputs", "needs", "number", "op", "outputs", "saved", "settings")

    op: OperationLike
    inputs: tuple[Any, ...]
    settings: dict[str, Any]
    needs: tuple[bool, ...]
    saved: tuple[Any, ...]
    number: int
    outputs: tuple[tuple[Shape, np.dtype[Any]], ...] | None

    def __init__(
        self, op: OperationLike, inputs: tuple[Any, ...], settings: dict[str, Any], needs: tuple[bool, ...]
    ) -> None:
        self.op = op
        self.inputs = inputs
        self.settings = settings
        self.needs = needs
        self.saved = ()

    def save(self, *values: Any) -> None:
        """Keep `values` for `backward`; they come back as `saved`."""
        self.saved = values
