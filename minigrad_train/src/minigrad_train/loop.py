"""The training loop."""

from __future__ import annotations

import math
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from minigrad_core import Module
from minigrad_core.errors import ArgumentError, InputError
from minigrad_ops_nn.losses import cross_entropy

from .datasets import batches
from .errors import DivergedError
from .evaluation import accuracy
from .history import Epoch, History

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from minigrad_core import Optimizer

    Labelled: TypeAlias = tuple[NDArray[Any], NDArray[Any]]


def fit(
    model: Module,
    train: Labelled,
    validation: Labelled | None = None,
    *,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None = None,
    rng: np.random.Generator | None = None,
    on_epoch: Callable[[Epoch], object] | None = None,
    on_batch: Callable[[int], object] | None = None,
) -> History:
    """Fit the model's parameters to labelled examples and return how it went.

    Minimizes the mean cross-entropy of the model's outputs, taken as logits, by one optimizer step per batch.

    Parameters
    ----------
    model : Module
        Maps a batch (n, ...) to logits (n, classes). It is put into training mode, and left there.
    train : (images, labels)
        Arrays of (n, ...) and (n,); labels are integers in [0, classes).
    validation : (images, labels), optional
        Measured after each epoch, in evaluation mode.
    optimizer : Optimizer
        Over the model's parameters.
    epochs : int
        Passes over the training examples.
    batch_size : int, optional
        Default: all examples at once, in their own order. The last batch may be shorter.
    rng : Generator, optional
        Draws the order of the examples anew for each epoch; give a seeded one to make a run repeatable.
    on_epoch : callable, optional
        Gets each `Epoch` as it ends.
    on_batch : callable, optional
        Gets the number of examples of each batch after its step; what it raises ends the loop between steps.

    Raises
    ------
    DivergedError
        The loss of a batch is not finite; its step is not taken.
    InputError
        No pair, no examples, a batch size below 1, or another number of labels than of images.
    ArgumentError
        What should be a model or an optimizer is none, or the optimizer is for another model; epochs are no
        whole number.
    """
    if not isinstance(model, Module):
        raise ArgumentError(f"model: expected a Module, got {model!r}")
    if not isinstance(epochs, (int, np.integer)) or epochs < 0:
        raise ArgumentError(f"epochs: expected a whole number of at least 0, got {epochs!r}")
    train = _pair("train", train)
    validation = None if validation is None else _pair("validation", validation)
    if len(train[1]) == 0:
        raise InputError("fit expected at least one training example, got none")
    _check_optimizer(optimizer, model)
    rng = np.random.default_rng(rng)
    model.train()
    history = History()
    for number in range(1, epochs + 1):
        start = perf_counter()
        loss, examples = _one_pass(model, batches(*train, batch_size, rng), optimizer, on_batch)
        seconds = perf_counter() - start
        right = None if validation is None else accuracy(model, *validation)
        history.append(Epoch(number, loss, right, seconds, examples / seconds))
        if on_epoch is not None:
            on_epoch(history[-1])
    return history


def _pair(name: str, given: Any) -> Labelled:
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise InputError(f"{name}: expected a pair (images, labels), got {type(given).__name__}")
    images, labels = (part if hasattr(part, "shape") else np.asarray(part) for part in given)
    if not images.shape or images.shape[:1] != labels.shape:
        raise InputError(
            f"{name}: expected images (n, ...) and labels (n,), got shapes {images.shape} and {labels.shape}"
        )
    return images, labels


def _check_optimizer(optimizer: Any, model: Module) -> None:
    """Raise if steps of the optimizer would not train the model: the loss would stay as it is, in silence."""
    if isinstance(optimizer, type) or not hasattr(optimizer, "step"):
        raise ArgumentError(
            f"optimizer: expected one for the model, such as SGD(model.parameters()), got {optimizer!r}"
        )
    own = list(model.parameters())
    params = getattr(optimizer, "params", own)  # that of a plugin need not have the attribute
    if not {id(param) for param in own} & {id(param) for param in params}:
        raise ArgumentError(
            "the optimizer has none of the model's parameters; make it from model.parameters()"
        )


def _one_pass(
    model: Module,
    pairs: Iterable[Labelled],
    optimizer: Optimizer,
    on_batch: Callable[[int], object] | None,
) -> tuple[float, int]:
    """Take a step for each batch; return the mean loss over all examples, and their number."""
    total, examples = 0.0, 0
    for images, labels in pairs:
        loss = cross_entropy(model(images), labels)
        value = loss.item()
        if not math.isfinite(value):
            raise DivergedError(f"the loss became {value} after {examples} examples; lower lr={optimizer.lr}")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += value * len(labels)
        examples += len(labels)
        if on_batch is not None:
            on_batch(len(labels))
    return total / examples, examples
