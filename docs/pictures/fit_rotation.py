"""Draw the picture of the page on SciPy: `SCIPY_ARRAY_API=1 uv run python docs/pictures/fit_rotation.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import minigrad_core as mg


def fit_rotation() -> tuple[Any, Any, list[Any]]:
    """Return the positions on the knot, the points that were seen, and the loss and the curve of each step.

    The code is that of the page.
    """
    from scipy.optimize import minimize
    from scipy.spatial.transform import Rotation

    t = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    knot = np.stack([np.sin(t) + 2 * np.sin(2 * t), np.cos(t) - 2 * np.cos(2 * t), -np.sin(3 * t)], axis=1)
    rng = np.random.default_rng(0)
    seen = Rotation.from_rotvec([0.9, -0.6, 1.4]).apply(knot) + 0.1 * rng.normal(size=(60, 3))
    seen[::6] += 2 * rng.normal(size=(10, 3))

    def loss(rotvec: Any) -> Any:
        distance = Rotation.from_rotvec(rotvec).apply(knot) - seen
        return np.sum(np.log1p(np.sum(distance**2, axis=1)))

    steps = [np.zeros(3)]
    minimize(mg.value_and_grad(loss), steps[0], jac=True, callback=lambda x: steps.append(x.copy()))
    curves = [(float(loss(step)), Rotation.from_rotvec(step).apply(knot)) for step in steps]
    return t, seen, curves


def draw(file: Path) -> None:
    """Draw three steps of the fit: the curve, the points, and lines between pairs."""
    from matplotlib.figure import Figure

    t, seen, curves = fit_rotation()
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    axes = figure.subplots(1, 3, subplot_kw={"projection": "3d"})
    titles = {0: "start", 2: "step 2", len(curves) - 1: f"fit, step {len(curves) - 1}"}
    for axis, (step, title) in zip(axes, titles.items(), strict=True):
        value, curve = curves[step]
        for pair in np.stack([curve, seen], axis=1):
            axis.plot(*pair.T, color="0.8", linewidth=0.8, zorder=1)
        axis.plot(*np.concatenate([curve, curve[:1]]).T, color="0.55", linewidth=1, zorder=2)
        points = {"c": t, "cmap": "turbo", "depthshade": False, "zorder": 3}
        axis.scatter(*curve.T, s=14, **points)
        axis.scatter(*seen.T, s=22, marker="x", linewidth=1.2, **points)
        axis.set_title(f"{title}: loss {value:.0f}", fontsize=10, y=0.98)
        axis.set(xlim=(-3, 3), ylim=(-3, 3), zlim=(-3, 3))
        axis.set_box_aspect((1, 1, 1), zoom=1.2)
        axis.view_init(elev=28, azim=-50)
        axis.set_axis_off()
    figure.savefig(file, dpi=110)


if __name__ == "__main__":
    draw(Path(__file__).with_name("rotation.png"))
