"""The lines of text of a card: where they stand, and how much room they take.

All text is monospaced, whose width is known without the font: nearly all have letters of 0.6 em.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

if TYPE_CHECKING:
    from .cards import Card

LETTER = 0.605  # em
TITLE, SMALL = 13.0, 11.0  # font sizes
LINE, PAD, BETWEEN = 16.0, 10.0, 16.0  # the height of a line; around the text; between left and right
NARROWEST = 90.0


def text_width(text: str, size: float) -> float:
    """Return how wide a text is; Chinese, Japanese and Korean letters are two wide."""
    cells = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
    return cells * LETTER * size


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a card: `left` and `right` text on a baseline `y`, in the style `kind`; it may be centred."""

    kind: str
    y: float
    left: str
    right: str = ""
    prefix: str = ""  # before a title: the namespace
    centred: bool = False

    def width(self) -> float:
        """Return the room it needs."""
        size = TITLE if self.kind == "title" else SMALL
        between = BETWEEN if self.left and self.right else 0.0
        return text_width(self.prefix + self.left, size) + between + text_width(self.right, size)


@dataclass(frozen=True, slots=True)
class CardLayout:
    """A card set in type: its size, its lines, and the heights at which it has rules."""

    width: float
    height: float
    lines: list[Line]
    rules: list[float]


def typeset(card: Card) -> CardLayout:
    """Return where the text of a card stands."""
    lines: list[Line] = []
    rules: list[float] = []
    centred = card.kind in {"input", "result"}
    y = 0.0
    if card.caption:
        lines.append(Line("caption", y + 15, card.caption))
        y += 22
        rules.append(y)
    y += 6
    prefix = f"{card.namespace}::" if card.namespace else ""
    lines.append(Line("title", y + 13, card.title, prefix=prefix, centred=centred))
    y += LINE + 3
    for left, right in card.rows:
        lines.append(Line("row", y + 11, left, right))
        y += LINE
    if card.foot and card.kind in {"operation", "fold"}:
        y += 2
        rules.append(y)
        y += 3
    for left, right in card.foot:
        lines.append(Line("foot", y + 11, left, right, centred=centred and not left))
        y += LINE
    width = max(NARROWEST, *(line.width() + 2 * PAD for line in lines))
    return CardLayout(width, y + 5, lines, rules)
