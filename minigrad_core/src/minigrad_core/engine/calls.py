"""Which call of a module recorded which nodes, for drawings of the graph.

Nodes are numbered as they are recorded, so those of one call are an interval of numbers. It begins after a
number that is taken before `forward`, and ends with the node of the output, which keeps the mark.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias
from weakref import ref

from .node import Context

# (the number before the first node, the module, its class, the mark of a call inside with the same output).
# A weak reference: a module may hold an output, and would then keep itself, and the graph, alive.
CallMark: TypeAlias = "tuple[int, ref[Any], type, CallMark | None]"


def mark_call(module: object, before: int, output: Any) -> None:
    """Note on the node of `output` that `module` recorded what is numbered above `before`, up to it."""
    node = getattr(output, "node", None)
    if type(node) is not Context:
        node = max(_iterate_nodes(output), key=lambda node: node.number, default=None)
    if node is not None and node.number > before:  # else the output is what was passed in
        node.call = (before, ref(module), type(module), getattr(node, "call", None))


def _iterate_nodes(output: Any) -> Iterator[Context]:
    """Yield the nodes of the tensors in an output, which may be a tuple, list or dict of them."""
    if isinstance(output, (tuple, list, dict)):
        for part in output.values() if isinstance(output, dict) else output:
            node = getattr(part, "node", None)
            if type(node) is Context:
                yield node
            else:
                yield from _iterate_nodes(part)
