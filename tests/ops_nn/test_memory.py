"""Training steps leave nothing behind."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import numpy as np
import pytest

import minigrad_ops_nn as nn
from minigrad_ops_nn.losses import mse
from minigrad_ops_nn.optimizers import Adam

MODELS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "cnn": (
        lambda: nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()
        ),
        (4, 1, 8, 8),
    ),
    "transformer": (lambda: nn.TransformerBlock(8, 2, 16, dropout=0.1), (4, 6, 8)),
    "lstm": (lambda: nn.LSTM(8, 8), (6, 4, 8)),
}


@pytest.mark.parametrize("name", sorted(MODELS))
def test_steps_leave_no_memory_behind_even_without_the_collector(name: str) -> None:
    make, shape = MODELS[name]
    model = make()
    optimizer = Adam(model.parameters())
    x = np.ones(shape, np.float32)

    def step() -> None:
        optimizer.zero_grad()
        out = model(x)
        out = out[0] if isinstance(out, tuple) else out
        mse(out, np.zeros(out.shape, np.float32)).backward()
        optimizer.step()

    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(50):  # the interpreter fills its free lists
            step()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(100):
            step()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert after - before < 100 * 400  # the smallest array of a step that could stay has 512 bytes
