"""The inputs that a call was recorded with, where tensors were assigned to since (`tensor/assignment.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .version_counter import lock

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .node import Context

# The number of the latest assignment to a tensor, in the order of nodes. Nodes above it need no look.
latest = 0


def note_assignment(number: int) -> None:
    """Let sweeps look at the inputs of nodes that are older than an assignment."""
    global latest
    with lock:
        latest = max(latest, number)


def restore_inputs(node: Context) -> None:
    """Put what a node was recorded with in the place of inputs that were assigned to since."""
    node.inputs = tuple([_restore_input(x, node.number) for x in node.inputs])


def _restore_input(x: Any, number: int) -> Any:
    history: tuple[int, Tensor] | None = getattr(x, "history", None)
    while history is not None and history[0] > number:
        x = history[1]
        history = getattr(x, "history", None)
    return x
