"""The picture of what a network got most wrong."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from .atomic import write_atomically
from .datasets.examples import SIDE

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

COLUMNS, ROWS = 8, 3


def worst_mistakes(probabilities: NDArray[Any], labels: NDArray[Any]) -> NDArray[np.intp]:
    """Return the indices of the wrong predictions, the surest first.

    Parameters
    ----------
    probabilities : array of (n, classes)
    labels : array of (n,)
    """
    predictions = probabilities.argmax(axis=1)
    (wrong,) = np.nonzero(predictions != labels)
    return wrong[np.argsort(-probabilities[wrong, predictions[wrong]], kind="stable")]


def draw_mistakes(images: NDArray[Any], probabilities: NDArray[Any], labels: NDArray[Any], path: Path) -> int:
    """Write a PNG of the worst mistakes, if there are any, and return how many it shows, at most 24.

    Parameters
    ----------
    images : array of (n, 784)
    probabilities : array of (n, classes)
    labels : array of (n,)
    path : Path
    """
    from matplotlib.figure import Figure

    worst = worst_mistakes(probabilities, labels)[: COLUMNS * ROWS]
    if len(worst) == 0:
        return 0
    rows = -(-len(worst) // COLUMNS)
    figure = Figure(figsize=(COLUMNS * 1.2, rows * 1.55), layout="constrained")
    places = figure.subplots(rows, COLUMNS, squeeze=False, subplot_kw={"xticks": [], "yticks": []}).flat
    for place in places[len(worst) :]:
        place.set_visible(False)
    for place, index in zip(places, worst, strict=False):
        guess = probabilities[index].argmax()
        place.imshow(images[index].reshape(SIDE, SIDE), cmap="gray_r", vmin=0, vmax=1)
        place.set_title(f"{labels[index]} taken for {guess}\n{probabilities[index, guess]:.1%}", fontsize=9)
        place.spines[:].set_color("lightgray")
    png = BytesIO()
    figure.savefig(png, format="png", dpi=120)
    write_atomically(path, png.getvalue())
    return len(worst)
