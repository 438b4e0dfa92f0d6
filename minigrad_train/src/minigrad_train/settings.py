"""Everything that decides how a training run goes: with the same settings, the same weights."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from .errors import SavedRunError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options of `minigrad train`; `config.json` holds them.

    Attributes
    ----------
    data : str or None
        A folder of IDX files or an `mnist.pkl.gz`; None for the packaged MNIST.
    model : str
        A name of `minigrad_train.models`, or `package.module:callable`.
    hidden : tuple of int
        The widths between input and output of an MLP.
    activation, initializer, optimizer : str
        Registered names; an initializer of None leaves the layers' own.
    lr, momentum : float or None
        None leaves the optimizer's own.
    lr_decay : float
        What the learning rate is multiplied by after each epoch.
    batch_size : int or None
        None for all examples at once.
    epochs, seed : int
    threads : int
        Of the matrix products. One by default: more gain little on small batches (15 % with two on the MLP),
        and lose tenfold when another program wants the cores.
    dtype : str
        Of weights and images, `float32` or `float64`.
    """

    data: str | None = None
    model: str = "mlp"
    hidden: tuple[int, ...] = (256,)
    activation: str = "relu"
    initializer: str | None = None
    optimizer: str = "nn::adam"
    lr: float | None = None
    momentum: float | None = None
    lr_decay: float = 1.0
    batch_size: int | None = 128
    epochs: int = 12
    seed: int = 0
    threads: int = 1
    dtype: str = "float32"

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as JSON holds them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], source: str) -> Settings:
        """Return the settings that `as_dict` gave; what an older version lacked keeps its default.

        Raises
        ------
        SavedRunError
            There are settings that this version does not know.
        """
        if unknown := set(values) - {field.name for field in fields(cls)}:
            raise SavedRunError(f"{source}: unknown settings {sorted(unknown)}; a newer version wrote it")
        return cls(**{**values, "hidden": tuple(values["hidden"])})
