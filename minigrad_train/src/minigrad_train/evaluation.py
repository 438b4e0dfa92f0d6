"""What a model says about examples, and how good that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from minigrad_core import no_grad
from minigrad_core.errors import InputError

if TYPE_CHECKING:
    from minigrad_core import Module

    Loss: TypeAlias = Callable[[Any, Any], Any]
    Metrics: TypeAlias = Mapping[str, Callable[[NDArray[Any], NDArray[Any]], float]]

# Large enough for an efficient product, small enough that a convolution's intermediate arrays stay small.
CHUNK = 500


def predict(model: Module, images: NDArray[Any]) -> NDArray[Any]:
    """Return the model's output for each example, (n, ...), computed in evaluation mode and unrecorded.

    Parameters
    ----------
    model : Module
        Maps (n, ...) to (n, ...). Its modes are restored afterwards.
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
    return fraction_correct(predict(model, images), labels)


def fraction_correct(outputs: NDArray[Any], labels: NDArray[Any]) -> float:
    """Return the share in [0, 1] of the outputs (n, ..., classes) that are largest at their label."""
    return np.count_nonzero(outputs.argmax(axis=-1) == labels) / labels.size


def evaluate(
    model: Module, examples: tuple[NDArray[Any], NDArray[Any]], loss: Loss, metrics: Metrics
) -> dict[str, float]:
    """Return the loss of the model's outputs, and each metric, under their names."""
    inputs, targets = examples
    outputs = predict(model, inputs)
    with no_grad():
        value = float(loss(outputs, targets).item())
    return {"loss": value} | {name: float(metric(outputs, targets)) for name, metric in metrics.items()}


@contextmanager
def _evaluating(model: Module) -> Iterator[None]:
    before = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in before:
            module.training = training
