"""Positions and sizes of the lines of text of a card.

The font is monospaced, so the width of a text is known without it: nearly all such fonts have letters of 0.6
em.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from unicodedata import east_asian_width

from .cards import Card, CardKind

LETTER = 0.605  # em
TITLE, SMALL = 13.0, 11.0  # font sizes
LINE, PAD, BETWEEN = 16.0, 10.0, 16.0  # height of a line; space around text; space between left and right
NARROWEST = 90.0
PORTS = 14.0  # height of the strip with the names of arguments, at the top of a card


def text_width(text: str, size: float) -> float:
    """Return the width of a text; Chinese, Japanese and Korean letters are two cells wide."""
    cells = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
    return cells * LETTER * size


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a card: `left` and `right` text on the baseline `y`, in the style `kind`, perhaps centred."""

    kind: str
    y: float
    left: str
    right: str = ""
    prefix: str = ""  # before a title: the namespace
    centred: bool = False

    def width(self) -> float:
        """Return the width of the line."""
        size = TITLE if self.kind == "title" else SMALL
        between = BETWEEN if self.left and self.right else 0.0
        return text_width(self.prefix + self.left, size) + between + text_width(self.right, size)


@dataclass(frozen=True, slots=True)
class CardLayout:
    """The size of a card, its lines, and the heights of its rules."""

    width: float
    height: float
    lines: list[Line]
    rules: list[float]


def typeset(card: Card) -> CardLayout:
    """Return the layout of a card."""
    lines: list[Line] = []
    rules: list[float] = []
    centred = card.kind in {CardKind.INPUT, CardKind.RESULT}
    y = PORTS if card.ports else 0.0
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
    if card.foot and card.kind in {CardKind.OPERATION, CardKind.FOLD}:
        y += 2
        rules.append(y)
        y += 3
    for left, right in card.foot:
        lines.append(Line("foot", y + 11, left, right, centred=centred and not left))
        y += LINE
    strip = sum(text_width(label, SMALL) + BETWEEN for label in card.ports.values())
    width = max(NARROWEST, strip, *(line.width() + 2 * PAD for line in lines))
    return CardLayout(width, y + 5, lines, rules)


def place_ports(labels: Sequence[str]) -> list[float]:
    """Return the centres of labels in a row, relative to the centre of their card."""
    widths = [text_width(label, SMALL) + BETWEEN for label in labels]
    ends = list(accumulate(widths, initial=-sum(widths) / 2))
    return [(left + right) / 2 for left, right in pairwise(ends)]
