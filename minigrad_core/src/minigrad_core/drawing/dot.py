"""A diagram in the language of Graphviz, which offers other layouts and formats."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from .cards import Card, CardKind
from .diagram import Box, Diagram

SHAPES = {
    CardKind.OPERATION: "box",
    CardKind.FOLD: "box3d",
    CardKind.INPUT: "oval",
    CardKind.RESULT: "oval",
}


def to_dot(diagram: Diagram) -> str:
    """Return the graph: cards as nodes, boxes as clusters."""
    names = {card: f"n{index}" for index, card in enumerate(diagram.cards)}
    lines = ["digraph {", "  node [fontname=monospace fontsize=11]"]
    lines += _write_members(diagram.root, names, count(), "  ")
    for source, target in diagram.arrows:
        label = f" [label={_quote(target.ports[source])}]" if source in target.ports else ""
        lines.append(f"  {names[source]} -> {names[target]}{label}")
    if diagram.folded:
        lines.append(f"  label={_quote(diagram.note)}")
    return "\n".join([*lines, "}", ""])


def _write_members(box: Box, names: dict[Card, str], numbers: Iterator[int], indent: str) -> Iterator[str]:
    for member in box.members:
        if isinstance(member, Card):
            text = _quote("\n".join(member.text()))
            yield f"{indent}{names[member]} [label={text} shape={SHAPES[member.kind]}]"
        else:
            yield f"{indent}subgraph cluster_{next(numbers)} {{"
            yield f"{indent}  label={_quote(member.title)}"
            yield from _write_members(member, names, numbers, f"{indent}  ")
            yield f"{indent}}}"


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
