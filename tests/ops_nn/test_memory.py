"""Training steps leave no arrays and no objects behind."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import numpy as np
import pytest

import minigrad_ops_nn as nn
from minigrad_ops_basic.nan_safe import apply_mask
from minigrad_ops_nn.convolution.layout import move_images_first
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
    "gru": (lambda: nn.GRU(8, 8), (6, 4, 8)),
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
        for _ in range(50):
            step()
        arrays, objects = array_bytes(), len(gc.get_objects())
        for _ in range(100):
            step()
        assert array_bytes() - arrays < 100  # less than a byte a step
        assert len(gc.get_objects()) - objects < 100  # less than an object a step
    finally:
        tracemalloc.stop()
        gc.enable()


def test_a_masked_gradient_is_one_new_array_in_whatever_order_it_lies() -> None:
    for grad in (np.ones((64, 16, 9, 9)), move_images_first(np.ones((16, 9, 9, 64)))):
        mask = grad > 0
        tracemalloc.start()
        try:
            product: Any = apply_mask(grad, mask)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert product.strides == grad.strides
        assert peak < 1.5 * grad.nbytes


def array_bytes() -> int:
    """Return the bytes that arrays hold; all traced memory would include free lists of up to 2,000 tuples."""
    arrays = tracemalloc.DomainFilter(inclusive=True, domain=np.lib.tracemalloc_domain)
    traces = tracemalloc.take_snapshot().filter_traces([arrays]).traces
    return sum(trace.size for trace in traces)
