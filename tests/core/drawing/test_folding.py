"""Folding of large graphs, and the note about it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.drawing import Drawing
from tests.core.drawing.programs import Stack, random_graph


def cards(picture: Drawing) -> int:
    text = picture.mermaid()
    return sum(line.strip().startswith("n") and "-->" not in line for line in text.splitlines())


def test_a_long_chain_is_drawn_at_its_ends() -> None:
    x = mg.tensor(np.ones(3), requires_grad=True)
    y = x
    for _ in range(100):
        y = y + 1
    picture = mg.draw(y)
    assert "98 times<br>basic::add 98<br>98 operations" in picture.mermaid()
    assert cards(picture) == 5
    assert repr(picture) == "<Drawing: 100 operations, 98 of them folded>"
    assert "100 operations, 98 of them folded" in picture._repr_svg_()


def test_a_short_chain_is_drawn_in_full() -> None:
    x = mg.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(7):
        y = y + 1
    assert repr(mg.draw(y)) == "<Drawing: 7 operations>"


def test_a_repeated_pattern_is_folded_with_its_parameters_counted() -> None:
    weight = mg.Parameter(np.eye(4), "w")
    hidden: Any = np.ones((2, 4))
    for _ in range(1000):
        hidden = np.tanh(hidden @ weight + 0.1)
    text = mg.draw(hidden.sum()).mermaid()
    assert "998 times<br>basic::matmul 998<br>basic::add 998<br>basic::tanh 998" in text
    assert "1 parameter 16" in text
    assert text.count("-->") == 9


def test_equal_modules_in_a_row_are_folded() -> None:
    model = Stack(20)
    text = mg.draw(model(np.ones(3))).mermaid()
    assert "18 times<br>Scale 18<br>36 operations<br>18 parameters 54" in text
    assert "layers.0: Scale" in text
    assert "layers.19: Scale" in text


def test_over_the_limit_modules_are_folded() -> None:
    model = Stack(2)
    picture = mg.draw(np.sum(model(np.ones(3))), max_nodes=5)
    assert (
        '[["model: Stack<br>Scale 2<br>basic::add<br>5 operations<br>2 parameters 6<br>' in picture.mermaid()
    )
    assert cards(picture) <= 5


@pytest.mark.parametrize("limit", [1, 2, 10, 50, 200])
def test_no_graph_has_more_cards_than_the_limit_and_its_input_and_output(limit: int) -> None:
    picture = mg.draw(random_graph(0, 2000), max_nodes=limit)
    assert cards(picture) <= max(limit, 4 + 1)
    assert "of them folded" in repr(picture)


def test_many_inputs_of_one_operation_share_a_card() -> None:
    parts: Any = [mg.tensor(np.ones(3), requires_grad=True) for _ in range(50)]
    stacked: Any = np.stack(parts)
    text = mg.draw(stacked).mermaid()
    assert '(["50 arrays<br>(3,) float64"])' in text
