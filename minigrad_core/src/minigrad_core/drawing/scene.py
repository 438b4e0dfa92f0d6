"""A drawing as shapes with positions, common to SVG and PNG."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias
from zlib import crc32

from .cards import Card, CardKind
from .diagram import Diagram
from .layout.nested import HEADER, PlacedBox, Point, lay_out
from .typeset import PAD, SMALL, text_width, typeset

HEAD = 7.0  # the length of an arrow's head
ACCENTS = 6  # colours of namespaces


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle with rounded corners; `kind` names its colours."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    radius: float


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text on a baseline. anchor: "start", "middle" or "end"; parts: (kind, text) in sequence."""

    x: float
    y: float
    parts: tuple[tuple[str, str], ...]
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Curve:
    """A line that is vertical at each of its points. arrow: whether it ends in the head of an arrow."""

    points: tuple[Point, ...]
    arrow: bool

    @property
    def line(self) -> tuple[Point, ...]:
        """The points of the line itself, which ends inside the head of the arrow."""
        *others, (x, y) = self.points
        return (*others, (x, y - HEAD / 2 if self.arrow else y))


Shape: TypeAlias = Rectangle | Text | Curve


@dataclass(slots=True)
class Scene:
    """The shapes of a picture, from back to front, and its width and height."""

    width: float
    height: float
    shapes: list[Shape] = field(default_factory=list)


def build_scene(diagram: Diagram) -> Scene:
    """Return the shapes of a diagram, with a note about folded operations at the bottom."""
    root = lay_out(diagram)
    note = text_width(diagram.note, SMALL) + 2 * PAD if diagram.folded else 0.0
    result = Scene(max(root.width, note), root.height)
    _add_box(result, root, (result.width - root.width) / 2, 0.0, depth=0)
    if diagram.folded:
        result.shapes.append(Text(result.width / 2, result.height + 4, (("foot", diagram.note),), "middle"))
        result.height += 16
    return result


def _add_box(scene: Scene, box: PlacedBox, x: float, y: float, depth: int) -> None:
    """Add the frame of a box at a position, its lines, and then its members."""
    if depth:
        scene.shapes.append(Rectangle(f"box{depth % 2}", x, y, box.width, box.height, 10))
    for points, arrow in box.lines:
        scene.shapes.append(Curve(tuple((x + px, y + py) for px, py in points), arrow))
    for member, left, top in box.members:
        if isinstance(member, Card):
            _add_card(scene, member, x + left, y + top)
        else:
            _add_box(scene, member, x + left, y + top, depth + 1)
    for port_x, port_y, label in box.labels:
        scene.shapes.append(Text(x + port_x, y + port_y + SMALL, (("foot", label),), "middle"))
    if box.title:
        scene.shapes.append(Text(x + box.title_x, y + HEADER - 8, (("caption", box.title),)))


def _add_card(scene: Scene, card: Card, x: float, y: float) -> None:
    layout = typeset(card)
    width, height = layout.width, layout.height
    radius = min(14.0, height / 2) if card.kind in {CardKind.INPUT, CardKind.RESULT} else 6.0
    if card.kind is CardKind.FOLD:  # drawn as a stack of cards
        scene.shapes += [Rectangle("fold", x + shift, y + shift, width, height, radius) for shift in (6, 3)]
    scene.shapes.append(Rectangle(card.kind, x, y, width, height, radius))
    scene.shapes += [Rectangle("rule", x + PAD, y + rule, width - 2 * PAD, 1, 0) for rule in layout.rules]
    for line in layout.lines:
        kind = line.kind
        if kind == "title" and card.kind is not CardKind.OPERATION:
            kind = f"{card.kind}-title"
        if line.centred:
            text = ((kind, line.right or line.left),)
            scene.shapes.append(Text(x + width / 2, y + line.y, text, "middle"))
            continue
        if line.left:
            prefix = ((accent_kind(card.namespace), line.prefix),) if line.prefix else ()
            scene.shapes.append(Text(x + PAD, y + line.y, (*prefix, (kind, line.left))))
        if line.right:
            scene.shapes.append(Text(x + width - PAD, y + line.y, (("foot", line.right),), "end"))


def accent_kind(namespace: str) -> str:
    """Return the name of a namespace's colour, which is the same in every drawing."""
    return f"accent{crc32(namespace.encode()) % ACCENTS}"
