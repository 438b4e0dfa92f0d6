"""A diagram in Mermaid, which GitHub and notebooks show as a picture in Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from .cards import Card, CardKind
from .diagram import Box, Diagram

BRACKETS = {
    CardKind.OPERATION: ("[", "]"),
    CardKind.FOLD: ("[[", "]]"),
    CardKind.INPUT: ("([", "])"),
    CardKind.RESULT: ("([", "])"),
}


def to_mermaid(diagram: Diagram) -> str:
    """Return the flowchart: cards as nodes, boxes as subgraphs."""
    names = {card: f"n{index}" for index, card in enumerate(diagram.cards)}
    lines = [f"%% {diagram.note}"] if diagram.folded else []
    lines = [*lines, "flowchart TD", *_members(diagram.root, names, count(), "  ")]
    for source, target in diagram.arrows:
        label = f'|"{_escape(target.ports[source])}"|' if source in target.ports else ""
        lines.append(f"  {names[source]} -->{label} {names[target]}")
    return "\n".join([*lines, ""])


def _members(box: Box, names: dict[Card, str], numbers: Iterator[int], indent: str) -> Iterator[str]:
    for member in box.members:
        if isinstance(member, Card):
            opening, closing = BRACKETS[member.kind]
            text = "<br>".join(_escape(line) for line in member.text())
            yield f'{indent}{names[member]}{opening}"{text}"{closing}'
        else:
            yield f'{indent}subgraph s{next(numbers)}["{_escape(member.title)}"]'
            yield from _members(member, names, numbers, f"{indent}  ")
            yield f"{indent}end"


def _escape(text: str) -> str:
    """Return text with the special characters of Markdown, HTML and Mermaid written as codes."""
    return "".join(c if c.isalnum() or c in " .,:()-=_" else f"#{ord(c)};" for c in text)
