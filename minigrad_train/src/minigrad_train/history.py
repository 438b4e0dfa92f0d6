"""What a training run was like, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the training examples; one line of `metrics.jsonl`.

    Attributes
    ----------
    epoch : int
        Counted from 1.
    loss : float
        The mean over all examples, each measured before the step that its batch led to.
    validation_accuracy : float or None
        The share in [0, 1] that is right after the epoch; None without validation examples.
    seconds : float
        How long the pass took, without the validation.
    examples_per_second : float
        Training examples by seconds.
    """

    epoch: int
    loss: float
    validation_accuracy: float | None
    seconds: float
    examples_per_second: float


class History(list[Epoch]):
    """The epochs of a run, in order."""

    @property
    def loss(self) -> list[float]:
        """The mean loss of each epoch."""
        return [epoch.loss for epoch in self]

    @property
    def validation_accuracy(self) -> list[float | None]:
        """The validation accuracy after each epoch."""
        return [epoch.validation_accuracy for epoch in self]
