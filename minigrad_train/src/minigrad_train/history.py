"""What a training run was like, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the training examples; one line of `metrics.jsonl`.

    Attributes
    ----------
    epoch : int
        Counted from 1.
    loss : float
        The mean over all examples, each measured before the step that its batch led to.
    seconds : float
        How long the pass took, without the validation.
    examples_per_second : float
        Training examples by seconds.
    metrics : mapping of str to float
        Each metric under its name, measured as the loss is; and, if there are validation examples, under
        `validation_NAME` after the epoch, as is `validation_loss`.
    """

    epoch: int
    loss: float
    seconds: float
    examples_per_second: float
    metrics: Mapping[str, float] = field(default_factory=dict)

    @property
    def validation_accuracy(self) -> float | None:
        """The share in [0, 1] that is right after the epoch; None without validation or as another metric."""
        return self.metrics.get("validation_accuracy")

    def as_dict(self) -> dict[str, Any]:
        """Return everything under its name, side by side."""
        return {
            "epoch": self.epoch,
            "loss": self.loss,
            **self.metrics,
            "seconds": self.seconds,
            "examples_per_second": self.examples_per_second,
        }


class History(list[Epoch]):
    """The epochs of a run, in order."""

    @property
    def loss(self) -> list[float]:
        """The mean loss of each epoch."""
        return [epoch.loss for epoch in self]

    @property
    def validation_accuracy(self) -> list[float | None]:
        """The validation accuracy after each epoch."""
        return self.metric("validation_accuracy")

    def metric(self, name: str) -> list[float | None]:
        """Return what `metrics.jsonl` has under a name, of each epoch; None where it was not measured."""
        return [epoch.as_dict().get(name) for epoch in self]
