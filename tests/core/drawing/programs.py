"""Modules and graphs that the tests of this folder draw."""

from __future__ import annotations

from typing import Any

import numpy as np

import minigrad_core as mg

FUNCTIONS: Any = (np.tanh, np.sin, np.cos, np.arctan)


class Scale(mg.Module):
    def __init__(self, size: int) -> None:
        self.factor = mg.Parameter(np.full(size, 2.0))

    def forward(self, x: Any) -> Any:
        return np.tanh(x * self.factor)


class Stack(mg.Module):
    def __init__(self, count: int) -> None:
        self.layers: Any = mg.ModuleList(Scale(3) for _ in range(count))

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x + 1


def random_graph(seed: int, size: int = 40) -> mg.Tensor:
    """Return the end of a graph without a pattern."""
    rng = np.random.default_rng(seed)
    tensors = [mg.tensor(rng.normal(size=(2, 3)), requires_grad=True) for _ in range(3)]
    for _ in range(size):
        x, y = (tensors[-int(k)] for k in rng.integers(1, 4, 2))
        tensors.append(x * y if rng.random() < 0.4 else FUNCTIONS[rng.integers(4)](x))
    return np.sum(tensors[-1] + tensors[-2] + tensors[-3])
