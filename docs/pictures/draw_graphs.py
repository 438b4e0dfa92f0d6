"""Draw the pictures of graphs on the pages: `uv run python docs/pictures/draw_graphs.py`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import minigrad_core as mg
from minigrad_ops_nn import MLP
from minigrad_ops_nn.losses import cross_entropy

if TYPE_CHECKING:
    from minigrad_core.drawing import Drawing


def make_drawings() -> dict[str, Drawing]:
    """Return each drawing by the name of its file; the code is that of the page."""
    return {
        "expression.svg": draw_expression(),
        "network.svg": draw_network(),
        "gradients.svg": draw_gradients(),
    }


def draw_expression() -> Drawing:
    """Draw the first example of the README and the tutorial."""
    x = mg.tensor([0.0, 1.0, 2.0], requires_grad=True)
    y = np.sum(np.tanh(x) ** 2)
    return mg.draw(y)


def draw_network() -> Drawing:
    """Draw the loss of the network that the tutorial trains."""
    model = MLP([784, 64, 10], rng=np.random.default_rng(0))
    images, labels = np.zeros((50, 784), np.float32), np.zeros(50, int)
    loss = cross_entropy(model(images), labels)
    return mg.draw(loss)


def draw_gradients() -> Drawing:
    """Draw the graph of the explanation of gradient flow."""
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    y = np.exp(x) * x
    z = np.sum(y)
    return mg.draw(z, values=True)


if __name__ == "__main__":
    for name, drawing in make_drawings().items():
        drawing.save(Path(__file__).with_name(name))
