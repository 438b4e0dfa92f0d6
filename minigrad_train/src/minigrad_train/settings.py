"""The settings of a training run: the same settings give the same weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import inf
from typing import Any, Literal, get_origin, get_type_hints

from .arguments import convert
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
        Whether a missing split is drawn with the same share of each class; false for runs of older versions.
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
        The run ends after this number of epochs without a lower validation loss; None: after all epochs.
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
    kind: Literal["classification", "regression"] | None = None
    resize: int | None = None
    skip_bad: bool = False
    by_class: bool = True
    class_weights: Literal["balanced"] | None = None
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
    dtype: Literal["float32", "float64"] = "float32"
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
        given: dict[str, Any] = {}
        hints = get_type_hints(cls)
        for name, value in values.items():
            try:
                given[name] = _check(name, value, hints[name])
            except ValueError as error:
                fact = f"the setting {name} cannot be {str(value)[:80]!r}"
                raise SavedRunError(f"{source}: {fact}") from error
        if given.get("data") is None:  # older versions took it, and scaled the pictures of `predict` alone
            given["resize"] = None
        return cls(**{**OF_OLDER_VERSIONS, **given})


# The values with which older versions ran, for settings that they lacked and whose default is another value.
OF_OLDER_VERSIONS: Mapping[str, Any] = {"by_class": False}


# The least values of numbers that may be less than 1.
LEAST = {"lr": 0, "lr_decay": 0, "momentum": 0, "seed": 0}


def _check(name: str, value: Any, annotation: Any) -> Any:
    """Return the value of a setting from a JSON file, which has no tuples; raise ValueError if it is none."""
    if isinstance(value, list | tuple) != (get_origin(annotation) is tuple):
        raise ValueError(value)
    converted = convert(value, annotation)
    for each in converted if isinstance(converted, tuple) else (converted,):
        if type(each) in {int, float} and not LEAST.get(name, 1) <= each < inf:
            raise ValueError(value)
    return converted
