"""Routes: the part of each arrow inside of each box."""

from __future__ import annotations

from typing import NamedTuple

from ..cards import Card
from ..diagram import Box, Diagram


class Route(NamedTuple):
    """A line in a box from member to member; None is the outside of the box."""

    tail: Card | Box | None
    head: Card | Box | None
    source: Card


def find_routes(diagram: Diagram) -> dict[Box, list[Route]]:
    """Return the lines in each box. Arrows that have source and route in common are one line."""
    around: dict[Card | Box, Box] = {}
    boxes = [diagram.root]
    while boxes:
        box = boxes.pop()
        around.update(dict.fromkeys(box.members, box))
        boxes += [member for member in box.members if isinstance(member, Box)]
    routes: dict[Box, dict[Route, None]] = {}
    for source, target in diagram.arrows:
        up, down = _around(source, around), _around(target, around)
        # Drop the boxes around both ends, except for the innermost box.
        while len(up) > 1 and len(down) > 1 and up[-2] is down[-2]:
            up.pop()
            down.pop()
        leaving: list[Card | Box] = [source, *up[:-1]]
        entering: list[Card | Box] = [target, *down[:-1]]
        for member, box in zip(leaving, up[:-1], strict=False):
            routes.setdefault(box, {})[Route(member, None, source)] = None
        for member, box in zip(entering, down[:-1], strict=False):
            routes.setdefault(box, {})[Route(None, member, source)] = None
        routes.setdefault(up[-1], {})[Route(leaving[-1], entering[-1], source)] = None
    return {box: list(lines) for box, lines in routes.items()}


def _around(card: Card, around: dict[Card | Box, Box]) -> list[Box]:
    """Return the box around a card, the one around that, and so on up to the root."""
    path = [around[card]]
    while path[-1] in around:
        path.append(around[path[-1]])
    return path
