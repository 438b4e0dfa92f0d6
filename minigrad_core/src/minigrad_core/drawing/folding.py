"""Fold parts of a large graph into single cards: the middle of a repetition, a module, or the beginning.

Each fold is an interval of the tape. Data flow only forward along the tape, so the folded graph has no cycle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.node import Context
from .calls import Group
from .diagram import Diagram

LONG, SHORT = 8, 4  # repetitions in a row that are folded: always, and if there are too many cards
LONGEST_PATTERN = 64


def fold_tree(tree: Group, max_nodes: int, build: Callable[[Group], Diagram]) -> Diagram:
    """Return the least folded diagram with at most `max_nodes` cards."""
    diagram = None
    for _ in _fold_stepwise(tree, max_nodes):
        if _count_cards(tree) <= max_nodes:
            diagram = build(tree)
            if len(diagram.cards) <= max_nodes:
                break
    assert diagram is not None, "the last folding leaves one card"
    return diagram


def _fold_stepwise(tree: Group, max_nodes: int) -> Iterator[None]:
    """Fold more of the tree in place with each step."""
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


def _count_cards(group: Group) -> int:
    return sum(
        _count_cards(member) if isinstance(member, Group) and not member.folded else 1
        for member in group.members
    )


def _depths(group: Group, depth: int) -> Iterator[tuple[Group, int]]:
    yield group, depth
    for member in group.members:
        if isinstance(member, Group) and not member.folded:
            yield from _depths(member, depth + 1)


def _fold_repetitions(group: Group, at_least: int, kinds: dict[Any, int]) -> None:
    """Fold the middle of each pattern that repeats `at_least` times in a row, short patterns first."""
    for member in group.members:
        if isinstance(member, Group) and not member.folded:
            _fold_repetitions(member, at_least, kinds)
    members, length = group.members, 1
    kind_ids = np.array([_kind_id(member, kinds) for member in members], int)
    while length <= min(LONGEST_PATTERN, len(members) // at_least):
        start, repetitions = _longest_run(kind_ids, length)
        if repetitions < at_least:
            length += 1
            continue
        middle = slice(start + length, start + length * (repetitions - 1))
        fold = Group(f"{repetitions - 2:,} times", members=members[middle], folded=True)
        members[middle] = [fold]
        kind_ids = np.concatenate(
            (kind_ids[: middle.start], [_kind_id(fold, kinds)], kind_ids[middle.stop :])
        )


def _longest_run(kind_ids: NDArray[Any], length: int) -> tuple[int, int]:
    """Return the start of the longest repetition of a pattern of `length`, and its number of repetitions."""
    same = np.concatenate(([False], kind_ids[length:] == kind_ids[:-length], [False]))
    edges = np.flatnonzero(same[1:] != same[:-1])  # beginnings and ends of runs of equal pairs, in turn
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return 0, 1
    longest = int(np.argmax(ends - starts))
    return int(starts[longest]), int(ends[longest] - starts[longest]) // length + 1


def _kind_id(member: Context | Group, kinds: dict[Any, int]) -> int:
    """Return the number of a member's kind: an operation's name, or a group's title and members."""
    kind: Any
    if isinstance(member, Group):
        kind = (member.title, member.folded, *(_kind_id(below, kinds) for below in member.members))
    else:
        kind = (member.op.name, len(member.inputs))
    return kinds.setdefault(kind, len(kinds))
