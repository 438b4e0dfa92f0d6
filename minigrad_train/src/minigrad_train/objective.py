"""The loss that a run minimizes, and the metrics that it measures."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.errors import ArgumentError
from minigrad_ops_nn.losses import cross_entropy, mse

from .datasets import Task
from .evaluation import Loss, Metrics, fraction_correct
from .settings import Settings

CLASSIFICATION: Metrics = {"accuracy": fraction_correct}


@dataclass(frozen=True, slots=True)
class BalancedAccuracy:
    """The mean over the classes of the fraction of right answers, as a metric of `fit`.

    The metric is a mean over examples, weighted by their class, so that ranks can add their shares.

    Attributes
    ----------
    weights : array of (classes,)
        From `balance_classes`, of the examples that are measured.
    """

    weights: NDArray[np.float64]

    def __call__(self, outputs: NDArray[Any], labels: NDArray[Any]) -> float:
        """Return the metric of outputs (n, classes) for labels (n,)."""
        return float(np.mean((outputs.argmax(axis=-1) == labels) * self.weights[labels]))


@dataclass(frozen=True, slots=True)
class WeightedCrossEntropy:
    """The mean over the examples of the cross-entropy times the weight of the class.

    The sum is divided by the number of examples and not by the sum of their weights, so that shares of a
    batch add up to the loss of the batch.

    Attributes
    ----------
    weights : array of (classes,)
    """

    weights: NDArray[np.float64]

    def __call__(self, outputs: Any, labels: NDArray[Any]) -> Any:
        """Return the loss of logits (n, classes) for labels (n,)."""
        losses = cross_entropy(outputs, labels, reduction="none")
        return (losses * self.weights[labels].astype(losses.dtype)).mean()


def balance_classes(labels: NDArray[Any], classes: int) -> NDArray[np.float64]:
    """Return a weight for each class, with which every class that occurs counts as much as any other.

    The weight of a class with k of n examples is n / (classes that occur * k), and 0 if k is 0. The mean of
    the weights over the examples is 1.

    Examples
    --------
    >>> balance_classes(np.array([0, 0, 0, 1]), 2)
    array([0.66666667, 2.        ])
    """
    counts = np.bincount(labels, minlength=classes)
    present = counts > 0
    weights = np.zeros(classes)
    weights[present] = len(labels) / (np.count_nonzero(present) * counts[present])
    return weights


@dataclass(frozen=True, slots=True)
class MeanAbsoluteError:
    """The mean of the absolute errors in the unit of the target, as a metric of `fit`.

    Attributes
    ----------
    scale : float
        The size of an output of 1, in the unit of the target.
    """

    scale: float = 1.0

    def __call__(self, outputs: NDArray[Any], targets: NDArray[Any]) -> float:
        """Return the metric of outputs (n, 1) for targets (n, 1)."""
        return float(np.mean(np.abs(outputs - targets))) * self.scale


@dataclass(frozen=True, slots=True)
class Objective:
    """The loss that a run minimizes, and its metrics.

    Attributes
    ----------
    loss, metrics
        The arguments of `fit`.
    guess_loss : float
        The loss of guessing: log(classes), or 1, the variance of scaled targets.
    """

    loss: Loss
    metrics: Metrics
    guess_loss: float


def choose_objective(settings: Settings, task: Task, targets: NDArray[Any]) -> Objective:
    """Return the objective of a run with these training targets.

    Raises
    ------
    ArgumentError
        A regression has class weights.
    """
    if task.is_regression:
        if settings.class_weights is not None:
            raise ArgumentError("--class-weights is for classes; the run is a regression")
        assert task.table is not None  # images have classes
        return Objective(mse, {"mae": MeanAbsoluteError(task.table.target_scale)}, 1.0)
    loss: Loss = cross_entropy
    if settings.class_weights is not None:
        loss = WeightedCrossEntropy(balance_classes(targets, len(task.classes)))
    return Objective(loss, CLASSIFICATION, log(len(task.classes)))


def add_test_metrics(metrics: Metrics, task: Task, labels: NDArray[Any]) -> Metrics:
    """Return the metrics of a test; in a classification also the balanced accuracy."""
    if task.is_regression:
        return metrics
    return {**metrics, "balanced_accuracy": BalancedAccuracy(balance_classes(labels, len(task.classes)))}


def measure_guess(task: Task, train: NDArray[Any], test: NDArray[Any]) -> dict[str, float]:
    """Return what guessing without a look at the inputs would reach on the test examples.

    In a classification, the accuracy of always saying the class that is the commonest in training; in a
    regression, the mean absolute error of always saying the median in training.
    """
    if task.table is not None and task.is_regression:
        guess = np.full_like(test, np.median(train))
        return {"guess_mae": MeanAbsoluteError(task.table.target_scale)(guess, test)}
    return {"guess_accuracy": float(np.mean(test == np.bincount(train).argmax()))}
