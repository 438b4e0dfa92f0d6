"""Text in aligned columns, as wide as its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence


def show_columns(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Collection[int] = (),
    show: Callable[[str], None],
) -> None:
    """Show a header and rows; the columns in `right` are aligned to the right.

    Not a table of rich: that one wraps or cuts at the terminal's width, and what is piped to `grep` must
    stay one line for each plugin.
    """
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(cell_len(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        cells = [_padded(cell, widths[i], i in right) for i, cell in enumerate(line)]
        show("  ".join(cells).rstrip())


def _padded(cell: str, width: int, right: bool) -> str:
    return " " * (width - cell_len(cell)) + cell if right else set_cell_size(cell, width)
