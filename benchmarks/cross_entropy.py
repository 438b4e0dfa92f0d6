"""Cross-entropy from logits, forward and backward."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import ops, tensor

from .harness import Contender, import_if_installed

TITLE = "cross_entropy, forward and backward"
SETTINGS = ("64 x 10", "1024 x 10", "512 x 1000", "64 x 30000")


def contenders(setting: str) -> dict[str, Contender]:
    """Return one pass of each library."""
    rng = np.random.default_rng(0)
    rows, classes = map(int, setting.split(" x "))
    logits = rng.standard_normal((rows, classes), dtype=np.float32)
    labels = rng.integers(0, classes, rows)
    found = {"NumPy by hand": _by_hand(logits, labels), "minigrad": _minigrad(logits, labels)}
    if torch := import_if_installed("torch"):
        found["PyTorch"] = _torch(torch, logits, labels)
    return found


def _by_hand(logits: NDArray[Any], labels: NDArray[Any]) -> Contender:
    rows = np.arange(len(logits))

    def step() -> NDArray[Any]:
        p = logits - logits.max(axis=1, keepdims=True)
        picked = p[rows, labels]
        np.exp(p, out=p)
        sums = p.sum(axis=1, keepdims=True)
        _ = (np.log(sums[:, 0]) - picked).sum() / len(p)
        p /= sums * len(p)
        p[rows, labels] -= 1 / len(p)
        return p

    return step


def _minigrad(logits: NDArray[Any], labels: NDArray[Any]) -> Contender:
    inputs = tensor(logits, requires_grad=True)
    cross_entropy = ops.nn.cross_entropy

    def step() -> None:
        inputs.zero_grad()
        cross_entropy(inputs, labels).backward()

    return step


def _torch(torch: Any, logits: NDArray[Any], labels: NDArray[Any]) -> Contender:
    inputs, targets = torch.tensor(logits, requires_grad=True), torch.tensor(labels)
    cross_entropy = torch.nn.functional.cross_entropy

    def step() -> None:
        inputs.grad = None
        cross_entropy(inputs, targets).backward()

    return step
