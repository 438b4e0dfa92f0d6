"""The loss that a run minimizes, and the metrics that it measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_ops_nn.losses import cross_entropy

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


def choose_loss(settings: Settings, labels: NDArray[Any], classes: int) -> Loss:
    """Return the loss of a run with these training labels."""
    if settings.class_weights is None:
        return cross_entropy
    return WeightedCrossEntropy(balance_classes(labels, classes))


def measure_guess(train: Mapping[str, int], test: Mapping[str, int]) -> float:
    """Return the accuracy on the test examples of always saying the class that is the commonest in training.

    Both arguments are numbers of examples by class.
    """
    return test[max(train, key=train.__getitem__)] / sum(test.values())
