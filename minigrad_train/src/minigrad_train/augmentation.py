"""Augment the images of a run: change each batch at random, as `--augment` says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from minigrad_core.errors import ArgumentError, UnknownNameError
from minigrad_ops_nn.batch_share import uniform

from .datasets import Task
from .errors import CallbackError
from .image_transforms import Draw, crop, flip, flip_vertically, rotate, shift
from .plugin_errors import name_errors
from .plugin_resources import find_resource, is_resource_name

Augment: TypeAlias = Callable[[Any, Draw], Any]

PLAIN: Mapping[str, Augment] = {"flip": flip, "flip-vertical": flip_vertically}
EXPECTED = {
    "shift": "shift=N, pixels from 1 up",
    "rotate": "rotate=DEGREES, up to 180",
    "crop": "crop=SHARE, the least share of height and width, between 0 and 1",
}
KNOWN = ("flip", "flip-vertical", "shift=N", "rotate=DEGREES", "crop=SHARE", "NAMESPACE::NAME of a plugin")


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Changes images by several functions in turn; the argument `augment` of `fit`.

    Attributes
    ----------
    shape : tuple of int
        Channels, height and width of an image.
    functions : tuple of callable
        Each takes images (n, channels, height, width) and `draw`, and returns as many images.
    """

    shape: tuple[int, int, int]
    functions: tuple[Augment, ...]

    def __call__(self, inputs: NDArray[Any], draw: Draw) -> NDArray[Any]:
        """Return changed images (n, pixels)."""
        images = inputs.reshape(len(inputs), *self.shape)
        for function in self.functions:
            images = function(images, draw)
        return images.reshape(inputs.shape).astype(inputs.dtype, copy=False)


def make_augmentation(names: Sequence[str], task: Task) -> Augmentation | None:
    """Return the augmentation that the texts of `--augment` name; None without any.

    Raises
    ------
    ArgumentError
        A name has a wrong value, or the data are a table.
    UnknownNameError
        There is no such augmentation.
    PluginLoadError, CallbackError
        A plugin did not load, or failed to list its functions.
    """
    if not names:
        return None
    if task.table is not None:
        raise ArgumentError("--augment is for images; the data are a table")
    return Augmentation(task.shape, tuple(map(_find_function, names)))


def make_draw(count: int, rng: np.random.Generator) -> Draw:
    """Return the `draw` for a batch, or a share of one, of `count` examples.

    Each example gets the draws that it would get on one process, and the generator advances as it would then.
    """
    return lambda numbers: uniform((count, numbers), rng)


def _find_function(text: str) -> Augment:
    name, _, value = text.partition("=")
    if text in PLAIN:
        return PLAIN[text]
    if is_resource_name(text):
        return _guard(text, find_resource("augmentations", text))
    if name not in EXPECTED:
        raise UnknownNameError(f"--augment {text}: unknown; known are {', '.join(KNOWN)}")
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if name == "shift" and number.is_integer() and number >= 1:
        return partial(shift, pixels=int(number))
    if name == "rotate" and 0 < number <= 180:
        return partial(rotate, degrees=number)
    if name == "crop" and 0 < number < 1:
        return partial(crop, least=number)
    raise ArgumentError(f"--augment {text}: expected {EXPECTED[name]}")


def _guard(full: str, function: Callable[..., Any]) -> Augment:
    """Return the function of a plugin, with a check of its result and its name in errors."""

    def augment(images: NDArray[Any], draw: Draw) -> NDArray[Any]:
        with name_errors(full):
            changed = np.asarray(function(images, draw))
        if changed.shape != images.shape or changed.dtype.kind != "f":
            raise CallbackError(
                f"{full} returned {changed.dtype} {changed.shape}, expected images {images.shape} of floats"
            )
        return changed

    return augment
