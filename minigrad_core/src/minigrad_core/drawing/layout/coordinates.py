"""Horizontal positions: each vertex as near to its neighbours as the order in its layer allows.

Layer by layer, the sum of the horizontal lengths of the edges is minimized for fixed neighbours. This is an
isotonic regression in the first norm, which pooling adjacent violators solves (Barlow et al. 1972). Minima in
the first norm are medians, which make lines straight; with least squares they would be nearly straight.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .layering import Edge, Layers

SWEEPS = 8
Target = tuple[float, float]  # a desired position, and its weight


def find_positions(layers: Layers, widths: Sequence[float], gap: float) -> list[float]:
    """Return the horizontal centre of each vertex. widths: those of the vertices, bends included."""
    xs = [0.0] * len(widths)
    offsets = [_offsets(layer, widths, gap) for layer in layers.layers]
    for layer, offset in zip(layers.layers, offsets, strict=True):
        for vertex, at in zip(layer, offset, strict=True):
            xs[vertex] = at - (offset[0] + offset[-1]) / 2
    up: list[list[Edge]] = [[] for _ in widths]
    down: list[list[Edge]] = [[] for _ in widths]
    for edge in layers.edges:
        up[edge.head].append(edge)
        down[edge.tail].append(edge)
    weights = _weights(layers, up, down)

    def from_above(vertex: int) -> list[Target]:
        return [(xs[e.tail] + e.tail_dx - e.head_dx, weights[e]) for e in up[vertex]]

    def from_below(vertex: int) -> list[Target]:
        return [(xs[e.head] + e.head_dx - e.tail_dx, weights[e]) for e in down[vertex]]

    def from_both(vertex: int) -> list[Target]:
        return from_above(vertex) + from_below(vertex)

    rows = list(zip(layers.layers, offsets, strict=True))
    for _ in range(SWEEPS):
        _move_vertices(rows, xs, from_above)
        _move_vertices(rows[::-1], xs, from_below)
    _move_vertices(rows, xs, from_above)
    _move_vertices(rows[::-1], xs, from_both)
    _move_vertices(rows, xs, from_both)
    return xs


def _weights(layers: Layers, up: Sequence[list[Edge]], down: Sequence[list[Edge]]) -> dict[Edge, float]:
    """Return the weight with which each edge should be vertical.

    It is 4 between members; 2 in the middle of a long edge, between two bends, and 1 at its ends; and 1 for
    an edge from an input, so that the edges between computed values are straight. If edges share an end, only
    one of them can be vertical, so their weight is divided by their number.
    """
    weights = {}
    for edge in layers.edges:
        bends = layers.is_bend(edge.tail) + layers.is_bend(edge.head)
        if not up[edge.tail] and not layers.is_entry(edge.tail):
            bends = 1
        weights[edge] = (4.0, 1.0, 2.0)[bends] / max(len(down[edge.tail]), len(up[edge.head]))
    return weights


def _offsets(layer: list[int], widths: Sequence[float], gap: float) -> list[float]:
    """Return the positions of the vertices of a tightly packed layer, from the centre of the first one on."""
    offsets, at = [], 0.0
    for before, vertex in zip([None, *layer], layer, strict=False):
        at += 0.0 if before is None else (widths[before] + widths[vertex]) / 2 + gap
        offsets.append(at)
    return offsets


def _move_vertices(
    rows: list[tuple[list[int], list[float]]], xs: list[float], targets: Callable[[int], list[Target]]
) -> None:
    for layer, offsets in rows:
        targets_of_layer = [
            [(x - offset, weight) for x, weight in targets(vertex) or [(xs[vertex], 0.01)]]
            for vertex, offset in zip(layer, offsets, strict=True)
        ]
        for vertex, offset, at in zip(layer, offsets, _isotonic(targets_of_layer), strict=True):
            xs[vertex] = at + offset


def _isotonic(targets_of_vertices: list[list[Target]]) -> list[float]:
    """Return the ascending positions with the smallest sum of weighted distances to the targets."""
    blocks: list[tuple[list[Target], int, float]] = []
    for targets in targets_of_vertices:
        block = (targets, 1, _median(targets))
        while blocks and blocks[-1][2] > block[2]:
            pooled = blocks[-1][0] + block[0]
            block = (pooled, blocks.pop()[1] + block[1], _median(pooled))
        blocks.append(block)
    return [at for _, count, at in blocks for _ in range(count)]


def _median(targets: list[Target]) -> float:
    """Return the weighted median; the middle between two positions if the weights on both sides are equal."""
    targets = sorted(targets)
    half, passed = sum(weight for _, weight in targets) / 2, 0.0
    for index, (x, weight) in enumerate(targets):
        passed += weight
        if abs(passed - half) < 1e-9:
            return (x + targets[index + 1][0]) / 2
        if passed > half:
            return x
    return targets[-1][0]
