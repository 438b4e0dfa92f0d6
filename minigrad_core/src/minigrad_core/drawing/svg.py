"""A scene as SVG: one file without scripts and fonts, light or dark as the reader prefers."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from .palette import BOLD, DARK, LIGHT, Colours
from .scene import HEAD, Curve, Rectangle, Scene, Text
from .typeset import SMALL, TITLE

CLASS = "minigrad-drawing"  # in a notebook, style rules apply to the whole page
FONTS = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"


def to_svg(scene: Scene, label: str) -> str:
    """Return the document; label: the text for screen readers."""
    width, height = _number(scene.width), _number(scene.height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{CLASS}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" style="max-width:100%;height:auto" role="img" '
        f'aria-label="{escape(label)}">',
        f"<style>{_style()}</style>",
        f'<rect class="paper" width="{width}" height="{height}" rx="8"/>',
    ]
    for shape in scene.shapes:
        if isinstance(shape, Rectangle):
            lines.append(_rectangle(shape))
        elif isinstance(shape, Curve):
            lines += _curve(shape)
        else:
            lines.append(_text(shape))
    return "\n".join([*lines, "</svg>", ""])


def _style() -> str:
    """Return the style rules, with plain colours, since some viewers of SVG do not support CSS variables."""
    fonts = [f".{CLASS} text{{font:{SMALL:g}px {FONTS};white-space:pre}}"]
    fonts += [f".{CLASS} .{kind}{{font-weight:600;font-size:{TITLE:g}px}}" for kind in sorted(BOLD)]
    fonts.append(f".{CLASS} .t{{font-size:{TITLE:g}px}}")
    dark = "".join(_rules(DARK))
    return "".join([*fonts, *_rules(LIGHT), f"@media (prefers-color-scheme:dark){{{dark}}}"])


def _rules(colours: Mapping[str, Colours]) -> list[str]:
    return [
        f".{CLASS} .{kind}{{fill:{fill or 'none'};stroke:{stroke or 'none'}}}"
        for kind, (fill, stroke) in colours.items()
    ]


def _rectangle(shape: Rectangle) -> str:
    x, y, width, height = map(_number, (shape.x, shape.y, shape.width, shape.height))
    bounds = f'x="{x}" y="{y}" width="{width}" height="{height}" rx="{shape.radius:g}"'
    return f'<rect class="{shape.kind}" {bounds}/>'


def _curve(shape: Curve) -> list[str]:
    """Return the elements of a line, whose cubic curves are vertical at each point."""
    (x, y), *others = shape.line
    path = [f"M{_number(x)} {_number(y)}"]
    for to_x, to_y in others:
        if abs(to_x - x) < 0.05:
            path.append(f"V{_number(to_y)}")
        else:
            middle = _number((y + to_y) / 2)
            path.append(f"C{_number(x)} {middle} {_number(to_x)} {middle} {_number(to_x)} {_number(to_y)}")
        x, y = to_x, to_y
    lines = [f'<path class="line" d="{"".join(path)}"/>']
    if shape.arrow:
        x, y = shape.points[-1]
        lines.append(f'<path class="arrow" d="M{_number(x)} {_number(y)}l-4 -{HEAD:g}h8z"/>')
    return lines


def _text(shape: Text) -> str:
    anchor = "" if shape.anchor == "start" else f' text-anchor="{shape.anchor}"'
    parts = [
        f'<tspan class="{kind}{" t" if kind.startswith("accent") else ""}">{escape(text)}</tspan>'
        for kind, text in shape.parts
    ]
    return f'<text x="{_number(shape.x)}" y="{_number(shape.y)}"{anchor}>{"".join(parts)}</text>'


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
