"""A diagram in Mermaid, which Markdown on GitHub and in notebooks shows as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

from .cards import Card

if TYPE_CHECKING:
    from .diagram import Box, Diagram

AROUND = {
    "operation": ("[", "]"),
    "fold": ("[[", "]]"),
    "input": ("([", "])"),
    "result": ("([", "])"),
}


def to_mermaid(diagram: Diagram) -> str:
    """Return the flowchart: cards as nodes, boxes as subgraphs."""
    names = {card: f"n{index}" for index, card in enumerate(diagram.cards)}
    lines = [f"%% {diagram.note}"] if diagram.folded else []
    lines = [*lines, "flowchart TD", *_members(diagram.root, names, count(), "  ")]
    lines += [f"  {names[source]} --> {names[target]}" for source, target in diagram.arrows]
    return "\n".join([*lines, ""])


def _members(box: Box, names: dict[Card, str], numbers: Iterator[int], indent: str) -> Iterator[str]:
    for member in box.members:
        if isinstance(member, Card):
            before, behind = AROUND[member.kind]
            text = "<br>".join(_escape(line) for line in member.text())
            yield f'{indent}{names[member]}{before}"{text}"{behind}'
        else:
            yield f'{indent}subgraph s{next(numbers)}["{_escape(member.title)}"]'
            yield from _members(member, names, numbers, f"{indent}  ")
            yield f"{indent}end"


def _escape(text: str) -> str:
    """Return text in which nothing is Markdown, HTML or Mermaid: what could be is written as codes."""
    return "".join(c if c.isalnum() or c in " .,:()-=_" else f"#{ord(c)};" for c in text)
