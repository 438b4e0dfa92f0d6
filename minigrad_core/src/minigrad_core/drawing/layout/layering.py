"""Layers: each vertex below all those that it has an edge from, and long edges cut at each layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Edge(NamedTuple):
    """An edge between vertices, by number; where it leaves and arrives, beside their centres."""

    tail: int
    head: int
    tail_dx: float = 0.0
    head_dx: float = 0.0


@dataclass(slots=True)
class Layers:
    """Vertices in layers, from the top one down; those beyond the given ones are bends in long edges.

    Edges go from one layer to the next. Edges that leave a vertex at one place share their bends.
    """

    layers: list[list[int]]
    edges: list[Edge] = field(default_factory=list)
    given: int = 0
    entries: int = 0

    def is_entry(self, vertex: int) -> bool:
        """Return whether a vertex is where a line comes into the box."""
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
    _cut(result, ranks, edges)
    return result


def _ranks(count: int, edges: Sequence[Edge], top: int, bottom: int) -> list[int]:
    """Return the layer of each vertex: as high as its sources allow; without sources, as low as it can be."""
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


def _cut(layers: Layers, ranks: list[int], edges: Sequence[Edge]) -> None:
    bends: dict[tuple[int, float], list[tuple[int, float]]] = {}  # of a tail: what a line of it passes
    for edge in edges:
        line = bends.setdefault((edge.tail, edge.tail_dx), [(edge.tail, edge.tail_dx)])
        while len(line) < ranks[edge.head] - ranks[edge.tail]:
            bend = sum(map(len, layers.layers))
            layers.layers[ranks[edge.tail] + len(line)].append(bend)
            layers.edges.append(Edge(line[-1][0], bend, line[-1][1]))
            line.append((bend, 0.0))
        vertex, dx = line[ranks[edge.head] - ranks[edge.tail] - 1]
        layers.edges.append(Edge(vertex, edge.head, dx, edge.head_dx))
