"""Print how many examples of each class the splits have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..datasets.class_counts import Counts
from ..names import count_columns, pad_left, shorten_name

MOST_CLASSES = 30  # in a table; with more, a line has the extremes
WIDTH = 80
GAP = 2  # between columns


def format_counts(counts: Counts) -> list[str]:
    """Return a table with a column for each class and a row for each split, in blocks of 80 columns."""
    train = counts.get("train", {})
    if len(train) > MOST_CLASSES:
        least, most = (function(train, key=train.__getitem__) for function in (min, max))
        return [
            f"from {train[least]:,} ({shorten_name(least)}) to {train[most]:,} ({shorten_name(most)}) "
            "training examples of a class; config.json has all counts"
        ]
    first = ["", *counts]
    columns = [[shorten_name(name), *(f"{split[name]:,}" for split in counts.values())] for name in train]
    return [line for block in _divide(columns, WIDTH - _width(first)) for line in _format_block(first, block)]


def _divide(columns: Sequence[Sequence[str]], width: int) -> Iterator[list[Sequence[str]]]:
    """Yield as many columns at a time as fit into the width."""
    block: list[Sequence[str]] = []
    for column in columns:
        if block and sum(GAP + _width(each) for each in (*block, column)) > width:
            yield block
            block = []
        block.append(column)
    if block:
        yield block


def _format_block(first: Sequence[str], columns: Sequence[Sequence[str]]) -> Iterator[str]:
    for row, name in enumerate(first):
        cells = [pad_left(column[row], GAP + _width(column)) for column in columns]
        yield f"{name:{_width(first)}}{''.join(cells)}"


def _width(column: Sequence[str]) -> int:
    return max(map(count_columns, column))
