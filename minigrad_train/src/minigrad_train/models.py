"""Build the network that `--model` names: one of this package, of a plugin, or of the user."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from importlib import import_module
from inspect import signature
from typing import Any

import numpy as np

import minigrad_core as mg
from minigrad_core.errors import ArgumentError, InputError, UnknownNameError
from minigrad_ops_nn import MLP, Linear

from .arguments import parse_arguments
from .datasets import Task
from .evaluation import predict
from .networks import ConvolutionalNetwork, RowTransformer
from .plugin_errors import name_errors
from .plugin_resources import find_resource, is_resource_name
from .settings import Settings

OPTION = "--model-arg"


def linear(settings: Settings, task: Task, rng: np.random.Generator) -> mg.Module:
    """Return one affine layer from the pixels to the classes."""
    return Linear(task.pixels, task.outputs, rng=rng, dtype=settings.dtype)


def mlp(settings: Settings, task: Task, rng: np.random.Generator) -> mg.Module:
    """Return affine layers with the hidden widths of the settings, and activations between the layers."""
    sizes = (task.pixels, *settings.hidden, task.outputs)
    return MLP(sizes, activation=settings.activation, rng=rng, dtype=settings.dtype)


def cnn(settings: Settings, task: Task, rng: np.random.Generator) -> mg.Module:
    """Return the convolutional network of this package."""
    return ConvolutionalNetwork(task.shape, task.outputs, rng=rng, dtype=settings.dtype)


def transformer(
    settings: Settings,
    task: Task,
    rng: np.random.Generator,
    width: int = 64,
    heads: int = 4,
    hidden: int = 128,
) -> mg.Module:
    """Return the transformer of this package, whose tokens are the rows of an image."""
    return RowTransformer(task.shape, task.outputs, width, heads, hidden, rng=rng, dtype=settings.dtype)


@dataclass(frozen=True, slots=True)
class BuiltinModel:
    """A function that builds a network, and recommended settings that differ from the defaults."""

    # Takes the settings, the task, a generator, and the arguments that --model-arg may set.
    build: Callable[..., mg.Module]
    settings: Mapping[str, Any] = field(default_factory=dict)


MODELS = {
    "linear": BuiltinModel(linear),
    "mlp": BuiltinModel(mlp),
    "cnn": BuiltinModel(cnn, {"epochs": 4, "batch_size": 64, "lr": 0.002, "lr_decay": 0.5}),
    "transformer": BuiltinModel(transformer, {"epochs": 5, "batch_size": 64, "lr_decay": 0.7}),
}


def get_recommended_settings(model: str) -> Mapping[str, Any]:
    """Return the settings recommended for a model of this package; an empty mapping for other models."""
    return MODELS[model].settings if model in MODELS else {}


def is_import_path(model: str) -> bool:
    """Return whether the name of a model is a `package.module:callable`, the user's code."""
    return ":" in model and not is_resource_name(model)


def build_model(settings: Settings, task: Task, rng: np.random.Generator) -> mg.Module:
    """Return the network that the settings name for a task, its weights drawn from `rng`.

    `package.module:callable` is imported, also from the current directory; `NAMESPACE::NAME` is a function of
    a plugin. The function is called with `rng=`, a Generator to draw the weights from, with `shape=`
    (channels, height, width), `classes=` (a number, 1 for a regression) and `dtype=` if it takes them, and
    with the arguments in `model_arg`. It returns a module that maps images (n, channels x height x width) to
    logits (n, classes). If the dtype of the settings is float64, weights of another dtype are cast.

    Raises
    ------
    UnknownNameError
        There is no network of this name, or the module or the callable does not exist.
    ArgumentError
        The callable does not take `rng`, or returned no module or a module with another output; or it has no
        argument that `model_arg` sets.
    CallbackError
        The function of a plugin raised.
    """
    if ":" in settings.model:
        model = _build_external(settings.model, settings.model_arg, task, rng, settings.dtype)
    elif settings.model in MODELS:
        build = MODELS[settings.model].build
        given = parse_arguments(
            build, settings.model_arg, option=OPTION, reserved=("settings", "task", "rng")
        )
        model = build(settings, task, rng, **given)
    else:
        known = ", ".join((*MODELS, "NAMESPACE::NAME of a plugin"))
        raise UnknownNameError(f"no model {settings.model!r}; known are {known}, or package.module:callable")
    if settings.initializer is not None:
        _initialize(model, settings.initializer, settings.initializer_arg, rng)
    elif settings.initializer_arg:
        raise ArgumentError("--initializer-arg is a setting of an --initializer, and none is given")
    return model


