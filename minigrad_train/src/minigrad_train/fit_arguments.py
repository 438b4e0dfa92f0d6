"""What `fit` is given, looked at before the first step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Module
from minigrad_core.errors import ArgumentError, InputError

from .history import Epoch

if TYPE_CHECKING:
    from .evaluation import Metrics
    from .trainer import Pair

VALIDATION_PREFIX = "validation_"  # what is measured on those examples has its name behind it


def check_pair(name: str, given: Any) -> Pair:
    """Return a pair of arrays, as many inputs as targets.

    Raises
    ------
    InputError
        It is none, or the targets are no numbers.
    """
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise InputError(f"{name}: expected a pair (inputs, targets), got {type(given).__name__}")
    inputs, targets = (part if hasattr(part, "shape") else np.asarray(part) for part in given)
    if not inputs.shape or inputs.shape[:1] != targets.shape[:1]:
        raise InputError(
            f"{name}: expected inputs (n, ...) and targets (n, ...), got shapes {inputs.shape} and "
            f"{targets.shape}"
        )
    if getattr(targets, "dtype", None) is not None and targets.dtype.kind not in "biufc":
        fact = f"{name}: expected targets of numbers, got {targets.dtype}"
        made = "names, labels = np.unique(targets, return_inverse=True)"
        raise InputError(f"{fact}; of text, numbers are made by {made}")
    return inputs, targets


def check_metrics(metrics: Any) -> Metrics:
    """Return functions by name, none of which takes the place of what an epoch has anyway.

    Raises
    ------
    ArgumentError
        One does, or is no function.
    """
    if not isinstance(metrics, Mapping):
        raise ArgumentError(f"metrics: expected functions by name, such as {{'mae': mae}}, got {metrics!r}")
    reserved = {field.name for field in fields(Epoch)}
    for name, metric in metrics.items():
        check_callable(f"metrics[{name!r}]", metric, "a function of (outputs, targets) that returns a number")
        if name in reserved or str(name).startswith(VALIDATION_PREFIX):
            kept = f"{', '.join(sorted(reserved))} and what begins with {VALIDATION_PREFIX!r} are taken"
            raise ArgumentError(f"metrics: one cannot be called {name!r}: {kept}; choose another name")
    return metrics


def check_callable(name: str, value: Any, expected: str) -> None:
    """Raise unless a value can be called."""
    if not callable(value):
        raise ArgumentError(f"{name}: expected {expected}, got {value!r}")


def check_model(model: Any, optimizer: Any, epochs: Any) -> None:
    """Raise if steps of the optimizer would not train the model: the loss would stay as it is, in silence."""
    if not isinstance(model, Module):
        raise ArgumentError(f"model: expected a Module, got {model!r}")
    if not isinstance(epochs, (int, np.integer)) or epochs < 0:
        raise ArgumentError(f"epochs: expected a whole number of at least 0, got {epochs!r}")
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
