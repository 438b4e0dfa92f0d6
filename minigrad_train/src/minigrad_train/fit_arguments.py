"""Check the arguments of `fit` before the first step."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields
from typing import Any

import numpy as np

from minigrad_core import Module, no_grad
from minigrad_core.errors import ArgumentError, InputError
from minigrad_ops_nn.layers.batch_norm import BatchNorm

from .evaluation import Metrics, Pair, predict
from .history import Epoch

VALIDATION_PREFIX = "validation_"  # of the names under which an epoch has the metrics of validation


def check_pair(name: str, given: Any) -> Pair:
    """Return a pair of arrays, inputs (n, ...) and targets (n, ...).

    Raises
    ------
    InputError
        The value is not a pair, the lengths differ, there are no examples, or they are not numbers.
    """
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise InputError(f"{name}: expected a pair (inputs, targets), got {type(given).__name__}")
    inputs, targets = (part if hasattr(part, "shape") else np.asarray(part) for part in given)
    if not inputs.shape or inputs.shape[:1] != targets.shape[:1]:
        raise InputError(
            f"{name}: expected inputs (n, ...) and targets (n, ...), got shapes {inputs.shape} and "
            f"{targets.shape}"
        )
    if not len(targets):
        raise InputError(f"{name}: expected at least one example, got none")
    if getattr(inputs, "dtype", None) is not None and inputs.dtype.kind in "OSU":
        raise InputError(f"{name}: expected inputs of numbers, got {inputs.dtype}; use astype(np.float32)")
    if getattr(targets, "dtype", None) is not None and targets.dtype.kind not in "biufc":
        raise InputError(
            f"{name}: expected targets of numbers, got {targets.dtype}; to number classes given as text, use "
            "names, labels = np.unique(targets, return_inverse=True)"
        )
    return inputs, targets


def check_labels(model: Module, train: Pair) -> None:
    """Raise InputError if the targets have a row for each example, as one-hot labels have."""
    inputs, targets = train
    if targets.ndim == 2 and predict(model, inputs[:1]).ndim == 2:
        raise InputError(
            f"train: expected labels of shape ({len(targets)},), got {targets.shape}; if each row has a one "
            "at its class (one-hot), give targets.argmax(axis=1)"
        )


def check_last_batch(model: Module, train: Pair, batch_size: Any, *, drop_last: bool) -> None:
    """Raise InputError if the last batch has one example and the model normalizes over the batch.

    A copy of the model computes the example, so that statistics and generators of the model stay as they are.
    """
    inputs, targets = train
    if not isinstance(batch_size, int | np.integer) or batch_size < 1:
        return
    count = len(targets)
    if drop_last and count < batch_size:
        raise InputError(f"drop_last leaves out all {count} examples: choose a batch_size of at most {count}")
    if count % batch_size != 1 or drop_last or not any(isinstance(m, BatchNorm) for m in model.modules()):
        return
    try:
        with no_grad():
            deepcopy(model).train()(inputs[:1])
    except InputError as error:
        raise InputError(
            f"the last batch of {count} examples in batches of {batch_size} has one example: {error}. Leave "
            "such a batch out by drop_last=True (--drop-last), or choose another batch size"
        ) from error


def check_metrics(metrics: Any) -> Metrics:
    """Return the metrics, functions by name.

    Raises
    ------
    ArgumentError
        A metric is not a function, or its name is taken by another field of an epoch.
    """
    if not isinstance(metrics, Mapping):
        raise ArgumentError(f"metrics: expected functions by name, such as {{'mae': mae}}, got {metrics!r}")
    reserved = {field.name for field in fields(Epoch)}
    for name, metric in metrics.items():
        check_callable(f"metrics[{name!r}]", metric, "a function of (outputs, targets) that returns a number")
        if name in reserved or str(name).startswith(VALIDATION_PREFIX):
            taken = f"{', '.join(sorted(reserved))} and names that begin with {VALIDATION_PREFIX!r} are taken"
            raise ArgumentError(f"metrics: {name!r} is not possible as a name: {taken}; choose another name")
    return metrics


def check_callable(name: str, value: Any, expected: str) -> None:
    """Raise ArgumentError if a value is not callable."""
    if not callable(value):
        raise ArgumentError(f"{name}: expected {expected}, got {value!r}")


def check_model(model: Any, optimizer: Any, epochs: Any) -> None:
    """Raise ArgumentError for a wrong model, optimizer or number of epochs.

    An optimizer of another model, or of frozen parameters alone, is refused: its steps would leave the loss
    as it is, without an error.
    """
    if not isinstance(model, Module):
        raise ArgumentError(f"model: expected a Module, got {model!r}")
    if not isinstance(epochs, (int, np.integer)) or epochs < 0:
        raise ArgumentError(f"epochs: expected a whole number of at least 0, got {epochs!r}")
    if isinstance(optimizer, type) or not hasattr(optimizer, "step"):
        raise ArgumentError(
            f"optimizer: expected one for the model, such as SGD(model.parameters()), got {optimizer!r}"
        )
    own = list(model.parameters())
    params = getattr(optimizer, "params", own)  # an optimizer of a plugin need not have the attribute
    shared = {id(param) for param in own} & {id(param) for param in params}
    if not shared:
        raise ArgumentError(
            "the optimizer has none of the model's parameters; make it from model.parameters()"
        )
    if not any(param.requires_grad for param in own if id(param) in shared):
        raise ArgumentError(
            "all parameters of the model that the optimizer has are frozen; set requires_grad = True for "
            "those that are to be trained"
        )
