"""The history of a training run: loss, metrics and time of each epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from minigrad_core.errors import ArgumentError, UnknownNameError


def as_number(name: str, value: Any) -> float:
    """Return the value of a metric as a Python number; raise ArgumentError if it is something else."""
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            f"metrics[{name!r}]: expected a number, the mean over the examples, got {value!r}"
        ) from error


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the training examples; one line of `metrics.jsonl`.

    Attributes
    ----------
    epoch : int
        Counted from 1.
    loss : float
        The mean over all examples, each measured before the step of its batch.
    seconds : float
        The time of the pass, without the validation.
    examples_per_second : float
        Training examples divided by seconds.
    metrics : mapping of str to float
        Each metric under its name, a mean like the loss. With validation examples also `validation_loss` and
        each metric as `validation_NAME`, measured after the epoch.
    """

    epoch: int
    loss: float
    seconds: float
    examples_per_second: float
    metrics: Mapping[str, float] = field(default_factory=dict)

    @property
    def validation_accuracy(self) -> float | None:
        """The fraction of right answers in validation after the epoch; None if it was not measured."""
        return self.metrics.get("validation_accuracy")

    def as_dict(self) -> dict[str, Any]:
        """Return all fields and metrics in one flat dict; raise ArgumentError if a metric is no number."""
        return {
            "epoch": self.epoch,
            "loss": self.loss,
            **{name: as_number(name, value) for name, value in self.metrics.items()},
            "seconds": self.seconds,
            "examples_per_second": self.examples_per_second,
        }


class History(list[Epoch]):
    """The epochs of a run, in order."""

    def __repr__(self) -> str:
        count = f"{len(self)} epoch{'s' * (len(self) != 1)}"
        lines = [f"<History of {count}{', the last:' if self else ''}"]
        if self:
            values = self[-1].as_dict()
            width = max(map(len, values))
            lines += [f"    {name:{width}} {value:.5g}" for name, value in values.items()]
        return "\n".join(lines) + ">"

    @property
    def loss(self) -> list[float]:
        """The mean loss of each epoch."""
        return [epoch.loss for epoch in self]

    @property
    def validation_accuracy(self) -> list[float | None]:
        """The validation accuracy after each epoch."""
        return [epoch.validation_accuracy for epoch in self]

    @property
    def validation_loss(self) -> list[float | None]:
        """The mean loss of the validation examples after each epoch; None without validation."""
        return [epoch.metrics.get("validation_loss") for epoch in self]

    def metric(self, name: str) -> list[float | None]:
        """Return the value under a name in each epoch; None for an epoch where it was not measured.

        Raises
        ------
        UnknownNameError
            The name was measured in no epoch.
        """
        known = dict.fromkeys(key for epoch in self for key in epoch.as_dict())
        if self and name not in known:
            raise UnknownNameError(f"no epoch has {name!r}; available: {', '.join(known)}")
        return [epoch.as_dict().get(name) for epoch in self]
