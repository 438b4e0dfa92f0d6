"""Draw the pictures of three pages on SciPy: `uv run python docs/pictures/draw_scipy_examples.py`."""

from __future__ import annotations

from doctest import DocTestParser
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

PAGES = Path(__file__).parents[1] / "how-to"


def run_examples(page: str) -> dict[str, Any]:
    """Return the variables after the examples of a page."""
    variables: dict[str, Any] = {}
    for example in DocTestParser().get_examples((PAGES / page).read_text(encoding="utf-8")):
        exec(compile(example.source, page, "exec"), variables)
    return variables


def draw_ode() -> Figure:
    """Draw the counts of hares and lynxes and the solution."""
    v = run_examples("fit-an-ode.md")
    times = np.linspace(1900, 1920, 400)
    curves = v["simulate"](np.exp(v["fit"].x[:4]), v["fit"].x[4:], times).y
    figure = Figure(figsize=(9, 3), layout="constrained")
    axis = figure.subplots()
    for i, name in enumerate(("hares", "lynxes")):
        axis.plot(v["years"], np.exp(v["counts"][i]), "o", color=f"C{i}", markersize=4)
        axis.plot(times, np.exp(curves[i]), color=f"C{i}", label=name)
    axis.set(ylabel="thousands of pelts", xticks=range(1900, 1921, 5))
    axis.legend(frameon=False)
    return figure


def draw_registration() -> Figure:
    """Draw both images, and their difference before and after the registration."""
    v = run_examples("register-images.md")
    figure = Figure(figsize=(9, 2.6), layout="constrained")
    after = v["move"](v["image"], v["found"]) - v["other"]
    pictures = {
        "the image": v["image"],
        "the other one": v["other"],
        "difference before": v["image"] - v["other"],
        "difference after": after,
    }
    for axis, (title, picture) in zip(figure.subplots(1, 4), pictures.items(), strict=True):
        axis.imshow(picture, cmap="gray", vmin=-2.5, vmax=2.5)
        axis.set_title(title, fontsize=10)
        axis.set_axis_off()
    return figure


def draw_process() -> Figure:
    """Draw the measured heights, the true ones, and the mean of the process with its band."""
    v = run_examples("gaussian-process.md")
    figure = Figure(figsize=(9, 3), layout="constrained")
    axis = figure.subplots()
    meters = v["heights"].std()
    mean = v["mean"] * meters + v["heights"].mean()
    band = 2 * v["spread"] * meters
    places = v["places"][:, 0]
    axis.fill_between(places, mean - band, mean + band, color="C0", alpha=0.2, linewidth=0)
    axis.plot(places, v["heights"], color="0.5", linewidth=0.8, label="the ground")
    axis.plot(places, mean, color="C0", label="the process")
    axis.plot(places[v["seen"]], v["measured"], ".", color="k", markersize=4, label="measured")
    axis.set(ylabel="height in m", xlabel="place along the line")
    axis.legend(frameon=False, ncols=3)
    return figure


if __name__ == "__main__":
    for name, draw in {"ode": draw_ode, "registration": draw_registration, "process": draw_process}.items():
        draw().savefig(Path(__file__).with_name(f"{name}.png"), dpi=110)
