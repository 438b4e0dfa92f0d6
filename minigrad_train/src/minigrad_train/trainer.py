"""One pass over the examples, with a step of the optimizer for each batch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.random import Generator

from minigrad_core import Module, Optimizer
from minigrad_core.errors import ArgumentError

from .augmentation import Augment, make_draw
from .datasets import batches
from .divergence import NonFiniteLoss
from .evaluation import Loss, Metrics, Pair, check_outputs, evaluate, measure_metrics

# (inputs, targets) -> (loss of the batch, outputs of the model, which require no gradient)
Compute: TypeAlias = Callable[[Any, Any], tuple[Any, Any]]


def make_compute(model: Module, loss: Loss) -> Compute:
    """Return the forward pass of a step."""

    def compute(inputs: Any, targets: Any) -> tuple[Any, Any]:
        outputs = check_outputs(model(inputs))
        return check_loss(loss(outputs, targets)), outputs.detach()

    return compute


@dataclass(frozen=True, slots=True)
class Trainer:
    """Trains and evaluates a model on one process.

    Attributes
    ----------
    model, optimizer, loss, metrics, on_batch, drop_last, augment
        The arguments of `fit`.
    rng : Generator or None
        Draws the order and for `augment`.
    compute : Compute or None
        The function that `make_compute` returned for this model and loss.
    """

    model: Module
    optimizer: Optimizer
    loss: Loss
    metrics: Metrics
    on_batch: Callable[[int], object] | None
    drop_last: bool = False
    augment: Augment | None = None
    rng: Generator | None = None
    compute: Compute | None = None

    def train_epoch(self, train: Pair, batch_size: int | None, order: Generator | None) -> dict[str, float]:
        """Take a step for each batch; return the means over all examples of the loss and of each metric."""
        optimizer, on_batch = self.optimizer, self.on_batch
        compute = self.compute or make_compute(self.model, self.loss)
        totals, examples = dict.fromkeys(("loss", *self.metrics), 0.0), 0
        for inputs, targets in batches(*train, batch_size, order, drop_last=self.drop_last):
            value, outputs = compute(self.change_inputs(inputs), targets)
            number = value.item()
            if not math.isfinite(number):
                message = f"the loss became {number} after {examples} examples"
                raise NonFiniteLoss(message, stepped=examples > 0)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            count = len(targets)
            totals["loss"] += number * count
            for name, measured in measure_metrics(self.metrics, outputs.data, targets).items():
                totals[name] += measured * count
            examples += count
            if on_batch is not None:
                on_batch(count)
        return {name: total / examples for name, total in totals.items()}

    def change_inputs(self, inputs: Any) -> Any:
        """Return the inputs of a batch, or of a share of one, changed by `augment`.

        `augment` gets a copy, and may write to it: a batch can be a view of the examples of the caller.

        Raises
        ------
        ArgumentError
            `augment` returned inputs of another shape.
        """
        if self.augment is None or self.rng is None:
            return inputs
        changed = self.augment(inputs.copy(), make_draw(len(inputs), self.rng))
        if np.shape(changed) != inputs.shape:
            got = type(changed).__name__ if changed is None else np.shape(changed)
            raise ArgumentError(f"augment: expected inputs of the shape {inputs.shape}, got {got}")
        return changed

    def evaluate(self, examples: Pair) -> dict[str, float]:
        """Return the loss and each metric of examples in evaluation mode."""
        return evaluate(self.model, examples, self.loss, self.metrics)

    def after_epoch(self) -> None:
        """Do nothing: several ranks compare their weights."""


def check_loss(value: Any) -> Any:
    """Return the value of a loss function; raise ArgumentError if it is not a real scalar tensor."""
    if getattr(value, "shape", None) != () or not hasattr(value, "backward") or value.dtype.kind == "c":
        raise ArgumentError(f"loss: expected a real scalar tensor, the mean over the examples, got {value!r}")
    return value
