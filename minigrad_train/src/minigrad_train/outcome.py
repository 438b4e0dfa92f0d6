"""How a run ended, and its best epoch so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import Any

from numpy.typing import NDArray

from minigrad_core import Module

from .history import Epoch


class Ending(StrEnum):
    """The reason for the end of a run; `result.json` has it as `ended`."""

    COMPLETE = "complete"
    PATIENCE = "patience"
    PLUGIN = "plugin"
    INTERRUPTED = "interrupted"
    DIVERGED = "diverged"


@dataclass(slots=True)
class BestEpoch:
    """The epoch with the lowest validation loss so far, and a copy of its weights.

    Attributes
    ----------
    epoch : int
        Counted from 1; 0 before the first epoch.
    loss : float
        The validation loss.
    state : dict of str to array
        The state of the model after the epoch; empty before the first epoch.
    """

    epoch: int = 0
    loss: float = inf
    state: dict[str, NDArray[Any]] = field(default_factory=dict)

    def consider(self, epoch: Epoch, model: Module) -> None:
        """Take an epoch with a lower validation loss, and copy the weights that the model has now."""
        loss = epoch.metrics.get("validation_loss")
        if loss is not None and loss < self.loss:
            self.epoch, self.loss, self.state = epoch.epoch, loss, model.state_dict()

    def is_state_of(self, model: Module) -> bool:
        """Return whether the weights of a model are those of the best epoch, bit for bit."""
        state = model.state_dict()
        return self.state.keys() == state.keys() and all(
            array.tobytes() == self.state[name].tobytes() for name, array in state.items()
        )

    @contextmanager
    def use_weights(self, model: Module) -> Iterator[None]:
        """Give a model the weights of the best epoch inside the body, if there is a best epoch."""
        last = model.state_dict()
        if self.state:
            model.load_state_dict(self.state)
        try:
            yield
        finally:
            model.load_state_dict(last)


@dataclass(slots=True)
class Outcome:
    """How a run ended.

    Attributes
    ----------
    ending : Ending or None
        None while the run continues.
    diverged_in : int or None
        The epoch, counted from 1, since which the loss is far above that of guessing or no longer finite.
    message : str
        How the loss diverged, and a remedy; empty if it has not.
    """

    ending: Ending | None = None
    diverged_in: int | None = None
    message: str = ""

    def note_divergence(self, epoch: int, message: str) -> None:
        """Note that the run diverged in an epoch."""
        self.ending, self.diverged_in, self.message = Ending.DIVERGED, epoch, message
