"""One training step of a small convolutional network on 28x28 images: 1-16-32 channels, dense 1568-128-10."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import ops, optimizers
from minigrad_ops_nn import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential

from .harness import Contender, installed

TITLE = "CNN 1-16-32 channels, 3x3, two poolings, 1568-128-10: one training step"
SETTINGS = ("batch 64",)
LR, MOMENTUM = 0.05, 0.9


def contenders(setting: str) -> dict[str, Contender]:
    """Return one step by each library."""
    rng = np.random.default_rng(0)
    batch = int(setting.split()[1])
    x = rng.random((batch, 1, 28, 28), dtype=np.float32)
    labels = rng.integers(0, 10, batch)
    found = {"minigrad": _minigrad(x, labels)}
    if torch := installed("torch"):
        found["PyTorch"] = _torch(torch, x, labels)
    return found


def _minigrad(x: NDArray[Any], labels: NDArray[Any]) -> Contender:
    model = Sequential(
        Conv2d(1, 16, 3, padding=1), ReLU(), MaxPool2d(2), Conv2d(16, 32, 3, padding=1), ReLU(), MaxPool2d(2),
        Flatten(), Linear(1568, 128), ReLU(), Linear(128, 10),
    )  # fmt: skip
    optimizer = optimizers.nn.sgd(model.parameters(), lr=LR, momentum=MOMENTUM)
    cross_entropy = ops.nn.cross_entropy

    def step() -> None:
        optimizer.zero_grad()
        cross_entropy(model(x), labels).backward()
        optimizer.step()

    return step


def _torch(torch: Any, x: NDArray[Any], labels: NDArray[Any]) -> Contender:
    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=MOMENTUM)
    inputs, targets = torch.tensor(x), torch.tensor(labels)

    def step() -> None:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), targets).backward()
        optimizer.step()

    return step
