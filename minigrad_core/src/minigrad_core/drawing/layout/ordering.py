"""The order in each layer, by the barycentres of neighbours, for few crossings (Sugiyama et al. 1981)."""

from __future__ import annotations

from bisect import bisect_right, insort
from itertools import pairwise
from random import Random

from .layering import Layers

SWEEPS = 8
STARTS = 12  # initial orders: that of the tape, and shuffled ones


def order(layers: Layers) -> None:
    """Order each layer in place: the best of several sweeps down and up, from several initial orders."""
    above: dict[int, list[int]] = {}
    below: dict[int, list[int]] = {}
    for edge in layers.edges:
        above.setdefault(edge.head, []).append(edge.tail)
        below.setdefault(edge.tail, []).append(edge.head)
    current = [list(layer) for layer in layers.layers]
    fewest = _crossings(current, below)
    shuffle = Random(0).shuffle
    for turn in range(STARTS * SWEEPS):
        if not fewest:
            break
        if turn and turn % SWEEPS == 0:
            for layer in current:
                shuffle(layer)
        down = turn % 2 == 0
        _sweep(current if down else current[::-1], above if down else below)
        if (crossings := _crossings(current, below)) < fewest:
            layers.layers[:], fewest = [list(layer) for layer in current], crossings


def _sweep(layers: list[list[int]], neighbours: dict[int, list[int]]) -> None:
    """Order each layer by the mean position of the vertices' neighbours in the layer before."""
    for before, layer in pairwise(layers):
        position = {vertex: index for index, vertex in enumerate(before)}
        own = {vertex: index for index, vertex in enumerate(layer)}
        scale = len(before) / len(layer) if layer else 1

        def barycentre(vertex: int) -> float:
            near = [position[other] for other in neighbours.get(vertex, ()) if other in position]  # noqa: B023
            return sum(near) / len(near) if near else own[vertex] * scale  # noqa: B023

        layer.sort(key=barycentre)


def _crossings(layers: list[list[int]], below: dict[int, list[int]]) -> int:
    """Return the number of pairs of edges that cross."""
    total = 0
    for layer, following in pairwise(layers):
        position = {vertex: index for index, vertex in enumerate(following)}
        passed: list[int] = []
        for vertex in layer:
            heads = [position[head] for head in below.get(vertex, ())]
            total += sum(len(passed) - bisect_right(passed, head) for head in heads)
            for head in heads:
                insort(passed, head)
    return total
