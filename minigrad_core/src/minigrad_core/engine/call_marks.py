"""Marks in the graph: which call of a module recorded which nodes. Drawings of the graph show these calls.

Nodes are numbered as they are recorded, so the nodes of one call are an interval of numbers.
`Module.__call__` takes a number before it runs `forward`. The interval begins after that number, and ends
with the node of the output, which keeps the mark.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias
from weakref import ref

from .node import Context

# (the number before the first node, the module, its class, its place, the mark of an inner call with the same
# output). The reference is weak: a module may hold an output, and would keep itself and the graph alive.
CallMark: TypeAlias = "tuple[int, ref[Any], type, Place | None, CallMark | None]"


class Place:
    """The name of the attribute to which a module was last assigned, and the place of its parent module.

    A place does not refer to the modules. So a drawing can name modules that were freed after their call, as
    in `mg.draw(Net()(x))`.
    """

    __slots__ = ("name", "parent")

    def __init__(self) -> None:
        self.name = ""
        self.parent: Place | None = None

    def path(self) -> str:
        """Return the dotted path from the outermost module: "layers.0"."""
        names: list[str] = []
        place: Place | None = self
        while place is not None and place.name and len(names) < DEEPEST:
            names.append(place.name)
            place = place.parent
        return ".".join(reversed(names))


DEEPEST = 100  # modules: two modules may be attributes of each other


def note_place(parent: object, name: str, module: object) -> None:
    """Note that `module` is the attribute `name` of `parent`."""
    place = vars(module).setdefault("_place", Place())  # changed in place: the modules below refer to it
    place.name, place.parent = name, vars(parent).setdefault("_place", Place())


def mark_call(module: object, before: int, output: Any) -> None:
    """Note on the node of `output` that `module` recorded this node and all others numbered above `before`.

    A module that only returns one of its inputs leaves no mark.
    """
    node = getattr(output, "node", None)
    if type(node) is not Context:
        node = max(_iterate_nodes(output), key=lambda node: node.number, default=None)
    if node is not None and node.number > before:
        place = module.__dict__.get("_place")
        node.call = (before, ref(module), type(module), place, getattr(node, "call", None))


def _iterate_nodes(output: Any) -> Iterator[Context]:
    """Yield the nodes of the tensors in an output: a tensor, or a tuple, list or dict of outputs."""
    if isinstance(output, (tuple, list, dict)):
        for part in output.values() if isinstance(output, dict) else output:
            node = getattr(part, "node", None)
            if type(node) is Context:
                yield node
            else:
                yield from _iterate_nodes(part)
