"""The layout: no two cards overlap, and arrows go down, straight where possible."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.drawing.layout.coordinates import find_positions
from minigrad_core.drawing.layout.layering import Edge, assign_layers
from minigrad_core.drawing.layout.ordering import order
from minigrad_core.drawing.scene import Curve, Rectangle, Scene, Text, build_scene
from tests.core.drawing.programs import Stack, random_graph

CARDS = {"operation", "input", "result"}


def build_scene_of(y: mg.Tensor) -> Scene:
    return build_scene(mg.draw(y, max_nodes=1000)._diagram)


def overlap(a: Rectangle, b: Rectangle) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def contains(a: Rectangle, b: Rectangle) -> bool:
    return (
        a.x <= b.x
        and a.y <= b.y
        and b.x + b.width <= a.x + a.width + 1e-6
        and b.y + b.height <= a.y + a.height + 1e-6
    )


def nested() -> mg.Tensor:
    model = Stack(3)
    x = mg.tensor(np.ones(3), requires_grad=True)
    return np.sum(model(x) * x)


@pytest.mark.parametrize("make", [nested, lambda: random_graph(1), lambda: random_graph(2, 80)])
def test_cards_do_not_overlap_and_boxes_hold_whole_cards(make: Any) -> None:
    picture = build_scene_of(make())
    rectangles = [shape for shape in picture.shapes if isinstance(shape, Rectangle)]
    cards = [r for r in rectangles if r.kind in CARDS]
    boxes = [r for r in rectangles if r.kind.startswith("box")]
    whole = Rectangle("paper", 0, 0, picture.width, picture.height, 0)
    assert not any(overlap(a, b) for a, b in combinations(cards, 2))
    assert all(
        contains(box, other)
        for box in boxes
        for other in cards + boxes
        if overlap(box, other) and not contains(other, box)
    )
    assert all(contains(whole, r) for r in rectangles)


@pytest.mark.parametrize("make", [nested, lambda: random_graph(3)])
def test_every_line_goes_down_and_every_arrow_ends_on_top_of_a_card(make: Any) -> None:
    picture = build_scene_of(make())
    cards = [r for r in picture.shapes if isinstance(r, Rectangle) and r.kind in CARDS]
    for curve in (shape for shape in picture.shapes if isinstance(shape, Curve)):
        ys = [y for _, y in curve.points]
        assert ys == sorted(ys)
        x, y = curve.points[-1]
        assert not curve.arrow or any(abs(r.y - y) < 1e-3 and r.x < x < r.x + r.width for r in cards)


def test_the_two_arrows_into_a_division_end_at_their_own_names() -> None:
    a: Any = mg.tensor(2.0, requires_grad=True)
    b: Any = mg.tensor(3.0, requires_grad=True)
    picture = build_scene_of(np.sin(b) / np.cos(a))
    ends = [s.points[-1] for s in picture.shapes if isinstance(s, Curve) and s.arrow]
    texts = [s for s in picture.shapes if isinstance(s, Text) and s.anchor == "middle"]
    names = {
        text.parts[0][1]: (x, y) for x, y in ends for text in texts if text.x == x and y < text.y < y + 14
    }
    assert names.keys() == {"x", "y"}
    assert names["x"][0] < names["y"][0]  # sin is the first on the tape, and the numerator


def test_a_chain_is_straight_through_the_borders_of_boxes_too() -> None:
    model = Stack(3)
    x = mg.tensor(np.ones(3), requires_grad=True)
    curves = [s for s in build_scene_of(np.sum(model(x))).shapes if isinstance(s, Curve)]
    assert len({round(x, 3) for curve in curves for x, _ in curve.points}) == 1


def test_a_planar_graph_is_drawn_without_crossings() -> None:
    # b and a to 3, a to 4, f to 5: the order of the tape crosses, and barycentres alone do not undo it
    edges = [Edge(0, 3), Edge(1, 3), Edge(1, 4), Edge(2, 5), Edge(3, 6), Edge(5, 6), Edge(4, 7), Edge(6, 7)]
    layers = assign_layers(8, edges, 0, 0)
    order(layers)
    place = {v: i for layer in layers.layers for i, v in enumerate(layer)}
    ranks = {v: rank for rank, layer in enumerate(layers.layers) for v in layer}
    crossings = [
        (a, b)
        for a, b in combinations(layers.edges, 2)
        if ranks[a.tail] == ranks[b.tail]
        and (place[a.tail] - place[b.tail]) * (place[a.head] - place[b.head]) < 0
    ]
    assert crossings == []


def test_vertices_of_a_layer_keep_their_distance() -> None:
    rng = np.random.default_rng(0)
    edges = [Edge(int(a), int(b)) for a, b in (sorted(rng.choice(30, 2, False)) for _ in range(50))]
    layers = assign_layers(30, edges, 0, 0)
    order(layers)
    widths = [float(w) for w in rng.integers(10, 100, sum(map(len, layers.layers)))]
    xs = find_positions(layers, widths, 20)
    for layer in layers.layers:
        for left, right in pairwise(layer):
            assert xs[right] - xs[left] >= (widths[left] + widths[right]) / 2 + 20 - 1e-6
    assert all(a < b for a, b, _, _ in edges)
