"""What a model says about images, and how often it is right."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import no_grad
from minigrad_core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from minigrad_core import Module

# Large enough for an efficient product, small enough that a convolution's intermediate arrays stay small.
CHUNK = 500


def predict(model: Module, images: NDArray[Any]) -> NDArray[Any]:
    """Return the model's output for each image, (n, classes), computed in evaluation mode and unrecorded.

    Parameters
    ----------
    model : Module
        Maps (n, ...) to (n, classes). Its modes are restored afterwards.
    images : array of (n, ...)
        At least one.

    Raises
    ------
    InputError
        No images.
    """
    if len(images) == 0:
        raise InputError("predict expected at least one image, got none")
    with _evaluating(model), no_grad():
        chunks = [model(images[start : start + CHUNK]) for start in range(0, len(images), CHUNK)]
        return np.concatenate([chunk.data for chunk in chunks])


def accuracy(model: Module, images: NDArray[Any], labels: NDArray[Any]) -> float:
    """Return the share in [0, 1] of the images whose largest output is at their label.

    Raises
    ------
    InputError
        No images, or another number of labels.
    """
    if len(labels) != len(images):
        raise InputError(f"accuracy expected as many labels as images, got {len(labels)} and {len(images)}")
    return float(np.mean(predict(model, images).argmax(axis=-1) == labels))


@contextmanager
def _evaluating(model: Module) -> Iterator[None]:
    before = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in before:
            module.training = training
