"""Nested boxes: each box is laid out by itself, and is then one vertex of the box around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from ..cards import Card, CardKind
from ..diagram import Box, Diagram
from ..typeset import SMALL, place_ports, text_width, typeset
from .coordinates import find_positions
from .layering import Edge, Layers, assign_layers
from .ordering import order
from .routes import Route, find_routes

COLUMN_GAP, ROW_GAP = 26.0, 30.0  # space between the vertices of a layer, and between layers
SIDE, MARGIN = 16.0, 14.0  # space inside the border of a box, and of the picture
HEADER = 26.0  # height of the strip with a box's title, which lines cross vertically
BEND = 6.0  # width of a line that passes a layer
TITLE_ROOM = 12.0  # space to the right of the title of a box

Point: TypeAlias = tuple[float, float]


@dataclass(slots=True, eq=False)
class PlacedBox:
    """A box after its layout. Positions are relative to its upper left corner.

    Attributes
    ----------
    members : list of (Card or PlacedBox, x, y)
    lines : list of (points, bool)
        The points of a line, which is vertical at each of them; whether it ends in the head of an arrow.
    entries, exits : dict
        A source -> the offset from the centre of the box at which its line crosses the upper, lower border.
    title_x : float
        The beginning of the title, which no line crosses.
    labels : list of (x, y, str)
        The arguments at the heads of arrows: the end of the arrow, and the text.
    """

    title: str
    width: float = 0.0
    height: float = 0.0
    title_x: float = TITLE_ROOM
    members: list[tuple[Card | PlacedBox, float, float]] = field(default_factory=list)
    lines: list[tuple[list[Point], bool]] = field(default_factory=list)
    entries: dict[Card, float] = field(default_factory=dict)
    exits: dict[Card, float] = field(default_factory=dict)
    labels: list[tuple[float, float, str]] = field(default_factory=list)


def lay_out(diagram: Diagram) -> PlacedBox:
    """Return the layout of a diagram."""
    return _lay_out_box(diagram.root, find_routes(diagram))


def _lay_out_box(box: Box, routes_of_boxes: dict[Box, list[Route]]) -> PlacedBox:
    inside: dict[Card | Box, Card | PlacedBox] = {
        member: _lay_out_box(member, routes_of_boxes) if isinstance(member, Box) else member
        for member in box.members
    }
    own = routes_of_boxes.get(box, [])
    entries = list(dict.fromkeys(route.source for route in own if route.tail is None))
    exits = list(dict.fromkeys(route.source for route in own if route.head is None))
    level = _Level(list(inside.values()), entries, exits)
    for route in own:
        tail = None if route.tail is None else inside[route.tail]
        level.add_line(tail, None if route.head is None else inside[route.head], route.source)
    level.arrange()
    return level.place_members(box.title)


class _Level:
    """The layout of one box, whose vertices are entering lines, members, leaving lines and bends."""

    def __init__(self, members: list[Card | PlacedBox], entries: list[Card], exits: list[Card]) -> None:
        self._members, self._entries, self._exits = members, entries, exits
        sizes = [_size(member) for member in members]
        self._widths = [BEND] * len(entries) + [width for width, _ in sizes] + [BEND] * len(exits)
        self._heights = [0.0] * len(entries) + [height for _, height in sizes] + [0.0] * len(exits)
        self._number = {member: len(entries) + i for i, member in enumerate(members)}
        self._edges: list[Edge] = []
        self._layers = Layers([])
        self._xs: list[float] = []
        # (vertex of a card, offset of the end of a line) -> the arguments that the line carries.
        self._ports: dict[tuple[int, float], str] = {}

    def add_line(self, tail: Card | PlacedBox | None, head: Card | PlacedBox | None, source: Card) -> None:
        """Add a line from `tail` to `head`; None is the outside of the box."""
        first_exit = len(self._entries) + len(self._members)
        start = self._entries.index(source) if tail is None else self._number[tail]
        end = first_exit + self._exits.index(source) if head is None else self._number[head]
        tail_dx = tail.exits[source] if isinstance(tail, PlacedBox) else 0.0
        head_dx = head.entries[source] if isinstance(head, PlacedBox) else 0.0
        if isinstance(head, Card) and source in head.ports:
            head_dx = place_ports(list(head.ports.values()))[list(head.ports).index(source)]
            self._ports[end, head_dx] = head.ports[source]
        self._edges.append(Edge(start, end, tail_dx, head_dx))

    def arrange(self) -> None:
        """Find the layers and the horizontal positions of the vertices."""
        count = len(self._widths)
        self._layers = assign_layers(count, self._edges, len(self._entries), len(self._exits))
        order(self._layers)
        self._order_ports()
        bends = sum(map(len, self._layers.layers)) - count
        self._widths += [BEND] * bends
        self._heights += [0.0] * bends
        self._xs = find_positions(self._layers, self._widths, COLUMN_GAP)

    def _order_ports(self) -> None:
        """Sort the ends of the lines into each card by their beginnings, so that the lines do not cross."""
        rank = {vertex: i for layer in self._layers.layers for i, vertex in enumerate(layer)}
        ports, self._ports = self._ports, {}
        for head in {head for head, _ in ports}:
            lines = [edge for edge in self._layers.edges if edge.head == head]
            lines.sort(key=lambda edge: (rank[edge.tail], edge.tail_dx))
            labels = [ports[head, edge.head_dx] for edge in lines]
            for edge, label, dx in zip(lines, labels, place_ports(labels), strict=True):
                self._layers.edges[self._layers.edges.index(edge)] = edge._replace(head_dx=dx)
                self._ports[head, dx] = label

    def place_members(self, title: str) -> PlacedBox:
        """Return the box with its members and lines."""
        result = PlacedBox(title)
        left, right = self._sides(result)
        result.width = right - left
        xs = [x - left for x in self._xs]
        tops, bottoms, result.height = self._rows(bool(title))
        rank = {vertex: i for i, layer in enumerate(self._layers.layers) for vertex in layer}
        ys = [self._top(v, tops[rank[v]], bottoms[rank[v]]) for v in range(len(xs))]
        for edge in self._layers.edges:
            start, end = xs[edge.tail] + edge.tail_dx, xs[edge.head] + edge.head_dx
            under = ys[edge.tail] + self._heights[edge.tail]
            points = [(start, under), (start, bottoms[rank[edge.tail]])]
            points += [(end, tops[rank[edge.head]]), (end, ys[edge.head])]
            result.lines.append((points, self._is_card(edge.head)))
        for (vertex, dx), label in self._ports.items():
            result.labels.append((xs[vertex] + dx, ys[vertex], label))
        for member, v in self._number.items():
            result.members.append((member, xs[v] - self._widths[v] / 2, ys[v]))
        middle = result.width / 2
        result.entries = {source: xs[v] - middle for v, source in enumerate(self._entries)}
        first_exit = len(self._entries) + len(self._members)
        result.exits = {source: xs[v] - middle for v, source in enumerate(self._exits, first_exit)}
        return result

    def _sides(self, result: PlacedBox) -> tuple[float, float]:
        """Return the left and right border, with room for the title next to the entering lines."""
        pairs = list(zip(self._xs, self._widths, strict=True))
        side = SIDE if result.title else MARGIN
        left = min((x - width / 2 for x, width in pairs), default=0.0) - side
        right = max((x + width / 2 for x, width in pairs), default=0.0) + side
        needed = text_width(result.title, SMALL) + 2 * TITLE_ROOM if result.title else 0.0
        entries = self._xs[: len(self._entries)] or [right]
        before, after = min(entries) - left, right - max(entries)
        if (missing := needed - max(before, after)) > 0:
            left, right = left - missing, right + missing
            before += missing
        result.title_x = TITLE_ROOM if before >= needed else max(entries) - left + TITLE_ROOM
        return left, right

    def _rows(self, titled: bool) -> tuple[list[float], list[float], float]:
        """Return the upper and the lower edge of each layer, and the height of the box."""
        tops, bottoms = [], []
        y = 0.0 if self._entries else HEADER + 8 if titled else MARGIN
        for index, layer in enumerate(self._layers.layers):
            y += ROW_GAP if index else 0.0
            tops.append(y)
            y += max(self._heights[vertex] for vertex in layer)
            if self._entries and not index:
                y += HEADER - 8
            bottoms.append(y)
        if self._exits:
            return tops, bottoms, y
        return tops, bottoms, y + (SIDE if titled else MARGIN)

    def _top(self, vertex: int, top: float, bottom: float) -> float:
        """Return the upper edge of a vertex: an input is at the bottom of its layer, others in the middle."""
        member = self._members[vertex - len(self._entries)] if self._is_member(vertex) else None
        if member is None or vertex < len(self._entries):
            return top
        spare = bottom - top - self._heights[vertex]
        return top + (spare if isinstance(member, Card) and member.kind is CardKind.INPUT else spare / 2)

    def _is_member(self, vertex: int) -> bool:
        return 0 <= vertex - len(self._entries) < len(self._members)

    def _is_card(self, vertex: int) -> bool:
        return self._is_member(vertex) and isinstance(self._members[vertex - len(self._entries)], Card)


def _size(member: Card | PlacedBox) -> tuple[float, float]:
    if isinstance(member, PlacedBox):
        return member.width, member.height
    layout = typeset(member)
    return layout.width, layout.height
