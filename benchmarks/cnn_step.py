"""One training step of a small convolutional network on 28x28 images: 1-16-32 channels, dense 1568-128-10."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import ops, optimizers
from minigrad_ops_nn import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential

from .harness import Contender, import_if_installed

TITLE = "CNN 1-16-32 channels, 3x3, two poolings, 1568-128-10: one training step"
SETTINGS = ("batch 64",)
LR, MOMENTUM = 1e-6, 0.9  # see mlp_step.py


def contenders(setting: str) -> dict[str, Contender]:
    """Return one training step of each library."""
    rng = np.random.default_rng(0)
    batch = int(setting.split()[1])
    x = rng.random((batch, 1, 28, 28), dtype=np.float32)
    labels = rng.integers(0, 10, batch)
    found = {"NumPy by hand": _by_hand(x, labels), "minigrad": _minigrad(x, labels)}
    if torch := import_if_installed("torch"):
        found["PyTorch"] = _torch(torch, x, labels)
    return found


def _by_hand(x: NDArray[Any], labels: NDArray[Any]) -> Contender:
    """Return the step without an engine. The images are the last axis in memory: (c, h, w, n)."""
    rng, n = np.random.default_rng(0), len(x)
    shapes = ((16, 9), (16, 1), (32, 144), (32, 1), (1568, 128), (128,), (128, 10), (10,))
    params = [(rng.standard_normal(shape) * 0.05).astype(np.float32) for shape in shapes]
    velocities = [np.zeros_like(p) for p in params]
    images, rows = np.ascontiguousarray(x.transpose(1, 2, 3, 0)), np.arange(n)

    def step() -> None:
        w1, b1, w2, b2, w3, b3, w4, b4 = params
        cols1 = _windows(images)
        h1 = np.maximum(w1 @ cols1 + b1, 0).reshape(16, 28, 28, n)
        p1 = _pool(h1)
        cols2 = _windows(p1)
        h2 = np.maximum(w2 @ cols2 + b2, 0).reshape(32, 14, 14, n)
        p2 = _pool(h2)
        flat = np.ascontiguousarray(p2.reshape(1568, n).T)
        h3 = np.maximum(flat @ w3 + b3, 0)
        g = h3 @ w4 + b4
        g -= g.max(axis=1, keepdims=True)
        np.exp(g, out=g)
        g /= g.sum(axis=1, keepdims=True)
        g[rows, labels] -= 1
        g /= n
        gw4, gb4 = h3.T @ g, g.sum(axis=0)
        g3 = (g @ w4.T) * (h3 > 0)
        gw3, gb3 = flat.T @ g3, g3.sum(axis=0)
        g2 = _unpool((g3 @ w3.T).T.reshape(p2.shape), h2, p2).reshape(32, -1)
        gw2, gb2 = g2 @ cols2.T, g2.sum(axis=1, keepdims=True)
        g1 = _unpool(_add_columns(w2.T @ g2, p1.shape), h1, p1).reshape(16, -1)
        gw1, gb1 = g1 @ cols1.T, g1.sum(axis=1, keepdims=True)
        for p, v, gp in zip(params, velocities, (gw1, gb1, gw2, gb2, gw3, gb3, gw4, gb4), strict=True):
            v *= MOMENTUM
            v -= LR * gp
            p += v

    return step


def _windows(x: NDArray[Any]) -> NDArray[Any]:
    c, h, w, n = x.shape
    padded = np.zeros((c, h + 2, w + 2, n), x.dtype)
    padded[:, 1:-1, 1:-1] = x
    columns = np.empty((9, c, h, w, n), x.dtype)
    for cell in range(9):
        columns[cell] = padded[:, cell // 3 : cell // 3 + h, cell % 3 : cell % 3 + w]
    return columns.reshape(9 * c, -1)


def _add_columns(columns: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    c, h, w, n = shape
    padded = np.zeros((c, h + 2, w + 2, n), columns.dtype)
    for cell, own in enumerate(columns.reshape(9, c, h, w, n)):
        padded[:, cell // 3 : cell // 3 + h, cell % 3 : cell % 3 + w] += own
    return padded[:, 1:-1, 1:-1]


def _pool(x: NDArray[Any]) -> NDArray[Any]:
    top = np.maximum(x[:, ::2, ::2], x[:, ::2, 1::2])
    return np.maximum(top, np.maximum(x[:, 1::2, ::2], x[:, 1::2, 1::2]))


def _unpool(g: NDArray[Any], x: NDArray[Any], pooled: NDArray[Any]) -> NDArray[Any]:
    """Return the gradient of the input of relu and pooling: only a maximum above 0 receives it."""
    g = g * (pooled > 0)
    out = np.empty_like(x)
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        np.multiply(g, x[:, i::2, j::2] == pooled, out=out[:, i::2, j::2])
    return out


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
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=MOMENTUM)
    inputs, targets = torch.tensor(x), torch.tensor(labels)

    def step() -> None:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), targets).backward()
        optimizer.step()

    return step
