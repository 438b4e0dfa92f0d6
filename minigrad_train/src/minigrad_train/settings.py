"""The settings of a training run: the same settings give the same weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite
from typing import Any

from .errors import SavedRunError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options of `minigrad train`; `config.json` holds them.

    Attributes
    ----------
    data : str or None
        The argument of `datasets.load`, a path or the `NAMESPACE::NAME` of a plugin; None: the packaged
        MNIST.
    target : str or None
        The column of a table to predict; None: the last one.
    kind : str or None
        "classification" or "regression" for a table; None: by the target.
    resize : int or None
        The height and width to which pictures are scaled.
    skip_bad : bool
        Whether pictures that cannot be read are left out.
    by_class : bool
        Whether a split that the data lack has of each class its share; false for runs of older versions.
    class_weights : str or None
        "balanced": every class counts as much as any other in the loss.
    model : str
        A name of `minigrad_train.models`, a plugin's `NAMESPACE::NAME`, or `package.module:callable`.
    model_arg, initializer_arg, optimizer_arg : tuple of str
        `NAME=VALUE` texts for further settings of the model, the initializer and the optimizer.
    hidden : tuple of int
        The widths of the hidden layers of an MLP.
    activation, initializer, optimizer : str
        Registered names; None: each layer has its own initializer.
    lr, momentum : float or None
        None: the default of the optimizer.
    lr_decay : float
        The factor by which the learning rate is multiplied after each epoch.
    batch_size : int or None
        None: all examples at once.
    drop_last : bool
        Whether an epoch leaves out a last batch of fewer examples.
    augment : tuple of str
        The augmentations of the images: flip, flip-vertical, shift=N, rotate=DEGREES, crop=SHARE, or the
        `NAMESPACE::NAME` of a plugin.
    epochs, seed : int
    patience : int or None
        The run ends after so many epochs without a lower validation loss; None: after all epochs.
    threads : int
        The largest number of threads for matrix products; the number of cores is another limit. The default
        is 1: two threads gain 15 % on the MLP, and are ten times as slow when another program uses the cores.
    dtype : str
        The dtype of weights and images, `float32` or `float64`.
    compile : bool
        Whether steps are replayed, see `mg.compile`.
    """

    data: str | None = None
    target: str | None = None
    kind: str | None = None
    resize: int | None = None
    skip_bad: bool = False
    by_class: bool = True
    class_weights: str | None = None
    model: str = "mlp"
    model_arg: tuple[str, ...] = ()
    hidden: tuple[int, ...] = (256,)
    activation: str = "relu"
    initializer: str | None = None
    initializer_arg: tuple[str, ...] = ()
    optimizer: str = "nn::adam"
    optimizer_arg: tuple[str, ...] = ()
    lr: float | None = None
    momentum: float | None = None
    lr_decay: float = 1.0
    batch_size: int | None = 128
    drop_last: bool = False
    augment: tuple[str, ...] = ()
    epochs: int = 12
    patience: int | None = None
    seed: int = 0
    threads: int = 1
    dtype: str = "float32"
    compile: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as a dict that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Any, source: str) -> Settings:
        """Return settings from the dict of `as_dict`.

        A setting that an older version lacked has its default, or the value that the older version had.

        Raises
        ------
        SavedRunError
            This version does not know a setting, or a setting cannot have its value.
        """
        if not isinstance(values, dict):
            raise SavedRunError(f"{source}: it holds no settings of a run")
        if unknown := set(values) - {field.name for field in fields(cls)}:
            raise SavedRunError(f"{source}: unknown settings {sorted(unknown)}; a newer version wrote it")
        for name, value in values.items():
            if not _VALIDATORS[name](value):
                raise SavedRunError(f"{source}: the setting {name} cannot be {str(value)[:80]!r}")
        # JSON has no tuples.
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        if given.get("data") is None:  # older versions took it, and scaled the pictures of `predict` alone
            given["resize"] = None
        return cls(**{**OF_OLDER_VERSIONS, **given})


# Of settings that older versions lacked, the values that they had and that are no longer the defaults.
OF_OLDER_VERSIONS: Mapping[str, Any] = {"by_class": False}


def _is_whole_from(least: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and value >= least


def _is_number(value: Any) -> bool:
    return type(value) in {int, float} and isfinite(value) and value >= 0


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_all(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list | tuple) and all(map(fits, value))


def _is_none_or(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or fits(value)


_VALIDATORS: Mapping[str, Callable[[Any], bool]] = {
    "data": _is_none_or(_is_text),
    "target": _is_none_or(_is_text),
    "kind": _is_none_or(lambda value: value in {"classification", "regression"}),
    "resize": _is_none_or(_is_whole_from(1)),
    "skip_bad": _is_bool,
    "by_class": _is_bool,
    "class_weights": _is_none_or(lambda value: value == "balanced"),
    "model": _is_text,
    "model_arg": _are_all(_is_text),
    "hidden": _are_all(_is_whole_from(1)),
    "activation": _is_text,
    "initializer": _is_none_or(_is_text),
    "initializer_arg": _are_all(_is_text),
    "optimizer": _is_text,
    "optimizer_arg": _are_all(_is_text),
    "lr": _is_none_or(_is_number),
    "momentum": _is_none_or(_is_number),
    "lr_decay": _is_number,
    "batch_size": _is_none_or(_is_whole_from(1)),
    "drop_last": _is_bool,
    "augment": _are_all(_is_text),
    "epochs": _is_whole_from(1),
    "patience": _is_none_or(_is_whole_from(1)),
    "seed": _is_whole_from(0),
    "threads": _is_whole_from(1),
    "dtype": lambda value: value in {"float32", "float64"},
    "compile": _is_bool,
}
