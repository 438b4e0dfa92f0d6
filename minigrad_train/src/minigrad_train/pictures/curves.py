"""Draw the loss and the accuracy of a run by epoch."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from ..history import History
from ..percent import format_percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TRAINING, VALIDATION, TEST, QUIET = "#c2571a", "#1f5fa8", "#2e7d32", "#6b6b6b"


def draw_curves(history: History, test: Mapping[str, float] | None, caption: str) -> Figure:
    """Return a figure of loss and accuracy against the epoch, in training, validation and test.

    A vertical line marks the epoch of the lowest validation loss if it is not the last one: later epochs
    overfit.

    Parameters
    ----------
    history : History
        At least one epoch.
    test : mapping or None
        "loss" and "accuracy" of the test after the last epoch.
    caption : str
        The settings of the run, in small letters below.
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = Figure(figsize=(9, 4), layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1))
    left, right = figure.subplots(1, 2)
    _draw_panel(left, history, "loss", "Loss", test)
    _draw_panel(right, history, "accuracy", "Accuracy", test)
    left.set_ylim(bottom=0)
    left.yaxis.set_major_formatter(lambda value, _: f"{value:.6g}")
    right.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.6g} %")
    for axes, corner in ((left, "upper right"), (right, "lower right")):
        axes.legend(loc=corner, edgecolor="none", framealpha=0.9)
    figure.supxlabel(fill(caption, 120), fontsize=8, color=QUIET, parse_math=False)
    return figure


def _draw_panel(
    axes: Axes, history: History, name: str, title: str, test: Mapping[str, float] | None
) -> None:
    from matplotlib.ticker import MaxNLocator

    epochs = [epoch.epoch for epoch in history]
    style: dict[str, Any] = {"marker": "o" if len(epochs) <= 30 else None, "markersize": 4}
    for label, color, key in (("training", TRAINING, name), ("validation", VALIDATION, f"validation_{name}")):
        values = [epoch.as_dict().get(key, np.nan) for epoch in history]
        axes.plot(epochs, values, color=color, label=label, **style)
    if test is not None and name in test:
        text = format_percent(test[name], 2).replace("%", " %") if name == "accuracy" else f"{test[name]:.3g}"
        axes.plot(epochs[-1], test[name], "D", color=TEST, label=f"test {text}", zorder=3)
    _mark_overfitting(axes, history)
    axes.set_title(title, loc="left", fontweight="bold")
    axes.set_xlabel("epoch")
    axes.set_xlim(epochs[0] - 0.5, epochs[-1] + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)


def _mark_overfitting(axes: Axes, history: History) -> None:
    losses = [(loss, epoch.epoch) for epoch in history if (loss := epoch.metrics.get("validation_loss"))]
    if not losses or min(losses)[1] == history[-1].epoch:
        return
    best = min(losses)[1]
    axes.axvspan(best, history[-1].epoch + 0.5, color=QUIET, alpha=0.1, linewidth=0)
    axes.axvline(best, color=QUIET, linestyle=":")
    axes.set_title(f"overfitting after epoch {best}", loc="right", fontsize=9, color=QUIET)
