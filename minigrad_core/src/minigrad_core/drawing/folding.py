"""What of a large graph is drawn as one card: the middle of a repetition, a module, what came first.

Each fold is an interval of the tape. Data flow only forward along the tape, so the folded graph has no cycle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .calls import Group

if TYPE_CHECKING:
    from ..engine.node import Context
    from .diagram import Diagram

LONG, SHORT = 8, 4  # repetitions in a row that are folded always, and where there are too many cards
LONGEST_PATTERN = 64


def fold_tree(tree: Group, max_nodes: int, build: Callable[[Group], Diagram]) -> Diagram:
    """Return the first diagram of at most `max_nodes` cards, from the least folded tree to the most."""
    diagram = None
    for _ in _foldings(tree, max_nodes):
        if _visible(tree) <= max_nodes:
            diagram = build(tree)
            if len(diagram.cards) <= max_nodes:
                break
    assert diagram is not None, "the last folding leaves one card"
    return diagram


def _foldings(tree: Group, max_nodes: int) -> Iterator[None]:
    """Fold more and more of the tree, in place."""
    for repetitions in LONG, SHORT:
        kinds: dict[Any, int] = {}
        _fold_repetitions(tree, repetitions, kinds)
        yield
    depths = dict(_depths(tree, 0))
    for depth in range(max(depths.values()), 0, -1):
        for group, at in depths.items():
            group.folded = group.folded or at == depth
        yield
    members, keep = tree.members, max_nodes
    while keep:
        keep //= 2
        first = members[: len(members) - keep]
        tree.members = [Group("the beginning", members=first, folded=True), *members[len(first) :]]
        yield


def _visible(group: Group) -> int:
    return sum(
        _visible(member) if isinstance(member, Group) and not member.folded else 1 for member in group.members
    )


def _depths(group: Group, depth: int) -> Iterator[tuple[Group, int]]:
    yield group, depth
    for member in group.members:
        if isinstance(member, Group) and not member.folded:
            yield from _depths(member, depth + 1)


def _fold_repetitions(group: Group, at_least: int, kinds: dict[Any, int]) -> None:
    """Fold the middle of each pattern that comes `at_least` times in a row, shortest patterns first."""
    for member in group.members:
        if isinstance(member, Group) and not member.folded:
            _fold_repetitions(member, at_least, kinds)
    members, length = group.members, 1
    signs = np.array([_kind_number(member, kinds) for member in members], int)
    while length <= min(LONGEST_PATTERN, len(members) // at_least):
        start, repetitions = _longest_run(signs, length)
        if repetitions < at_least:
            length += 1
            continue
        middle = slice(start + length, start + length * (repetitions - 1))
        fold = Group(f"{repetitions - 2:,} times", members=members[middle], folded=True)
        members[middle] = [fold]
        signs = np.concatenate((signs[: middle.start], [_kind_number(fold, kinds)], signs[middle.stop :]))


def _longest_run(signs: NDArray[Any], length: int) -> tuple[int, int]:
    """Return where the longest repetition of a pattern of `length` starts, and how often it comes."""
    same = np.concatenate(([False], signs[length:] == signs[:-length], [False]))
    edges = np.flatnonzero(same[1:] != same[:-1])  # where runs of equal pairs begin and end, in turn
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return 0, 1
    longest = int(np.argmax(ends - starts))
    return int(starts[longest]), int(ends[longest] - starts[longest]) // length + 1


def _kind_number(member: Context | Group, kinds: dict[Any, int]) -> int:
    """Return a number that members of one kind share: operations by name, groups by what is in them too."""
    kind: Any
    if isinstance(member, Group):
        kind = (member.title, member.folded, *(_kind_number(below, kinds) for below in member.members))
    else:
        kind = (member.op.name, len(member.inputs))
    return kinds.setdefault(kind, len(kinds))
