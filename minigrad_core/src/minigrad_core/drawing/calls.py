"""A graph as a tree: the calls of modules, and the operations that each of them recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..engine.node import Context
    from ..module import Module
    from .names import Names


@dataclass(slots=True, eq=False)
class Group:
    """A part of the tape that belongs together: what a module's call recorded, or what is folded.

    Attributes
    ----------
    title : str
        The class of the module; what a fold holds.
    path : str
        The dotted name of the module, from the outermost one on.
    members : list
        Nodes and groups, in the order of recording.
    folded : bool
        Whether it is drawn as one card.
    """

    title: str = ""
    path: str = ""
    members: list[Context | Group] = field(default_factory=list)
    folded: bool = False

    def heading(self, path: str) -> str:
        """Return "layers.0: Linear"; in a box with the path of `layers`, "0: Linear"."""
        name = self.path.removeprefix(f"{path}.")
        return f"{name}: {self.title}" if name else self.title

    def nodes(self) -> Iterator[Context]:
        """Yield the nodes of the group and of those inside."""
        stack = self.members[::-1]
        while stack:
            member = stack.pop()
            if isinstance(member, Group):
                stack.extend(reversed(member.members))
            else:
                yield member


class _ModuleCall(NamedTuple):
    """A module's call: it recorded what is numbered above `before`, up to `last`."""

    before: int
    last: int
    kind: type
    module: Module | None


def group_calls(nodes: Iterable[Context], names: Names) -> Group:
    """Return the tree of calls; its root has no title. The modules' names are learnt by `names`."""
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
            if call.last <= end:  # else it overlaps with a call in another thread
                group, paths = _open_group(call, paths, names)
                parent.members.append(group)
                open_calls.append((call.last, group, paths))
        open_calls[-1][1].members.append(node)
    return root


def _open_group(call: _ModuleCall, paths: dict[int, str], names: Names) -> tuple[Group, dict[int, str]]:
    """Return the group of a call, and the paths of the modules around; one of no tree so far is a root."""
    module = call.module
    if module is not None and id(module) not in paths:
        paths = names.add_modules(module)
        paths[id(module)] = names.variable_name(module)
    path = paths[id(module)] if module is not None else ""
    return Group(call.kind.__name__, path), paths


def _calls(node: Context) -> Iterator[_ModuleCall]:
    mark = getattr(node, "call", None)
    while mark is not None:
        before, reference, kind, mark = mark
        yield _ModuleCall(before, node.number, kind, reference())
