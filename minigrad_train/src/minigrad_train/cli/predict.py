"""`minigrad predict`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import click
import numpy as np
from numpy.typing import NDArray

from minigrad_core import Module
from minigrad_ops_nn.activations import softmax

from .. import evaluation
from ..confusion import confusion_matrix, format_confusion
from ..datasets import Dataset, Task
from ..datasets.class_counts import find_dominant
from ..datasets.examples import check_examples
from ..datasets.fingerprint import check_same_data
from ..datasets.idx import read_idx
from ..errors import DatasetError, SavedRunError
from ..images import load_images
from ..objective import BalancedAccuracy, balance_classes
from ..percent import format_probability
from ..pictures import draw_mistakes, write_picture
from ..plugin_errors import name_plugin_errors
from ..run_folder import BEST, MISTAKES, WEIGHTS, load_model
from ..settings import Settings
from .options import complete_run_folders
from .summary import describe_accuracy
from .user_messages import load_data, report_memory_error

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

EXAMPLES = """\b
Examples:
  minigrad predict runs/2026-01-31_12-00-00 --test
  minigrad predict runs/2026-01-31_12-00-00 three.png seven.jpg
  minigrad predict w.safetensors images-idx3-ubyte --labels labels-idx1-ubyte
"""


@click.command(epilog=EXAMPLES)
@click.argument("weights", type=click.Path(exists=True, path_type=Path), shell_complete=complete_run_folders)
@click.argument("images", type=FILE, nargs=-1)
@click.option("--test", is_flag=True, help="Predict the test images of the data in training.")
@click.option(
    "--labels", type=FILE, help="An IDX file with the labels of all IMAGES, to measure the predictions."
)
@click.option(
    "--last", is_flag=True, help="Take the weights after the last step, not those of the best epoch."
)
@click.option("--model", help="The package.module:callable that makes the network, if it is your own.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for mistakes.png; default: that of the weights.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print predictions and measurements as one JSON object."
)
@report_memory_error()
@name_plugin_errors()
def predict(
    weights: Path,
    images: tuple[Path, ...],
    test: bool,
    labels: Path | None,
    last: bool,
    model: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Predict the classes of images with a trained network.

    WEIGHTS is the folder of a run of `minigrad train`, or a file of weights in the folder. Of a folder, the
    command takes the weights of the epoch with the lowest validation loss. IMAGES are IDX, PNG or
    JPEG files of the same size as the images in training. With a network for MNIST, the digit in a picture of
    another size is cut out, scaled and centered. If the data in training had another scale than bytes, such
    as 0 to 15, the files hold numbers of the same scale. With labels, the command prints a confusion matrix
    and draws the worst mistakes.
    """
    if test == bool(images):
        raise click.UsageError("give either IMAGES or --test")
    if test and labels:
        raise click.UsageError("--test has its own labels; give --labels with IMAGES")
    if last and not weights.is_dir():
        raise click.UsageError("--last is for the folder of a run; a file of weights is taken as it is")
    if weights.is_dir():
        weights /= BEST if not last and (weights / BEST).exists() else WEIGHTS
    settings, task, examples, network = load_model(weights, model)
    if test:
        data = load_data(settings)
        check_same_data(weights, task, examples, data)
        image_set = _make_test_set(data)
    else:
        image_set = _read_image_set(images, labels, settings, task)
    probabilities = _predict_probabilities(
        network, image_set.pixels.astype(settings.dtype, copy=False), weights
    )
    measured = None if image_set.labels is None else _measure(probabilities, image_set.labels, task)
    if measured and measured["accuracy"] == 1:  # a picture of the mistakes of other weights does not stay
        ((out or weights.parent) / MISTAKES).unlink(missing_ok=True)
    elif measured:
        title = f"{weights.parent.resolve().name}{', test' if test else ''}"
        measured["picture"] = _draw_mistakes(
            (out or weights.parent) / MISTAKES, image_set, probabilities, task, title
        )
    if as_json:
        predictions = _describe_predictions(image_set.names, probabilities, task)
        failed = [{"image": name, "error": fact} for name, fact in image_set.failed.items()]
        output = {
            "classes": task.classes,
            "predictions": predictions,
            "measured": measured,
            "failed": failed,
        }
        click.echo(json.dumps(output, indent=2, allow_nan=False))
    else:
        _print_predictions([] if test else image_set.names, probabilities, measured, task)
    for fact in image_set.failed.values():
        click.echo(f"Error: {fact}", err=True)
    if image_set.failed:
        raise click.exceptions.Exit(1)


