"""The networks of `minigrad train`, and one step of each on a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from minigrad_ops_nn.losses import cross_entropy
from minigrad_train.datasets.mnist import DIGITS
from minigrad_train.models import build_model, get_recommended_settings
from minigrad_train.settings import Settings

if TYPE_CHECKING:
    import minigrad_core as mg

NAMES = ("mlp", "cnn", "transformer")


def network(name: str) -> tuple[mg.Module, int]:
    """Return a network, and its default batch size."""
    settings = Settings(model=name, **get_recommended_settings(name))
    return build_model(settings, DIGITS, np.random.default_rng(0)), settings.batch_size or 128


def gradients(model: mg.Module, batch: int) -> Callable[[], None]:
    """Return a function that computes the gradients of one batch."""
    rng = np.random.default_rng(0)
    images, labels = rng.random((batch, 784), np.float32), rng.integers(0, 10, batch)
    model.train()

    def compute() -> None:
        for parameter in model.parameters():
            parameter.grad = None
        cross_entropy(model(images), labels).backward()

    return compute
