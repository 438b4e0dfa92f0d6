"""`minigrad predict`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import click
import numpy as np

from minigrad_ops_nn.activations import softmax

from .. import evaluation
from ..confusion import confusion_matrix, confusion_table
from ..datasets import mnist
from ..datasets.examples import checked
from ..datasets.idx import read_idx
from ..folder import WEIGHTS, load_model
from ..images import load_images
from ..mistakes import draw_mistakes

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

EXAMPLES = """\b
Examples:
  minigrad predict runs/2026-01-31_12-00-00 --test
  minigrad predict runs/2026-01-31_12-00-00 three.png seven.png
  minigrad predict weights.safetensors images-idx3-ubyte --labels labels-idx1-ubyte
"""


@click.command(epilog=EXAMPLES)
@click.argument("weights", type=click.Path(exists=True, path_type=Path))
@click.argument("images", type=FILE, nargs=-1)
@click.option("--test", is_flag=True, help="Predict the test images of the data that the weights come from.")
@click.option("--labels", type=FILE, help="An IDX file with the labels of all images, to measure against.")
@click.option("--model", help="The package.module:callable of weights whose network is your own.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where mistakes.png goes; default: beside the weights.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: predictions, measured.")
def predict(
    weights: Path,
    images: tuple[Path, ...],
    test: bool,
    labels: Path | None,
    model: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Say which digits images show.

    WEIGHTS are what `minigrad train` saved: a weights.safetensors, or the folder of a run. IMAGES are IDX or
    PNG files; from a PNG of another size than 28 x 28, the digit is cut out, scaled and centered. Where
    labels are known, a confusion matrix is printed and the worst mistakes are drawn.
    """
    if test == bool(images):
        raise click.UsageError("give either IMAGES or --test")
    if test and labels:
        raise click.UsageError("--test has its own labels; give --labels with IMAGES")
    if weights.is_dir():
        weights /= WEIGHTS
    settings, network = load_model(weights, model)
    names: list[str] = []
    truth: NDArray[Any] | None = None
    if test:
        pixels, truth = mnist(settings.data).test
    else:
        names, pixels = _loaded(images)
        truth = None if labels is None else checked(pixels, read_idx(labels, axes=1), str(labels)).labels
    logits = evaluation.predict(network, pixels.astype(settings.dtype, copy=False))
    probabilities = softmax(logits, axis=-1).numpy()
    measured = None
    if truth is not None:
        measured = _measured(pixels, probabilities, truth, (out or weights.parent) / "mistakes.png")
    if as_json:
        names = names or [f"test[{index}]" for index in range(len(pixels))]
        click.echo(
            json.dumps({"predictions": _entries(names, probabilities), "measured": measured}, indent=2)
        )
        return
    for name, row in zip(names, probabilities, strict=not test):
        click.echo(f"{name}  {row.argmax()}  {row.max():.1%}")
    if measured:
        _show(measured)


def _entries(names: list[str], probabilities: NDArray[Any]) -> list[dict[str, Any]]:
    return [
        {"image": name, "digit": int(row.argmax()), "probability": float(row.max())}
        for name, row in zip(names, probabilities, strict=True)
    ]


def _loaded(paths: tuple[Path, ...]) -> tuple[list[str], NDArray[Any]]:
    """Return the images of all files, (n, 784), and a name for each."""
    names, parts = [], []
    for path in paths:
        part = load_images(path)
        parts.append(part)
        names += [str(path)] if len(part) == 1 else [f"{path}[{index}]" for index in range(len(part))]
    return names, np.concatenate(parts)


class Measured(TypedDict):
    """How well the predictions fit the labels."""

    accuracy: float
    confusion: list[list[int]]  # true classes in rows, predicted ones in columns
    drawn: int  # how many of the mistakes, the worst, are in the picture
    picture: str | None  # None if there are none


def _measured(
    pixels: NDArray[Any], probabilities: NDArray[Any], labels: NDArray[Any], picture: Path
) -> Measured:
    """Compare the predictions with the labels, and draw the worst mistakes."""
    predictions = probabilities.argmax(axis=1)
    picture.parent.mkdir(parents=True, exist_ok=True)
    shown = draw_mistakes(pixels, probabilities, labels, picture)
    return {
        "accuracy": float(np.mean(predictions == labels)),
        "confusion": confusion_matrix(labels, predictions, probabilities.shape[1]).tolist(),
        "drawn": shown,
        "picture": str(picture) if shown else None,
    }


def _show(measured: Measured) -> None:
    click.echo(confusion_table(np.asarray(measured["confusion"])))
    click.echo(f"accuracy {measured['accuracy']:.2%}")
    if measured["picture"]:
        click.echo(f"worst mistakes ({measured['drawn']}) drawn in {measured['picture']}")
