"""A figure of the images of a batch, before and after augmentation."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from ..datasets import Task
from .fonts import find_fonts
from .mistakes import LINE, QUIET, show_image

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 8
PAIRS = 2  # rows of images, each with a row of changed images below
MOST = COLUMNS * PAIRS


def draw_augmentation(
    images: NDArray[Any], changed: NDArray[Any], task: Task, names: Sequence[str]
) -> Figure:
    """Return a figure of at most 16 images, each above its changed image.

    Parameters
    ----------
    images, changed : arrays of (n, pixels)
    task : Task
    names : sequence of str
        The texts of `--augment`.
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    count = min(len(images), MOST)
    pairs = -(-count // COLUMNS)
    _, height, width = task.shape
    cell = 1.15 * min(max(height / width, 0.6), 2.5)  # 0.6: the label of a row needs 0.6 inches
    layout = ConstrainedLayoutEngine(h_pad=0.04, w_pad=0.04)
    figure = Figure(figsize=(COLUMNS * 1.2 + 0.7, 0.9 + 2 * pairs * cell), layout=layout)
    title = fill(f"augmentation: {', '.join(names)}", LINE)
    figure.suptitle(title, fontsize=11, fontweight="bold", parse_math=False, fontfamily=find_fonts([title]))
    figure.supxlabel("each image of a batch, and below it as the network sees it", fontsize=9, color=QUIET)
    options: dict[str, Any] = {"xticks": [], "yticks": []}
    axes = figure.subplots(2 * pairs, COLUMNS, squeeze=False, subplot_kw=options)
    for index in range(COLUMNS * pairs):
        pair, column = divmod(index, COLUMNS)
        for row, pixels in enumerate((images, changed)):
            axis = axes[2 * pair + row, column]
            if index < count:
                show_image(axis, pixels[index], task)
            else:
                axis.set_visible(False)
    for row in range(2 * pairs):
        axes[row, 0].set_ylabel(("image", "augmented")[row % 2], fontsize=9, color=QUIET)
    return figure
