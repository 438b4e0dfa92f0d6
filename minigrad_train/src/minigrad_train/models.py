"""The networks that `minigrad train` knows by name, and how it finds a user's own."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any

import minigrad_core as mg
from minigrad_core.contracts import initial_values
from minigrad_core.errors import ArgumentError, UnknownNameError
from minigrad_ops_nn import MLP, Linear

from .datasets.examples import CLASSES, PIXELS
from .networks import ConvolutionalNetwork, RowTransformer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from .settings import Settings


def linear(settings: Settings, rng: np.random.Generator) -> mg.Module:
    """Return one affine layer from the 784 pixels to the ten classes."""
    return Linear(PIXELS, CLASSES, rng=rng, dtype=settings.dtype)


def mlp(settings: Settings, rng: np.random.Generator) -> mg.Module:
    """Return affine layers of the widths in `hidden`, with an activation between any two."""
    sizes = (PIXELS, *settings.hidden, CLASSES)
    return MLP(sizes, activation=settings.activation, rng=rng, dtype=settings.dtype)


def cnn(settings: Settings, rng: np.random.Generator) -> mg.Module:
    """Return the convolutional network of this package."""
    return ConvolutionalNetwork(rng=rng, dtype=settings.dtype)


def transformer(settings: Settings, rng: np.random.Generator) -> mg.Module:
    """Return the transformer of this package, whose tokens are the rows of an image."""
    return RowTransformer(rng=rng, dtype=settings.dtype)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is built, and the settings that suit it, where they differ from the general ones."""

    build: Callable[[Settings, np.random.Generator], mg.Module]
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


def build_model(settings: Settings, rng: np.random.Generator) -> mg.Module:
    """Return the network that the settings name, its weights drawn from `rng`.

    A name with a colon, `package.module:callable`, is a user's own: it is imported (the current directory
    counts) and called as `callable(rng=rng)`; it returns a module that maps images (n, 784) to logits
    (n, 10).

    Raises
    ------
    UnknownNameError
        No network has the name, or the module or the callable does not exist.
    ArgumentError
        The user's callable does not take `rng`, or did not return a module.
    """
    if ":" in settings.model:
        model = _takes_rng(_imported(settings.model), settings.model)(rng=rng)
        if not isinstance(model, mg.Module):
            raise ArgumentError(f"{settings.model} returned {type(model).__name__}, expected a Module")
    elif settings.model in MODELS:
        model = MODELS[settings.model].build(settings, rng)
    else:
        known = ", ".join(MODELS)
        raise UnknownNameError(f"no model {settings.model!r}; known are {known}, or package.module:callable")
    if settings.initializer is not None:
        _initialize(model, settings.initializer, rng)
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


def _takes_rng(function: Callable[..., object], path: str) -> Callable[..., object]:
    """Return the function, once it is known that its call fails by no fault of its signature."""
    try:
        signature(function).bind(rng=None)
    except TypeError as error:
        raise ArgumentError(
            f"{path} is called with rng=, a numpy.random.Generator to draw the weights from, and does not "
            f"take that: {error}"
        ) from error
    except ValueError:  # compiled, without a signature to look at
        pass
    return function
