"""Layers: each vertex is below the tails of its edges, and long edges have a bend in each layer between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Edge(NamedTuple):
    """An edge between two vertices by number, and the offsets of its ends from their centres."""

    tail: int
    head: int
    tail_dx: float = 0.0
    head_dx: float = 0.0


@dataclass(slots=True)
class Layers:
    """Vertices in layers, from top to bottom. Vertices from number `given` on are bends of long edges.

    Edges lead from one layer to the next. Edges that leave a vertex at the same point share their bends.
    """

    layers: list[list[int]]
    edges: list[Edge] = field(default_factory=list)
    given: int = 0
    entries: int = 0

    def is_entry(self, vertex: int) -> bool:
        """Return whether a line enters the box at a vertex."""
        return vertex < self.entries

    def is_bend(self, vertex: int) -> bool:
        """Return whether a vertex is a bend."""
        return vertex >= self.given


def assign_layers(count: int, edges: Sequence[Edge], top: int, bottom: int) -> Layers:
    """Return the layers of the vertices 0 to `count` - 1, numbered so that edges lead to higher numbers.

    The first `top` vertices share the highest layer with no others, the last `bottom` ones the lowest.
    """
    ranks = _ranks(count, edges, top, bottom)
    layers: list[list[int]] = [[] for _ in range(max(ranks, default=-1) + 1)]
    for vertex, rank in enumerate(ranks):
        layers[rank].append(vertex)
    result = Layers(layers, given=count, entries=top)
    _add_edges(result, ranks, edges)
    return result


def _ranks(count: int, edges: Sequence[Edge], top: int, bottom: int) -> list[int]:
    """Return the layer of each vertex: as high as its sources allow; without a source, as low as possible."""
    ranks = [0 if vertex < top or not top else 1 for vertex in range(count)]
    heads: list[list[int]] = [[] for _ in range(count)]
    has_source = [vertex < top for vertex in range(count)]
    for tail, head, _, _ in sorted(edges):
        heads[tail].append(head)
        has_source[head] = True
    for vertex in range(count):
        for head in heads[vertex]:
            ranks[head] = max(ranks[head], ranks[vertex] + 1)
    for vertex in reversed(range(count)):
        if not has_source[vertex] and heads[vertex]:
            ranks[vertex] = min(ranks[head] for head in heads[vertex]) - 1
    if bottom:
        lowest = max(ranks[: count - bottom], default=-1) + 1
        ranks[count - bottom :] = [lowest] * bottom
    return ranks


def _add_edges(layers: Layers, ranks: list[int], edges: Sequence[Edge]) -> None:
    """Add the edges to `layers`, with a bend in each layer between their ends."""
    bends: dict[tuple[int, float], list[tuple[int, float]]] = {}  # (tail, offset) -> the vertices of its line
    for edge in edges:
        line = bends.setdefault((edge.tail, edge.tail_dx), [(edge.tail, edge.tail_dx)])
        while len(line) < ranks[edge.head] - ranks[edge.tail]:
            bend = sum(map(len, layers.layers))
            layers.layers[ranks[edge.tail] + len(line)].append(bend)
            layers.edges.append(Edge(line[-1][0], bend, line[-1][1]))
            line.append((bend, 0.0))
        vertex, dx = line[ranks[edge.head] - ranks[edge.tail] - 1]
        layers.edges.append(Edge(vertex, edge.head, dx, edge.head_dx))
