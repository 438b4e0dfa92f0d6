"""Draw the loss and the accuracy, or the error of a regression, by epoch."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from ..history import History
from ..number_format import format_number, format_percent
from .fonts import find_fonts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TRAINING, VALIDATION, TEST, QUIET = "#c2571a", "#1f5fa8", "#2e7d32", "#6b6b6b"
DIVERGED = "#b3261e"
TITLES = {"loss": "Loss", "accuracy": "Accuracy", "mae": "Mean absolute error"}


def draw_curves(
    history: History,
    test: Mapping[str, float] | None,
    caption: str,
    *,
    best: int | None = None,
    diverged: int | None = None,
) -> Figure:
    """Return a figure of loss and accuracy against the epoch, in training, validation and test.

    A regression has the mean absolute error instead of the accuracy. A vertical line marks the best
    epoch if it is not the last one. If the run diverged, the epochs since then are marked instead, and the
    axis of the loss is logarithmic.

    Parameters
    ----------
    history : History
        At least one epoch.
    test : mapping or None
        "loss" and "accuracy" of the test with the weights of the best epoch.
    caption : str
        The settings of the run, in small letters below.
    best : int, optional
        The epoch whose weights were tested; default: the last one.
    diverged : int, optional
        The epoch in which the run diverged; it may follow the last one of the history.
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = Figure(figsize=(9, 4.3), layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1))
    best = best or history[-1].epoch
    metric = "mae" if "mae" in history[-1].metrics else "accuracy"
    for axes, name in zip(figure.subplots(1, 2), ("loss", metric), strict=True):
        _draw_panel(axes, history, name, test, best)
        _mark_end(axes, name, history, best, diverged)
        axes.set_title(TITLES[name], loc="left", fontweight="bold")
        _scale_axis(axes, name, logarithmic=diverged is not None and diverged <= history[-1].epoch)
        # Below the axes, where no curve is.
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=3, frameon=False, columnspacing=1.2
        )
    figure.supxlabel(
        fill(caption, 120), fontsize=8, color=QUIET, parse_math=False, fontfamily=find_fonts([caption])
    )
    return figure


def _draw_panel(axes: Axes, history: History, name: str, test: Mapping[str, float] | None, best: int) -> None:
    from matplotlib.ticker import MaxNLocator

    epochs = [epoch.epoch for epoch in history]
    style: dict[str, Any] = {"marker": "o" if len(epochs) <= 30 else None, "markersize": 4}
    for label, color, key in (("training", TRAINING, name), ("validation", VALIDATION, f"validation_{name}")):
        values = [epoch.as_dict().get(key, np.nan) for epoch in history]
        axes.plot(epochs, values, color=color, label=label, **style)
    if test is not None and name in test:
        value = test[name]
        text = format_percent(value, 2).replace("%", " %") if name == "accuracy" else format_number(value, 3)
        axes.plot(best, test[name], "D", color=TEST, label=f"test {text}", zorder=3)
    axes.set_xlabel("epoch")
    axes.set_xlim(epochs[0] - 0.5, epochs[-1] + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)


def _mark_end(axes: Axes, name: str, history: History, best: int, diverged: int | None) -> None:
    """Mark the epochs after the best one, or those since the run diverged, and name the first one."""
    last = history[-1].epoch
    if diverged is not None:
        start, color, text = diverged, DIVERGED, f"diverged in epoch {diverged}"
    elif best < last:
        start, color, text = best, QUIET, f"best epoch {best}{', by validation loss' * (name == 'loss')}"
    else:
        return
    axes.set_title(text, loc="right", fontsize=9, color=color)
    if start <= last:
        axes.axvspan(start, last + 0.5, color=color, alpha=0.1, linewidth=0)
        axes.axvline(start, color=color, linestyle=":")


def _scale_axis(axes: Axes, name: str, *, logarithmic: bool) -> None:
    if name == "accuracy":
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.6g} %")
    elif logarithmic:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.6g}")
        axes.yaxis.set_minor_formatter(lambda *_: "")
    else:
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.6g}")
