"""A graph as a tree of the calls of modules, with the operations that each call recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from ..engine.call_marks import Place
from ..engine.node import Context
from ..module import Module
from .names import Names


@dataclass(slots=True, eq=False)
class Group:
    """An interval of the tape: the operations that a module's call recorded, or a fold.

    Attributes
    ----------
    title : str
        The class of the module, or the contents of the fold.
    path : str
        The dotted name of the module, from the outermost module on.
    members : list
        Nodes and groups, in the order of recording.
    folded : bool
        Whether the group is drawn as one card.
    """

    title: str = ""
    path: str = ""
    members: list[Context | Group] = field(default_factory=list)
    folded: bool = False

    def heading(self, path: str) -> str:
        """Return such as "layers.0: Linear"; inside a box with the path "layers", "0: Linear"."""
        name = self.path.removeprefix(f"{path}.")
        return f"{name}: {self.title}" if name else self.title

    def nodes(self) -> Iterator[Context]:
        """Yield the nodes of the group and of the groups inside, in the order of recording."""
        stack = self.members[::-1]
        while stack:
            member = stack.pop()
            if isinstance(member, Group):
                stack.extend(reversed(member.members))
            else:
                yield member


class _ModuleCall(NamedTuple):
    """A module's call, which recorded the nodes numbered above `before` and up to `last`."""

    before: int
    last: int
    kind: type
    module: Module | None
    place: Place | None


def group_calls(nodes: Iterable[Context], names: Names) -> Group:
    """Return the tree of calls, whose root has no title; add the names of the modules to `names`."""
    nodes = list(nodes)
    calls = sorted((call for node in nodes for call in _calls(node)), reverse=True)
    root = Group()
    open_calls: list[tuple[float, Group, dict[int, str]]] = [(inf, root, {})]
    for node in nodes:
        while open_calls[-1][0] < node.number:
            open_calls.pop()
        while calls and calls[-1].before < node.number:
            call = calls.pop()
            end, parent, paths = open_calls[-1]
            if call.last <= end:  # otherwise the call overlaps with a call in another thread
                group, paths = _open_group(call, paths, names)
                parent.members.append(group)
                open_calls.append((call.last, group, paths))
        open_calls[-1][1].members.append(node)
    return root


def _open_group(call: _ModuleCall, paths: dict[int, str], names: Names) -> tuple[Group, dict[int, str]]:
    """Return the group of a call and the paths of its tree's modules; a module not in `paths` is a root."""
    module, place = call.module, call.place.path() if call.place else ""
    if module is not None and id(module) not in paths:
        paths = names.add_modules(module)
        paths[id(module)] = names.variable_name(module) or place
    path = paths[id(module)] if module is not None else place
    return Group(call.kind.__name__, path), paths


def _calls(node: Context) -> Iterator[_ModuleCall]:
    mark = getattr(node, "call", None)
    while mark is not None:
        before, reference, kind, place, mark = mark
        yield _ModuleCall(before, node.number, kind, reference(), place)
