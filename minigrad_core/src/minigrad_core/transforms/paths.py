"""Which recorded calls lie between outputs and variables: a sweep visits no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..tensor import Tensor

if TYPE_CHECKING:
    from ..engine.node import Context

Needs = tuple[bool, ...]


@dataclass(frozen=True)
class Paths:
    """What a sweep from the outputs to the variables has to visit.

    Attributes
    ----------
    until : int
        Nodes with this number or a lower one were recorded before the function ran.
    outside : bool
        Whether tensors were reached that require a gradient and are no variables: closed-over ones.
    needs : dict or None
        Node -> for each input whether a variable is behind it. None stands for every node's own `needs`.
    """

    until: int
    outside: bool
    needs: dict[Context, Needs] | None


def gradient_key(variable: Tensor) -> Context | Tensor:
    """Return where a sweep leaves the gradient of a variable: at its node, or at a parameter itself."""
    return variable.node or variable


def find_paths(outputs: Sequence[Any], variables: Sequence[Tensor], until: int) -> Paths:
    """Return what lies between the tensors among `outputs` and the variables, in one walk over the graph."""
    keys = set(map(gradient_key, variables))
    found = {x.node for x in outputs if isinstance(x, Tensor) and x.node and x.node.number > until}
    stack = list(found)
    outside = False
    while stack:
        node = stack.pop()
        for x, needed in zip(node.inputs, node.needs, strict=False):  # a freed node has no inputs
            if needed:
                behind = x.node
                if behind is None or behind.number <= until:
                    outside = outside or (behind or x) not in keys
                elif behind not in found:
                    found.add(behind)
                    stack.append(behind)
    # Everything was recorded because a tracked tensor led there; without others, that was a variable.
    return Paths(until, outside, _collect_needs(found, keys) if outside else None)


def _collect_needs(found: set[Context], keys: set[Context | Tensor]) -> dict[Context, Needs]:
    needs_of_nodes: dict[Context, Needs] = {}
    for node in sorted(found, key=lambda node: node.number):
        needs = tuple(
            needed and (gradient_key(x) in keys or x.node in needs_of_nodes)
            for x, needed in zip(node.inputs, node.needs, strict=False)
        )
        if True in needs or not node.inputs:  # a freed node stays: the sweep raises FreedGraphError there
            needs_of_nodes[node] = needs
    return needs_of_nodes
