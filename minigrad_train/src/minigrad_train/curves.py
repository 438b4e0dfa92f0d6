"""The picture of a run: loss and accuracy by epoch."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from .atomic import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from .history import History


def draw_curves(history: History, path: Path, title: str) -> None:
    """Write a PNG of the mean loss and of the validation accuracy against the epoch.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    # The figure alone, without pyplot: no global state, no window system.
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    epochs = [epoch.epoch for epoch in history]
    marker = "o" if len(epochs) <= 30 else None  # more would run into one another
    left.plot(epochs, history.loss, marker=marker, color="tab:red")
    left.set(title="mean training loss", xlabel="epoch")
    left.set_ylim(bottom=0)
    right.plot(epochs, history.validation_accuracy, marker=marker, color="tab:blue")
    right.set(title="validation accuracy", xlabel="epoch")
    right.yaxis.set_major_formatter(PercentFormatter(1.0))
    for axes in (left, right):
        axes.set_xlim(epochs[0] - 0.5, epochs[-1] + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes.grid(alpha=0.3)
    figure.suptitle(title)
    png = BytesIO()
    figure.savefig(png, format="png", dpi=120)
    write_atomically(path, png.getvalue())
