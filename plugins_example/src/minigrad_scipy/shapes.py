"""A synthetic dataset: images of four shapes, blurred, with noise."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

SIDE = 16
CLASSES = ("disk", "ring", "square", "cross")


def shapes(examples: int = 1200) -> dict[str, Any]:
    """Return images (n, 16, 16) in [0, 1], their labels (n,), and the names of the classes.

    Each shape is drawn near the middle in a random size, blurred by `scipy.ndimage`, with noise. Each call
    returns the same images.
    """
    rng = np.random.default_rng(0)
    labels = np.arange(examples) % len(CLASSES)
    images = np.array([_image(CLASSES[label], rng) for label in labels])
    order = rng.permutation(examples)
    test_count = examples // 6
    test, train = order[:test_count], order[test_count:]
    return {
        "x_train": images[train],
        "y_train": labels[train],
        "x_test": images[test],
        "y_test": labels[test],
        "classes": CLASSES,
    }


def _image(name: str, rng: np.random.Generator) -> NDArray[Any]:
    size = rng.uniform(3.5, 5.5)
    center = (SIDE - 1) / 2 + rng.uniform(-1, 1, 2)
    down, right = np.abs(np.indices((SIDE, SIDE)) - center[:, None, None])
    distance = np.hypot(down, right)
    mask = {
        "disk": distance < size,
        "ring": np.abs(distance - size + 1) < 1,
        "square": np.maximum(down, right) < size * 0.85,
        "cross": (np.minimum(down, right) < 1) & (np.maximum(down, right) < size),
    }[name]
    blurred = ndimage.gaussian_filter(mask.astype(float), 0.7)
    return np.clip(blurred + rng.normal(0, 0.1, blurred.shape), 0, 1)
