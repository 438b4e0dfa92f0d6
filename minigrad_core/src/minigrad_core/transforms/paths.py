"""Find the recorded calls between outputs and variables; a sweep visits no others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from ..engine import assignments
from ..engine.node import Context
from ..tensor import Tensor
from .variables import is_private_node

Needs: TypeAlias = tuple[bool, ...]


class Paths(NamedTuple):
    """The part of the graph that a sweep from the outputs to the variables has to visit.

    Attributes
    ----------
    until : int
        Nodes with this number or a lower one were recorded before the function ran.
    outside : bool
        Whether the outputs also depend on tensors that require a gradient and are not variables: tensors that
        the function closes over.
    needs : dict or None
        For each node, one bool per input: whether a variable leads to that input. If None, the `needs` of the
        nodes themselves hold.
    """

    until: int
    outside: bool
    needs: dict[Context, Needs] | None


def gradient_key(variable: Tensor) -> Context | Tensor:
    """Return the key of a variable's gradient in the result of a sweep: its node, or a parameter itself."""
    return variable.node or variable


def find_paths(outputs: Sequence[Any], variables: Sequence[Tensor], until: int) -> Paths:
    """Return the paths between the tensors among `outputs` and the variables, in one walk over the graph."""
    keys = set(map(gradient_key, variables))
    nodes: set[Context] = set()
    outside = False
    for x in outputs:
        if isinstance(x, Tensor) and x.tracked:
            source = x.node
            if source is not None and source.number > until:
                nodes.add(source)
            elif (source or x) not in keys:
                outside = True
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if node.number <= assignments.latest:
            assignments.restore_inputs(node)
        for x, needed in zip(node.inputs, node.needs, strict=False):  # a freed node has no inputs
            if needed:
                source = x.node
                if source is None or source.number <= until:
                    outside = outside or not ((source or x) in keys or is_private_node(node))
                elif source not in nodes:
                    nodes.add(source)
                    stack.append(source)
    # Each call was recorded because one of its inputs is tracked. If all tracked leaves are variables, every
    # `needs` of a node is right already.
    return Paths(until, outside, _collect_needs(nodes, keys) if outside else None)


def _collect_needs(nodes: set[Context], keys: set[Context | Tensor]) -> dict[Context, Needs]:
    """Return the needs of the nodes that a variable leads to."""
    needs_of_nodes: dict[Context, Needs] = {}
    for node in sorted(nodes, key=lambda node: node.number):
        needs = tuple(
            needed and (gradient_key(x) in keys or x.node in needs_of_nodes)
            for x, needed in zip(node.inputs, node.needs, strict=False)
        )
        if True in needs or not node.inputs:  # the sweep raises FreedGraphError at a freed node
            needs_of_nodes[node] = needs
    return needs_of_nodes
