"""Predict, and measure the loss and the metrics of a model on examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Module, Tensor, no_grad
from minigrad_core.errors import ArgumentError, InputError

from .history import as_number

Loss: TypeAlias = Callable[[Any, Any], Any]
Pair: TypeAlias = tuple[NDArray[Any], NDArray[Any]]  # inputs (n, ...) and targets (n, ...)
Metrics: TypeAlias = Mapping[str, Callable[[NDArray[Any], NDArray[Any]], float]]

# Examples at a time: enough for an efficient product, few enough that the arrays of a convolution stay small.
CHUNK = 500


def predict(model: Module, images: NDArray[Any]) -> NDArray[Any]:
    """Return the output of the model for each example, (n, ...), in evaluation mode and without recording.

    Parameters
    ----------
    model : Module
        Maps (n, ...) to (n, ...). The mode of each module is restored afterwards.
    images : array of (n, ...)
        At least one image.

    Raises
    ------
    InputError
        There are no images.
    ArgumentError
        The model returns something else than a tensor.
    """
    if len(images) == 0:
        raise InputError("predict expected at least one image, got none")
    with _evaluation_mode(model), no_grad():
        starts = range(0, len(images), CHUNK)
        chunks = [check_outputs(model(images[start : start + CHUNK])) for start in starts]
        return np.concatenate([chunk.data for chunk in chunks])


def accuracy(model: Module, images: NDArray[Any], labels: NDArray[Any]) -> float:
    """Return the fraction in [0, 1] of the images whose largest output is that of their label.

    Raises
    ------
    InputError
        There are no images, or another number of labels than of images.
    """
    if len(labels) != len(images):
        raise InputError(f"accuracy expected as many labels as images, got {len(labels)} and {len(images)}")
    return fraction_correct(predict(model, images), labels)


def fraction_correct(outputs: NDArray[Any], labels: NDArray[Any]) -> float:
    """Return the fraction in [0, 1] of the outputs (n, ..., classes) that are largest at their label."""
    return np.count_nonzero(outputs.argmax(axis=-1) == labels) / labels.size


def evaluate(model: Module, examples: Pair, loss: Loss, metrics: Metrics) -> dict[str, float]:
    """Return the loss and each metric of the model on examples, by name."""
    inputs, targets = examples
    outputs = predict(model, inputs)
    with no_grad():
        value = float(loss(outputs, targets).item())
    return {"loss": value} | measure_metrics(metrics, outputs, targets)


def measure_metrics(metrics: Metrics, outputs: NDArray[Any], targets: NDArray[Any]) -> dict[str, float]:
    """Return the number of each metric by name; raise ArgumentError if a metric returns no number."""
    return {name: as_number(name, metric(outputs, targets)) for name, metric in metrics.items()}


def check_outputs(outputs: Any) -> Tensor:
    """Return the outputs of a model; raise ArgumentError if they are not a tensor."""
    if isinstance(outputs, Tensor):
        return outputs
    raise ArgumentError(
        f"model: expected outputs (n, ...) as a tensor, got {type(outputs).__name__}: join several outputs "
        "by np.concatenate and split them in the loss, or write a loop of your own"
    )


@contextmanager
def _evaluation_mode(model: Module) -> Iterator[None]:
    before = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in before:
            module.training = training
