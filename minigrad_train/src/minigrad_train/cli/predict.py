"""`minigrad predict`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

import click
import numpy as np
from numpy.typing import NDArray

from minigrad_ops_nn.activations import softmax

from .. import evaluation
from ..confusion import confusion_matrix, confusion_text
from ..datasets.examples import checked
from ..datasets.fingerprint import check_unchanged
from ..datasets.idx import read_idx
from ..errors import SavedRunError
from ..folder import MISTAKES, WEIGHTS, load_model
from ..images import load_images
from ..pictures import draw_mistakes, write_picture
from .loading import loaded
from .memory import memory_told
from .options import complete_run_folders
from .plugin_faults import name_plugin_errors

if TYPE_CHECKING:
    from minigrad_core import Module

    from ..datasets import Dataset, Task
    from ..settings import Settings

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
@click.option("--test", is_flag=True, help="Predict the test images of the data that the weights come from.")
@click.option("--labels", type=FILE, help="An IDX file with the labels of all images, to measure against.")
@click.option("--model", help="The package.module:callable of weights whose network is your own.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where mistakes.png goes; default: beside the weights.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with all there is.")
@memory_told()
@name_plugin_errors()
def predict(
    weights: Path,
    images: tuple[Path, ...],
    test: bool,
    labels: Path | None,
    model: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Say which classes images show: digits, or what the network was trained on.

    WEIGHTS are what `minigrad train` saved: a weights.safetensors, or the folder of a run. IMAGES are IDX,
    PNG or JPEG files, of the size of those in training; the digit in a picture of another size than MNIST's
    is cut out, scaled and centered. Where training was on numbers of another scale than bytes have, such as
    0 to 15, files hold the same numbers. Where labels are known, a confusion matrix is printed and the worst
    mistakes are drawn.
    """
    if test == bool(images):
        raise click.UsageError("give either IMAGES or --test")
    if test and labels:
        raise click.UsageError("--test has its own labels; give --labels with IMAGES")
    if weights.is_dir():
        weights /= WEIGHTS
    settings, task, examples, network = load_model(weights, model)
    if test:
        data = loaded(settings)
        check_unchanged(weights, task, examples, data)
        asked = _test_images(data)
    else:
        asked = _asked(images, labels, settings, task)
    probabilities = _probabilities(network, asked.pixels.astype(settings.dtype, copy=False), weights)
    measured = None if asked.labels is None else _measured(probabilities, asked.labels, task)
    if measured and measured["accuracy"] < 1:
        title = f"{weights.parent.resolve().name}{', test' if test else ''}"
        measured["picture"] = _drawn((out or weights.parent) / MISTAKES, asked, probabilities, task, title)
    if as_json:
        predictions = _entries(asked.names, probabilities, task)
        told = {"classes": task.classes, "predictions": predictions, "measured": measured}
        click.echo(json.dumps(told, indent=2, allow_nan=False))
    else:
        _show([] if test else asked.names, probabilities, measured, task)


class _Asked(NamedTuple):
    """A name for each image, the images (n, pixels), and their labels (n,), if those are known."""

    names: list[str]
    pixels: NDArray[Any]
    labels: NDArray[Any] | None


def _test_images(data: Dataset) -> _Asked:
    images, labels = data.splits.test
    return _Asked([f"test[{index}]" for index in range(len(labels))], images, labels)


def _asked(paths: tuple[Path, ...], labels: Path | None, settings: Settings, task: Task) -> _Asked:
    names, parts = [], []
    for path in paths:
        part = load_images(path, task, settings.resize)
        parts.append(part)
        names += [str(path)] if len(part) == 1 else [f"{path}[{index}]" for index in range(len(part))]
    pixels = np.concatenate(parts)
    if labels is None:
        return _Asked(names, pixels, None)
    return _Asked(names, pixels, checked(pixels, read_idx(labels, axes=1), task, str(labels)).labels)


def _drawn(path: Path, asked: _Asked, probabilities: NDArray[Any], task: Task, title: str) -> str | None:
    """Draw the worst mistakes; return where, or None after saying why not."""
    fault = write_picture(path, lambda: draw_mistakes(asked.pixels, probabilities, asked.labels, task, title))
    if fault:
        click.echo(fault, err=True)
    return None if fault else str(path)


def _probabilities(network: Module, pixels: NDArray[Any], weights: Path) -> NDArray[Any]:
    """Return how probable the network finds each class, (n, classes)."""
    with np.errstate(over="ignore", invalid="ignore"):
        logits = evaluation.predict(network, pixels)
    if not np.isfinite(logits).all():
        raise SavedRunError(
            f"{weights}: such weights predict nothing: what they make of an image is not finite"
        )
    return softmax(logits, axis=-1).numpy()


class Measured(TypedDict):
    """How well the predictions fit the labels."""

    accuracy: float
    confusion: list[list[int]]  # true classes in rows, predicted ones in columns
    picture: str | None  # of the worst mistakes; None if there are none, or it could not be drawn


def _measured(probabilities: NDArray[Any], labels: NDArray[Any], task: Task) -> Measured:
    predictions = probabilities.argmax(axis=1)
    return {
        "accuracy": float(np.mean(predictions == labels)),
        "confusion": confusion_matrix(labels, predictions, len(task.classes)).tolist(),
        "picture": None,
    }


def _entries(names: list[str], probabilities: NDArray[Any], task: Task) -> list[dict[str, Any]]:
    return [
        {
            "image": name,
            "class": task.classes[row.argmax()],
            "label": int(row.argmax()),
            "probability": float(row.max()),
        }
        for name, row in zip(names, probabilities, strict=True)
    ]


def _show(names: list[str], probabilities: NDArray[Any], measured: Measured | None, task: Task) -> None:
    for name, row in zip(names, probabilities, strict=False):
        click.echo(f"{name}  {task.classes[row.argmax()]}  {row.max():.1%}")
    if measured is None:
        return
    click.echo(confusion_text(np.asarray(measured["confusion"]), task.classes))
    click.echo(f"accuracy {measured['accuracy']:.2%}")
    if measured["picture"]:
        click.echo(f"worst mistakes drawn in {measured['picture']}")
