"""The report of `minigrad predict` on the outputs of a network: classes, or numbers of a regression."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from numpy.typing import NDArray

from minigrad_ops_nn.activations import softmax

from ..confusion import confusion_matrix, format_confusion
from ..datasets import Task
from ..datasets.class_counts import find_dominant
from ..number_format import format_number, format_probability
from ..objective import BalancedAccuracy, balance_classes
from ..pictures import draw_mistakes, write_picture
from .inputs import Inputs
from .summary import describe_accuracy


class PredictionReport(NamedTuple):
    """Predictions and measurements, as objects for JSON and as lines for people.

    Attributes
    ----------
    predictions : list of dict
    measured : dict or None
        The comparison of predictions and targets; None without targets.
    lines, measured_lines : list of str
    """

    predictions: list[dict[str, Any]]
    measured: dict[str, Any] | None
    lines: list[str]
    measured_lines: list[str]


def report_numbers(outputs: NDArray[Any], inputs: Inputs, task: Task) -> PredictionReport:
    """Return the predicted numbers in the unit of the target, and their mean absolute error.

    outputs: (n, 1).
    """
    table = task.table
    assert table is not None  # images have classes
    numbers = table.restore_target(outputs).tolist()
    rows = list(zip(inputs.names, numbers, strict=True))
    predictions = [{"row": name, table.target: number} for name, number in rows]
    lines = [f"{name}  {format_number(number, 6)}" for name, number in rows]
    if inputs.targets is None:
        return PredictionReport(predictions, None, lines, [])
    error = float(np.mean(np.abs(table.restore_target(inputs.targets) - numbers)))
    return PredictionReport(predictions, {"mae": error}, lines, [f"mae {format_number(error)}"])


def report_classes(
    outputs: NDArray[Any], inputs: Inputs, task: Task, picture: Path, title: str
) -> PredictionReport:
    """Return the predicted classes; with targets also accuracy and confusion; draw the worst mistakes.

    Parameters
    ----------
    outputs : array of (n, classes)
    inputs : Inputs
    task : Task
    picture : Path
        The file of the worst mistakes. Without mistakes, an old file is removed: it is of other weights.
    title : str
        The run and the images, for the picture.
    """
    probabilities = softmax(outputs, axis=-1).numpy()
    best = probabilities.argmax(axis=1)
    rows = list(zip(inputs.names, best.tolist(), probabilities.max(axis=1).tolist(), strict=True))
    predictions = [
        {"image": name, "class": task.classes[label], "label": label, "probability": probability}
        for name, label, probability in rows
    ]
    lines = [f"{name}  {task.classes[label]}  {format_probability(p)}" for name, label, p in rows]
    if inputs.targets is None:
        return PredictionReport(predictions, None, lines, [])
    labels, count = inputs.targets, len(task.classes)
    measured: dict[str, Any] = {
        "accuracy": float(np.mean(best == labels)),
        "balanced_accuracy": BalancedAccuracy(balance_classes(labels, count))(probabilities, labels),
        "confusion": confusion_matrix(labels, best, count).tolist(),  # true classes in rows
        "picture": None,
    }
    if measured["accuracy"] == 1:
        picture.unlink(missing_ok=True)
    elif task.table is None:
        measured["picture"] = _draw_mistakes(picture, inputs, probabilities, task, title)
    return PredictionReport(predictions, measured, lines, _describe_measured(measured, task))


def _describe_measured(measured: dict[str, Any], task: Task) -> list[str]:
    counts = dict(zip(task.classes, map(sum, measured["confusion"]), strict=True))
    guess = max(counts.values()) / sum(counts.values()), find_dominant(counts)
    lines = [
        format_confusion(np.asarray(measured["confusion"]), task.classes),
        describe_accuracy(measured["accuracy"], measured["balanced_accuracy"], *guess),
    ]
    return lines + ([f"worst mistakes drawn in {measured['picture']}"] if measured["picture"] else [])


def _draw_mistakes(
    path: Path, inputs: Inputs, probabilities: NDArray[Any], task: Task, title: str
) -> str | None:
    """Draw the worst mistakes and return the path; if that fails, print why and return None."""
    fault = write_picture(
        path, lambda: draw_mistakes(inputs.values, probabilities, inputs.targets, task, title)
    )
    if fault:
        click.echo(fault, err=True)
    return None if fault else str(path)
