"""Text in aligned columns."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence


def terminal_width() -> int | None:
    """Return how many columns standard output has, or None if it is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def show_columns(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Collection[int] = (),
    width: int | None,
    show: Callable[[str], None],
) -> None:
    """Show a header and rows; the columns in `right` are aligned to the right.

    Where a row is longer than `width`, its last cell goes below it; without a width each row is one line, for
    `grep`. Not a table of rich: that one cuts what does not fit, and pads each line to the whole width.
    """
    from rich.cells import cell_len, set_cell_size

    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(cell_len(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        pairs = enumerate(zip(line, widths, strict=True))
        cells = [cell.rjust(w) if i in right else set_cell_size(cell, w) for i, (cell, w) in pairs]
        row = "  ".join(cells).rstrip()
        if width is None or cell_len(row) <= width:
            show(row)
        else:
            show("  ".join(cells[:-1]).rstrip())
            show(textwrap.fill(line[-1], width, initial_indent="    ", subsequent_indent="    "))
