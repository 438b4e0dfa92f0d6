"""`minigrad predict`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from minigrad_core import Module
from minigrad_core.cli.pure_output import pure_output

from .. import evaluation
from ..datasets.fingerprint import check_same_data
from ..errors import SavedRunError
from ..plugin_errors import name_plugin_errors
from ..run_folder import MISTAKES
from ..saved_network import choose_weights, load_model
from .inputs import read_inputs, take_test_set
from .options import complete_run_folders
from .prediction_report import report_classes, report_numbers
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
    """Predict the classes of images, or the targets of a table.

    WEIGHTS is the folder of a run of `minigrad train`, or a file of weights in the folder. From a folder, the
    command takes the weights of the epoch with the lowest validation loss. IMAGES are IDX, PNG or JPEG files
    of the same size as the images in training, or .csv files with the columns of the table. With a network
    for MNIST, the digit in a picture of another size is cut out, scaled and centered. If the data in training
    had another scale than bytes, such as 0 to 15, the files hold numbers of the same scale. With labels, the
    command prints a confusion matrix and draws the worst mistakes.
    """
    if test == bool(images):
        raise click.UsageError("give either IMAGES or --test")
    if test and labels:
        raise click.UsageError("--test has its own labels; give --labels with IMAGES")
    if last and not weights.is_dir():
        raise click.UsageError("--last is for the folder of a run; a file of weights is taken as it is")
    show = click.get_current_context().with_resource(pure_output()) if as_json else click.echo
    if weights.is_dir():
        weights = choose_weights(weights, last=last)
    settings, task, examples, network = load_model(weights, model, data=test)
    if labels and task.table is not None:
        raise click.UsageError(f"--labels is for images; a table has its targets in {task.table.target!r}")
    if test:
        data = load_data(settings)
        check_same_data(weights, task, examples, data)
        inputs = take_test_set(data)
    else:
        inputs = read_inputs(images, labels, settings, task)
    outputs = _compute_outputs(network, inputs.values.astype(settings.dtype, copy=False), weights)
    if task.is_regression:
        report = report_numbers(outputs, inputs, task)
    else:
        title = f"{weights.parent.resolve().name}{', test' if test else ''}"
        report = report_classes(outputs, inputs, task, (out or weights.parent) / MISTAKES, title)
    if as_json:
        failed = [{"image": name, "error": fact} for name, fact in inputs.failed.items()]
        output = {
            "classes": task.classes,
            "predictions": report.predictions,
            "measured": report.measured,
            "failed": failed,
        }
        show(json.dumps(output, indent=2, allow_nan=False))
    else:
        for line in [*([] if test else report.lines), *report.measured_lines]:
            show(line)
    for fact in inputs.failed.values():
        click.echo(f"Error: {fact}", err=True)
    if inputs.failed:
        raise click.exceptions.Exit(1)


def _compute_outputs(network: Module, values: NDArray[Any], weights: Path) -> NDArray[Any]:
    """Return the outputs for inputs (n, ...)."""
    with np.errstate(over="ignore", invalid="ignore"):
        outputs = evaluation.predict(network, values)
    if not np.isfinite(outputs).all():
        raise SavedRunError(f"{weights}: such weights predict nothing: the output for an image is not finite")
    return outputs
