"""Draw the worst mistakes of a network."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..datasets import Task
from ..datasets.mnist import DIGITS
from ..names import shorten_name
from ..number_format import format_probability
from .fonts import find_fonts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS, ROWS = 8, 3
LINE = 100  # characters of a title
WRONG, QUIET = "#b3261e", "#555555"
EXPLANATION = "above: the class of an image; below: the class that the network predicts, and its probability"


def find_worst_mistakes(probabilities: NDArray[Any], labels: NDArray[Any]) -> NDArray[np.intp]:
    """Return the indices of the wrong predictions, the most probable prediction first.

    Parameters
    ----------
    probabilities : array of (n, classes)
    labels : array of (n,)
    """
    predictions = probabilities.argmax(axis=1)
    (wrong,) = np.nonzero(predictions != labels)
    return wrong[np.argsort(-probabilities[wrong, predictions[wrong]], kind="stable")]


def draw_mistakes(
    images: NDArray[Any], probabilities: NDArray[Any], labels: Any, task: Task, source: str
) -> Figure:
    """Return a figure of at most 24 worst mistakes.

    Parameters
    ----------
    images : array of (n, pixels)
    probabilities : array of (n, classes)
    labels : array of (n,)
        At least one label differs from the prediction.
    task : Task
    source : str
        The run and the images, for the title.
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    wrong = find_worst_mistakes(probabilities, labels)
    worst = wrong[: COLUMNS * ROWS]
    rows = -(-len(worst) // COLUMNS)
    _, height, width = task.shape
    cell = 1.15 * min(max(height / width, 0.2), 2.5) + 0.6  # the image, a line above it, and two below
    layout = ConstrainedLayoutEngine(h_pad=0.05)
    figure = Figure(figsize=(COLUMNS * 1.2, 0.75 + rows * cell), layout=layout)
    count = f"the {len(worst)} surest of " if len(worst) < len(wrong) else ""
    noun = "mistake" if len(wrong) == 1 else "mistakes"
    title = fill(f"{source}: {count}{len(wrong):,} {noun} in {len(labels):,} images", LINE)
    fonts = find_fonts([title, *task.classes])
    figure.suptitle(title, fontsize=11, fontweight="bold", parse_math=False, fontfamily=fonts)
    figure.supxlabel(EXPLANATION, fontsize=9, color=QUIET)
    cells = figure.subplots(rows, COLUMNS, squeeze=False, subplot_kw={"xticks": [], "yticks": []}).flat
    for cell in cells[len(worst) :]:
        cell.set_visible(False)
    for cell, index in zip(cells, worst, strict=False):
        guess = probabilities[index].argmax()
        show_image(cell, images[index], task)
        probability = format_probability(probabilities[index, guess]).replace("%", " %")
        answer = f"{shorten_name(task.classes[guess])}\n{probability}"
        name = shorten_name(task.classes[labels[index]])
        cell.set_title(name, fontsize=8, pad=3, parse_math=False, fontfamily=fonts)
        cell.set_xlabel(answer, fontsize=8, color=WRONG, labelpad=3, parse_math=False, fontfamily=fonts)
        cell.spines[:].set_color("lightgray")
    return figure


def show_image(cell: Axes, image: NDArray[Any], task: Task) -> None:
    """Show an image (pixels,), with the colors of the data, and MNIST as ink on paper."""
    colors = "gray_r" if task == DIGITS else "gray"
    cell.imshow(_convert_for_display(image, task), cmap=colors, vmin=0, vmax=1)


def _convert_for_display(image: NDArray[Any], task: Task) -> NDArray[Any]:
    """Return an image as (height, width) or (height, width, 3)."""
    planes = image.reshape(task.shape)
    return planes[0] if len(planes) == 1 else np.moveaxis(planes, 0, 2).clip(0, 1)
