"""Restores the inputs of a recorded call after `x[index] = value` (see `tensor/assignment.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..dispatch.tables import describe
from ..errors import StaleGraphError
from . import version_counter

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .node import Context

# The number of the latest assignment, in the numbering of nodes. No input of a later node has changed.
latest = 0


def note_assignment(number: int) -> None:
    """Make sweeps restore the inputs of nodes that are older than this assignment."""
    global latest
    with version_counter.lock:
        latest = max(latest, number)


def restore_inputs(node: Context) -> None:
    """Replace each input that was assigned to after the call by the tensor with its value at the call.

    Raises
    ------
    StaleGraphError
        An input was assigned to when only the graph referred to it. Such an assignment stores no history.
    """
    node.inputs = tuple([restore_input(x, node.number) for x in node.inputs])
    for x in node.inputs:
        source: Context | None = getattr(x, "node", None)
        if source is not None and source.number > node.number:
            raise StaleGraphError(
                f"{describe(node.op)}: an input to which no variable referred was assigned to, "
                "make()[index] = value; store it in a variable first: y = make(); y[index] = value"
            )


def restore_input(x: Any, number: int) -> Any:
    """Return the tensor with the value that the input `x` had at the call with this number."""
    history: tuple[int, Tensor] | None = getattr(x, "history", None)
    while history is not None and history[0] > number:
        x = history[1]
        history = getattr(x, "history", None)
    return x
