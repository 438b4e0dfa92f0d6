"""Read the cells of a CSV file, and parse numbers; a message names the line and the column of each fault."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import DatasetError
from .file_content import read_content

DELIMITERS = ",;\t"
MISSING = {"", "na", "n/a", "nan", "null", "none", "?"}
MOST_LINES = 20  # of a message
LARGEST = 1e100  # the variance of such numbers is finite


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a CSV file as texts.

    Attributes
    ----------
    source : str
        The file, for messages.
    columns : dict of str to list of str
        The cells of each column, by the name in the header.
    lines : list of int
        The line of the file on which each row ends, counted from 1.
    """

    source: str
    columns: dict[str, list[str]]
    lines: list[int]

    def refuse_missing(self, names: Iterable[str]) -> None:
        """Raise a DatasetError that names the empty cells of columns: "", NA, NaN, null, none or ?."""
        self._report(
            (line, f"column {name!r}: no value ({text!r})")
            for name in names
            for line, text in zip(self.lines, self.columns[name], strict=True)
            if text.strip().lower() in MISSING
        )

    def parse(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Return the numbers of columns, (rows, columns); raise a DatasetError that names all other cells."""
        self.refuse_missing(names)
        self._report(fault for name in names for fault in self._find_faults(name))
        return np.array([[float(text) for text in self.columns[name]] for name in names]).T

    def _find_faults(self, name: str) -> list[tuple[int, str]]:
        """Return the cells of a column that are not numbers; the first one if none is a number."""
        facts = [_find_fault(text) for text in self.columns[name]]
        if len(facts) > 1 and all(facts):
            return [(self.lines[0], f"column {name!r}: {facts[0]}, and so in all other lines")]
        return [
            (line, f"column {name!r}: {fact}") for line, fact in zip(self.lines, facts, strict=True) if fact
        ]

    def _report(self, faults: Iterable[tuple[int, str]]) -> None:
        texts = [f"line {line}, {fact}" for line, fact in sorted(faults)]
        if not texts:
            return
        more = [f"and {len(texts) - MOST_LINES:,} more cells"] if len(texts) > MOST_LINES else []
        advice = (
            "correct these cells, or leave the rows or the columns out; a number has a decimal point and no "
            "other separator, and a column of texts has to be numbered"
        )
        raise DatasetError("\n  ".join([f"{self.source}: {advice}:", *texts[:MOST_LINES], *more]))


def _find_fault(text: str) -> str | None:
    """Return what is wrong with a cell of a column of numbers, or None."""
    number = parse_number(text)
    if number is None:
        return f"expected a number, got {text[:40]!r}"
    if abs(number) > LARGEST:
        return f"expected a number up to {LARGEST:g}, got {text[:40]!r}"
    if text.lstrip("+-").isdecimal() and int(text) != number:
        return f"{text[:40]!r} has more digits than a float64 holds"
    return None


def parse_number(text: str) -> float | None:
    """Return the finite number in a text, or None, also for 2020_01, which Python reads as 202001."""
    if "_" in text:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def read_cells(path: Path) -> Cells:
    """Return the cells of a CSV file with commas, semicolons or tabs, whose first line names the columns.

    Raises
    ------
    DatasetError
        The file cannot be read, is not in UTF-8, has no header or no rows, names a column twice or not at
        all, or a row has another number of cells than the header.
    """
    text = _decode(path, read_content(path))
    header_line = re.sub('"[^"]*"', "", text.lstrip("\r\n")).partition("\n")[0]
    delimiter = max(DELIMITERS, key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise DatasetError(f"{path}: line {reader.line_num}: {error}") from error
    if len(rows) < 2:
        raise DatasetError(f"{path}: no rows in it{' below the header' if rows else ''}")
    (line, header), *body = rows
    names = [name.strip() for name in header]
    if any(parse_number(name) is not None for name in names):
        raise DatasetError(f"{path}: line {line}: expected the names of the columns, got numbers; add them")
    if "" in names:
        raise DatasetError(
            f"{path}: column {names.index('') + 1} has no name: name it, or leave it out, such as the "
            "numbers of the rows, which to_csv(index=False) of pandas does not write"
        )
    if double := next((name for name in names if names.count(name) > 1), None):
        raise DatasetError(f"{path}: two columns are called {double!r}")
    for line, row in body:
        if len(row) != len(names):
            raise DatasetError(f"{path}: line {line}: expected {len(names)} cells, got {len(row)}")
    columns = {name: [row[index].strip() for _, row in body] for index, name in enumerate(names)}
    return Cells(str(path), columns, [line for line, _ in body])


def _decode(path: Path, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DatasetError(f"{path}: line {line}: expected a text in UTF-8; save the table as one") from error
    if "\0" in text:
        raise DatasetError(f"{path}: expected a text in UTF-8, got zero bytes; save the table as one")
    return text
