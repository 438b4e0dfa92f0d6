"""One epoch of the lab's exercise: the deep network on all 50,000 images at once, plain SGD, float64."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import ops, optimizers
from minigrad_ops_nn import MLP
from minigrad_train import datasets

from .harness import Contender, import_if_installed

TITLE = "the lab's full-batch epoch, 784-100-100-10"
SETTINGS = ("50,000 images, float64",)
SIZES = (784, 100, 100, 10)
LR = 0.4


def contenders(_: str) -> dict[str, Contender]:
    """Return one epoch of each library."""
    train = datasets.mnist().train
    x, labels = train.images.astype(np.float64), train.labels
    found = {"NumPy by hand": _by_hand(x, labels), "minigrad": _minigrad(x, labels)}
    if torch := import_if_installed("torch"):
        found["PyTorch"] = _torch(torch, x, labels)
    return found


def _by_hand(x: NDArray[Any], labels: NDArray[Any]) -> Contender:
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal(shape) * 0.1 for shape in itertools.pairwise(SIZES)]
    biases = [np.zeros(size) for size in SIZES[1:]]
    rows, n = np.arange(len(x)), len(x)

    def epoch() -> None:
        h1 = np.maximum(x @ weights[0] + biases[0], 0)
        h2 = np.maximum(h1 @ weights[1] + biases[1], 0)
        g = h2 @ weights[2] + biases[2]
        g -= g.max(axis=1, keepdims=True)
        np.exp(g, out=g)
        g /= g.sum(axis=1, keepdims=True)
        _ = -np.log(g[rows, labels]).mean()
        g[rows, labels] -= 1
        g /= n
        g2 = g @ weights[2].T
        g2 *= h2 > 0
        g1 = g2 @ weights[1].T
        g1 *= h1 > 0
        for i, (h, grad) in enumerate(((x, g1), (h1, g2), (h2, g))):
            weights[i] -= LR * (h.T @ grad)
            biases[i] -= LR * grad.sum(axis=0)

    return epoch


def _minigrad(x: NDArray[Any], labels: NDArray[Any]) -> Contender:
    model = MLP(SIZES, dtype=np.float64)
    optimizer = optimizers.nn.sgd(model.parameters(), lr=LR)

    def epoch() -> None:
        optimizer.zero_grad()
        ops.nn.cross_entropy(model(x), labels).backward()
        optimizer.step()

    return epoch


def _torch(torch: Any, x: NDArray[Any], labels: NDArray[Any]) -> Contender:
    nn = torch.nn
    model = nn.Sequential(
        nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 100), nn.ReLU(), nn.Linear(100, 10)
    ).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)
    inputs, targets = torch.tensor(x), torch.tensor(labels)

    def epoch() -> None:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), targets).backward()
        optimizer.step()

    return epoch
