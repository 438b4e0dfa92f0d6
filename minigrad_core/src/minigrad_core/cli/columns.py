"""Text in aligned columns."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import pairwise
from typing import Any


def terminal_width() -> int | None:
    """Return the number of columns of standard output; None for no terminal, if COLUMNS is not set either."""
    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return shutil.get_terminal_size().columns if known else None


def fit_text(text: str, width: int | None) -> str:
    """Return text with its paragraphs filled again if a line is longer than `width`.

    Two lines belong to one paragraph if the first word of the second would have made the first the longest
    line of the text. The author broke other lines on purpose, as in a table, and they stay.
    """
    lines = text.splitlines()
    longest = max(map(len, lines), default=0)
    if width is None or longest <= width:
        return text
    joined: list[str] = []
    for before, line in pairwise(["", *lines]):
        word, _, _ = line.lstrip().partition(" ")
        goes_on = word and before and _indent(before) == _indent(line) and len(before) + len(word) >= longest
        joined[-1:] = [f"{joined[-1]} {line.lstrip()}"] if goes_on else [*joined[-1:], line]
    return "\n".join(
        line
        if len(line) <= width
        else "\n".join(fill_paragraph(line.lstrip(), width, _indent(line), _indent(line)))
        for line in joined
    )


def fill_paragraph(text: str, width: int | None, first: str, others: str) -> list[str]:
    """Return the lines of a paragraph, indented by `first` and `others`; a single line without a width."""
    options: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
    return textwrap.wrap(
        text, width or sys.maxsize, initial_indent=first, subsequent_indent=others, **options
    )


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def show_columns(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Collection[int] = (),
    width: int | None,
    show: Callable[[str], None],
) -> None:
    """Show a header and rows; the columns in `right` are aligned to the right.

    The last cells of a row that is longer than `width` go below the row. Without a width each row is a single
    line, for `grep`. A table of rich would cut long cells, and pad each line to the whole width.
    """
    from rich.cells import cell_len, set_cell_size

    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(cell_len(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        pairs = enumerate(zip(line, widths, strict=True))
        cells = [cell.rjust(w) if i in right else set_cell_size(cell, w) for i, (cell, w) in pairs]
        kept = len(cells)
        while width is not None and kept > 1 and cell_len("  ".join(cells[:kept]).rstrip()) > width:
            kept -= 1
        show("  ".join(cells[:kept]).rstrip())
        for cell in line[kept:]:
            show("\n".join(fill_paragraph(cell, width, "    ", "    ")))