class _ImageSet(NamedTuple):
    """Names of n images, the images (n, pixels), their labels (n,) or None; and messages of other files."""

    names: list[str]
    pixels: NDArray[Any]
    labels: NDArray[Any] | None
    failed: dict[str, str]


def _make_test_set(data: Dataset) -> _ImageSet:
    images, labels = data.splits.test
    return _ImageSet([f"test[{index}]" for index in range(len(labels))], images, labels, {})


def _read_image_set(
    paths: tuple[Path, ...], labels: Path | None, settings: Settings, task: Task
) -> _ImageSet:
    names: list[str] = []
    parts: list[NDArray[Any]] = []
    failed: dict[str, str] = {}
    for path in paths:
        try:
            part = load_images(path, task, settings.resize)
        except DatasetError as error:
            if len(paths) == 1 or labels is not None:  # the labels are those of all files
                raise
            failed[str(path)] = str(error)
            continue
        parts.append(part)
        names += [str(path)] if len(part) == 1 else [f"{path}[{index}]" for index in range(len(part))]
    if not parts:
        raise DatasetError("\n".join(failed.values()))
    pixels = np.concatenate(parts)
    if labels is None:
        return _ImageSet(names, pixels, None, failed)
    examples = check_examples(pixels, read_idx(labels, axes=1), task, str(labels))
    return _ImageSet(names, pixels, examples.labels, failed)


def _draw_mistakes(
    path: Path, image_set: _ImageSet, probabilities: NDArray[Any], task: Task, title: str
) -> str | None:
    """Draw the worst mistakes and return the path; if that fails, print why and return None."""
    fault = write_picture(
        path, lambda: draw_mistakes(image_set.pixels, probabilities, image_set.labels, task, title)
    )
    if fault:
        click.echo(fault, err=True)
    return None if fault else str(path)


def _predict_probabilities(network: Module, pixels: NDArray[Any], weights: Path) -> NDArray[Any]:
    """Return the probability of each class, (n, classes)."""
    with np.errstate(over="ignore", invalid="ignore"):
        logits = evaluation.predict(network, pixels)
    if not np.isfinite(logits).all():
        raise SavedRunError(f"{weights}: such weights predict nothing: the output for an image is not finite")
    return softmax(logits, axis=-1).numpy()


class Measurement(TypedDict):
    """The comparison of predictions and labels."""

    accuracy: float
    balanced_accuracy: float  # the mean over the classes
    confusion: list[list[int]]  # true classes in rows, predicted classes in columns
    picture: str | None  # the path; None without mistakes, or if drawing failed


def _measure(probabilities: NDArray[Any], labels: NDArray[Any], task: Task) -> Measurement:
    predictions = probabilities.argmax(axis=1)
    return {
        "accuracy": float(np.mean(predictions == labels)),
        "balanced_accuracy": BalancedAccuracy(balance_classes(labels, len(task.classes)))(
            probabilities, labels
        ),
        "confusion": confusion_matrix(labels, predictions, len(task.classes)).tolist(),
        "picture": None,
    }


def _describe_predictions(names: list[str], probabilities: NDArray[Any], task: Task) -> list[dict[str, Any]]:
    return [
        {
            "image": name,
            "class": task.classes[row.argmax()],
            "label": int(row.argmax()),
            "probability": float(row.max()),
        }
        for name, row in zip(names, probabilities, strict=True)
    ]


def _print_predictions(
    names: list[str], probabilities: NDArray[Any], measured: Measurement | None, task: Task
) -> None:
    for name, row in zip(names, probabilities, strict=False):
        click.echo(f"{name}  {task.classes[row.argmax()]}  {format_probability(row.max())}")
    if measured is None:
        return
    click.echo(format_confusion(np.asarray(measured["confusion"]), task.classes))
    click.echo(_describe_accuracy(measured, task))
    if measured["picture"]:
        click.echo(f"worst mistakes drawn in {measured['picture']}")


def _describe_accuracy(measured: Measurement, task: Task) -> str:
    counts = dict(zip(task.classes, map(sum, measured["confusion"]), strict=True))
    guess = max(counts.values()) / sum(counts.values())
    return describe_accuracy(
        measured["accuracy"], measured["balanced_accuracy"], guess, find_dominant(counts)
    )
