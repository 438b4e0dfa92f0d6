"""The drawn graphs of the pages: `uv run python docs/pictures/draw_graphs.py` makes them anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import minigrad_core as mg
from minigrad_ops_nn import MLP
from minigrad_ops_nn.losses import cross_entropy

if TYPE_CHECKING:
    from minigrad_core.drawing import Drawing


def drawings() -> dict[str, Drawing]:
    """Return each drawing under the name of its file, of the lines that the page has."""
    return {"expression.svg": expression(), "network.svg": network(), "gradients.svg": gradients()}


def expression() -> Drawing:
    """Draw what the README and the first steps begin with."""
    x = mg.tensor([0.0, 1.0, 2.0], requires_grad=True)
    y = np.sum(np.tanh(x) ** 2)
    return mg.draw(y)


def network() -> Drawing:
    """Draw the network that the first steps train."""
    model = MLP([784, 64, 10], rng=np.random.default_rng(0))
    images, labels = np.zeros((50, 784), np.float32), np.zeros(50, int)
    loss = cross_entropy(model(images), labels)
    return mg.draw(loss)


def gradients() -> Drawing:
    """Draw the sweep of which the explanation tells."""
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    y = np.exp(x) * x
    z = np.sum(y)
    return mg.draw(z, values=True)


if __name__ == "__main__":
    for name, drawing in drawings().items():
        drawing.save(Path(__file__).with_name(name))