def _build_external(
    name: str, assignments: Sequence[str], task: Task, rng: np.random.Generator, dtype: str
) -> mg.Module:
    """Return the network that a function of a plugin or of the user makes; check that it fits the task."""
    function = find_resource("models", name) if is_resource_name(name) else _import_callable(name)
    if not callable(function):
        raise ArgumentError(f"{name} is {function!r}, expected a function that makes a network")
    offered = {"rng": rng, "shape": task.shape, "classes": task.outputs, "dtype": dtype}
    given = parse_arguments(function, assignments, option=OPTION, reserved=offered) if assignments else {}
    given |= {key: offered[key] for key in _select_arguments(function, name, given)}
    with name_errors(name) if is_resource_name(name) else nullcontext():
        model = function(**given)
    if not isinstance(model, mg.Module):
        raise ArgumentError(f"{name} returned {type(model).__name__}, expected a Module")
    if dtype != Settings().dtype:
        _cast_state(model, dtype)
    own = next((parameter.dtype for parameter in model.parameters()), np.float32)
    expected = (
        f"{name}: expected a network that maps {task.pixels} pixels to {task.outputs} logits, "
        f"(2, {task.pixels}) to (2, {task.outputs})"
    )
    with name_errors(name) if is_resource_name(name) else nullcontext():
        try:
            outputs = predict(model, np.zeros((2, task.pixels), own))
        except (ArgumentError, InputError) as error:
            raise ArgumentError(f"{expected}: {error}") from error
    if outputs.shape != (2, task.outputs):
        raise ArgumentError(f"{expected}; got {outputs.shape}")
    return model


def _cast_state(model: mg.Module, dtype: str) -> None:
    """Give floating-point parameters and buffers a dtype, in a network whose function does not take it."""
    for parameter in model.parameters():
        if parameter.dtype.kind == "f":
            parameter.data = parameter.data.astype(dtype)
    for module in model.modules():
        for name, value in vars(module).items():
            if name in module._buffers and value.dtype.kind == "f":  # noqa: SLF001 - the names of the buffers
                setattr(module, name, value.astype(dtype))


def _initialize(model: mg.Module, name: str, assignments: Sequence[str], rng: np.random.Generator) -> None:
    """Draw the weights of two or more axes again; biases and scales, which are vectors, stay as they are."""
    initializer = mg.initializers[name]
    given = parse_arguments(
        initializer, assignments, option="--initializer-arg", reserved=("shape", "rng", "dtype")
    )
    for parameter in model.parameters():
        if parameter.ndim > 1:
            shape, dtype = parameter.shape, parameter.dtype
            parameter.data[...] = initializer(shape, rng=rng, dtype=dtype, **given)


def _import_callable(path: str) -> Callable[..., object]:
    module, _, name = path.partition(":")
    if not all(part.isidentifier() for part in (*module.split("."), name)):
        raise UnknownNameError(f"{path!r} is not the name of a model: expected package.module:callable")
    # Unlike `python -m`, a console script does not import from the current directory.
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        imported = import_module(module)
    except ModuleNotFoundError as error:
        raise UnknownNameError(f"{path}: no module named {error.name!r}") from error
    if not hasattr(imported, name):
        raise UnknownNameError(f"{path}: module {module} has no {name!r}")
    function: Callable[..., object] = getattr(imported, name)
    return function


def _select_arguments(function: Callable[..., object], name: str, settings: Mapping[str, Any]) -> set[str]:
    """Return the names of the arguments that a function is called with; check that the call is possible."""
    try:
        parameters = signature(function).parameters
        names = {"rng", "shape", "classes", *({"dtype"} & parameters.keys())}
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
            names &= {"rng", *parameters}
        signature(function).bind(**dict.fromkeys(names), **settings)
    except TypeError as error:
        raise ArgumentError(
            f"{name} is called with rng=, a numpy.random.Generator to draw the weights from, and shape=, "
            f"classes= and dtype= where it takes them, and with settings by {OPTION}: {error}"
        ) from error
    except ValueError:  # a compiled function without a signature
        return {"rng"}
    return names
