"""The networks that `minigrad train` knows by name, and how it finds a user's own."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any

import numpy as np

import minigrad_core as mg
from minigrad_core.contracts import initial_values
from minigrad_core.errors import ArgumentError, UnknownNameError
from minigrad_ops_nn import MLP, Linear

from .evaluation import predict
from .networks import ConvolutionalNetwork, RowTransformer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .datasets import Task
    from .settings import Settings


def linear(settings: Settings, task: Task, rng: np.random.Generator) -> mg.Module:
    """Return one affine layer from the pixels to the classes."""
    return Linear(task.pixels, len(task.classes), rng=rng, dtype=settings.dtype)


def mlp(settings: Settings, task: Task, rng: np.random.Generator) -> mg.Module:
    """Return affine layers of the widths in `hidden`, with an activation between any two."""
    sizes = (task.pixels, *settings.hidden, len(task.classes))
    return MLP(sizes, activation=settings.activation, rng=rng, dtype=settings.dtype)


def cnn(settings: Settings, task: Task, rng: np.random.Generator) -> mg.Module:
    """Return the convolutional network of this package."""
    return ConvolutionalNetwork(task.shape, len(task.classes), rng=rng, dtype=settings.dtype)


def transformer(settings: Settings, task: Task, rng: np.random.Generator) -> mg.Module:
    """Return the transformer of this package, whose tokens are the rows of an image."""
    return RowTransformer(task.shape, len(task.classes), rng=rng, dtype=settings.dtype)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is built, and the settings that suit it, where they differ from the general ones."""

    build: Callable[[Settings, Task, np.random.Generator], mg.Module]
    settings: Mapping[str, Any] = field(default_factory=dict)


MODELS = {
    "linear": Recipe(linear),
    "mlp": Recipe(mlp),
    "cnn": Recipe(cnn, {"epochs": 4, "batch_size": 64, "lr": 0.002, "lr_decay": 0.5}),
    "transformer": Recipe(transformer, {"epochs": 5, "batch_size": 64, "lr_decay": 0.7}),
}


def suited(model: str) -> Mapping[str, Any]:
    """Return the settings that suit a model of this package; none for a user's own."""
    return MODELS[model].settings if model in MODELS else {}


def is_own(model: str) -> bool:
    """Return whether a model is code of the user's, `package.module:callable`, that building it would run."""
    return ":" in model


def build_model(settings: Settings, task: Task, rng: np.random.Generator) -> mg.Module:
    """Return the network that the settings name for a task, its weights drawn from `rng`.

    A name with a colon, `package.module:callable`, is a user's own: it is imported (the current directory
    counts) and called with `rng=`, a Generator to draw the weights from, and with those of `shape=`
    (channels, height, width) and `classes=` (how many) that it takes; it returns a module that maps images
    (n, channels x height x width) to logits (n, classes).

    Raises
    ------
    UnknownNameError
        No network has the name, or the module or the callable does not exist.
    ArgumentError
        The user's callable does not take `rng`, did not return a module, or one with another output.
    """
    if is_own(settings.model):
        model = _own(settings.model, task, rng)
    elif settings.model in MODELS:
        model = MODELS[settings.model].build(settings, task, rng)
    else:
        known = ", ".join(MODELS)
        raise UnknownNameError(f"no model {settings.model!r}; known are {known}, or package.module:callable")
    if settings.initializer is not None:
        _initialize(model, settings.initializer, rng)
    return model


def _own(name: str, task: Task, rng: np.random.Generator) -> mg.Module:
    function = _imported(name)
    given = {"rng": rng, "shape": task.shape, "classes": len(task.classes)}
    model = function(**{key: value for key, value in given.items() if key in _taken(function, name)})
    if not isinstance(model, mg.Module):
        raise ArgumentError(f"{name} returned {type(model).__name__}, expected a Module")
    dtype = next((parameter.dtype for parameter in model.parameters()), np.float32)
    outputs = predict(model, np.zeros((2, task.pixels), dtype))
    if outputs.shape != (2, len(task.classes)):
        raise ArgumentError(
            f"{name}: expected a network that maps {task.pixels} pixels to {len(task.classes)} logits, "
            f"(2, {task.pixels}) to (2, {len(task.classes)}); got {outputs.shape}"
        )
    return model


def _initialize(model: mg.Module, name: str, rng: np.random.Generator) -> None:
    """Draw every weight anew; vectors (biases, scales) keep what their layers gave them."""
    initializer = mg.initializers[name]
    for parameter in model.parameters():
        if parameter.ndim > 1:
            parameter.data[...] = initial_values(initializer, parameter.shape, rng=rng, dtype=parameter.dtype)


def _imported(path: str) -> Callable[..., object]:
    module, _, name = path.partition(":")
    if not all(part.isidentifier() for part in (*module.split("."), name)):
        raise UnknownNameError(f"{path!r} is no name of a model: expected package.module:callable")
    if os.getcwd() not in sys.path:  # a console script does not see the current directory, `python` does
        sys.path.insert(0, os.getcwd())
    try:
        imported = import_module(module)
    except ModuleNotFoundError as error:
        raise UnknownNameError(f"{path}: no module named {error.name!r}") from error
    if not hasattr(imported, name):
        raise UnknownNameError(f"{path}: module {module} has no {name!r}")
    found: Callable[..., object] = getattr(imported, name)
    return found


def _taken(function: Callable[..., object], name: str) -> set[str]:
    """Return which arguments a function is called with, once it is known that it can be called with them."""
    try:
        parameters = signature(function).parameters
        by_name = {"rng", "shape", "classes"}
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
            by_name &= {"rng", *parameters}
        signature(function).bind(**dict.fromkeys(by_name))
    except TypeError as error:
        raise ArgumentError(
            f"{name} is called with rng=, a numpy.random.Generator to draw the weights from, and shape= and "
            f"classes= where it takes them: {error}"
        ) from error
    except ValueError:  # compiled, without a signature to look at
        return {"rng"}
    return by_name
