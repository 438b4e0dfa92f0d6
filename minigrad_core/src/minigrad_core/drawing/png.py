"""A scene as PNG, drawn by matplotlib, whose wheel contains the font."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from ..errors import MissingPackageError
from .palette import BOLD, LIGHT
from .scene import HEAD, Curve, Rectangle, Scene, Text
from .typeset import SMALL, TITLE, text_width

SCALE = 2  # pixels per unit, for screens of high resolution
LARGEST = 20_000  # pixels per side
FONT = "DejaVu Sans Mono"


def to_png(scene: Scene) -> bytes:
    """Return the contents of the file: the picture on a light ground.

    Raises
    ------
    MissingPackageError
        matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingPackageError(
            "a picture in PNG is drawn by matplotlib, which is not installed: "
            'pip install "minigrad-core[draw]", or save it as .svg'
        ) from error
    scale = min(SCALE, LARGEST / max(scene.width, scene.height))
    figure = Figure(figsize=(scene.width / 72, scene.height / 72), dpi=72 * scale)
    figure.patch.set_facecolor(LIGHT["paper"].fill)
    axes: Any = figure.add_axes((0, 0, 1, 1), xlim=(0, scene.width), ylim=(scene.height, 0))
    axes.axis("off")
    for order, shape in enumerate(scene.shapes):
        if isinstance(shape, Rectangle):
            _add_rectangle(axes, shape, order)
        elif isinstance(shape, Curve):
            _add_curve(axes, shape, order)
        else:
            _add_text(axes, shape, order)
    file = BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _add_rectangle(axes: Any, shape: Rectangle, order: int) -> None:
    from matplotlib.patches import FancyBboxPatch

    fill, stroke = LIGHT[shape.kind]
    corners = f"round,pad=0,rounding_size={min(shape.radius, shape.width / 2, shape.height / 2)}"
    colours: dict[str, Any] = {
        "facecolor": fill or "none",
        "edgecolor": stroke or "none",
        "linewidth": 1 if stroke else 0,
    }
    bounds = (shape.x, shape.y), shape.width, shape.height
    axes.add_patch(FancyBboxPatch(*bounds, boxstyle=corners, zorder=order, **colours))


def _add_curve(axes: Any, shape: Curve, order: int) -> None:
    from matplotlib.patches import PathPatch, Polygon
    from matplotlib.path import Path

    (x, y), *others = shape.line
    points, codes = [(x, y)], [Path.MOVETO]
    for to_x, to_y in others:
        middle = (y + to_y) / 2
        points += [(x, middle), (to_x, middle), (to_x, to_y)]
        codes += [Path.CURVE4] * 3
        x, y = to_x, to_y
    path = Path(points, codes)
    axes.add_patch(
        PathPatch(path, facecolor="none", edgecolor=LIGHT["line"].stroke, linewidth=1.2, zorder=order)
    )
    if shape.arrow:
        x, y = shape.points[-1]
        head = [(x, y), (x - 4, y - HEAD), (x + 4, y - HEAD)]
        axes.add_patch(Polygon(head, facecolor=LIGHT["arrow"].fill, linewidth=0, zorder=order))


def _add_text(axes: Any, shape: Text, order: int) -> None:
    x, align = shape.x, {"start": "left", "middle": "center", "end": "right"}[shape.anchor]
    for kind, text in shape.parts:
        size = TITLE if kind in BOLD or kind.startswith("accent") else SMALL
        axes.text(
            x,
            shape.y,
            text,
            color=LIGHT[kind].fill,
            family=FONT,
            fontsize=size,
            fontweight="bold" if kind in BOLD else "normal",
            ha=align,
            va="baseline",
            parse_math=False,
            zorder=order,
        )
        x += text_width(text, size)
