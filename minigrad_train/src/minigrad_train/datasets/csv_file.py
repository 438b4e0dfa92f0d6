"""Read a table of numbers with a column to predict from a CSV file."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DatasetError
from .csv_cells import Cells, parse_number, read_cells
from .examples import Dataset, Examples, Splits, Task
from .hold_out import hold_out
from .table import Table, measure_columns

SUFFIXES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
MOST_LABELS = 20  # different whole numbers in a column that are taken for classes
CLASSIFICATION, REGRESSION = KINDS = ("classification", "regression")


def is_csv(path: Path) -> bool:
    """Return whether the name of a file is that of a table."""
    return path.name.lower().endswith(SUFFIXES)


def read_csv(
    path: Path, rng: np.random.Generator, target: str | None = None, kind: str | None = None
) -> Dataset:
    """Return the splits of a table and its task.

    The first line has the names of the columns. All columns but the target hold numbers. A random sixth of
    the rows becomes the test split, and a sixth of the others the validation split, each with the same share
    of each class.

    Parameters
    ----------
    path : Path
        A file with commas, semicolons or tabs between its cells.
    rng : Generator
        Draws the rows of the splits.
    target : str, optional
        The name of the column to predict; default: the last one.
    kind : str, optional
        "classification" or "regression". Default: classification if the target holds texts, or at most 20
        different whole numbers.

    Raises
    ------
    DatasetError
        The file cannot be read, there is no such column, or cells are empty or no numbers; the message names
        their lines and columns.
    """
    cells = read_cells(path)
    target = target or list(cells.columns)[-1]
    if target not in cells.columns:
        raise DatasetError(f"{path}: no column {target!r}; it has {', '.join(cells.columns)}")
    names = tuple(name for name in cells.columns if name != target)
    if not names:
        raise DatasetError(f"{path}: expected a column to predict and others, got {target!r} alone")
    cells.refuse_missing([*names, target])
    numbers = cells.parse(names)
    kind = kind or _guess_kind(cells, target)
    classes: tuple[str, ...] = ()
    targets: NDArray[Any]
    if kind == REGRESSION:
        targets = cells.parse([target])[:, 0]
    else:
        classes, targets = _number_classes(cells, target)
    parts: dict[str, Any] = {"train": _Rows(numbers, targets)}
    for name in ("test", "validation"):
        parts["train"], parts[name] = hold_out(parts["train"], rng, str(path), by_class=bool(classes))
    train = parts["train"]
    scaling: tuple[Any, ...] = ()
    if not classes:
        if np.ptp(train.labels) == 0:
            raise DatasetError(f"{path}: column {target!r} is {train.labels[0]:g} in each training row")
        (mean,), (scale,) = measure_columns(train.labels[:, None])
        scaling = mean, scale
    table = Table(names, *measure_columns(train.images), target, *scaling)
    splits = Splits(*(_standardize(parts[name], table, classes) for name in Splits._fields))
    return Dataset(splits, Task.of(str(path), (1, 1, len(names)), classes, table=table))


_Rows: Any = Examples  # of float64, before the columns are scaled


def _guess_kind(cells: Cells, target: str) -> str:
    texts = cells.columns[target]
    values = {text: parse_number(text) for text in texts}
    few = len(values) <= MOST_LABELS
    if word := next((text for text, value in values.items() if value is None), None):
        if not few and len(values) > len(texts) / 2:
            raise DatasetError(
                f"{cells.source}: column {target!r} has {len(values):,} different texts in "
                f"{len(texts):,} rows, such as {word[:40]!r}, too many to be classes: choose another "
                "--target, or correct the numbers, which have a decimal point and no other separator; "
                "--task classification takes the texts"
            )
        return CLASSIFICATION
    few = few and all(value is not None and value.is_integer() for value in values.values())
    return CLASSIFICATION if few else REGRESSION


def _number_classes(cells: Cells, target: str) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the names of the classes, in the order of numbers or else of the alphabet, and the labels."""
    texts = cells.columns[target]
    distinct = sorted(set(texts), key=lambda text: (parse_number(text) or 0.0, text))
    for one, other in pairwise(distinct):
        if parse_number(one) == parse_number(other) is not None:
            raise DatasetError(
                f"{cells.source}: column {target!r} has one number as {one!r} and as {other!r}: write each "
                "number in one way; if these are different classes, put a letter in front"
            )
    numbers = {name: number for number, name in enumerate(distinct)}
    return tuple(distinct), np.array([numbers[text] for text in texts], np.int64)


def _standardize(rows: Any, table: Table, classes: tuple[str, ...]) -> Examples:
    targets: Any = rows.labels if classes else table.standardize_target(rows.labels)
    return Examples(table.standardize(rows.images), targets)


def read_rows(path: Path, task: Task) -> tuple[NDArray[np.float32], NDArray[Any] | None]:
    """Return the inputs (n, columns) in a table, and the targets if it has the column of the target.

    The columns are found by their names; others are ignored. Targets are labels (n,), or (n, 1) in a
    regression.

    Raises
    ------
    DatasetError
        The file cannot be read or lacks a column, cells are empty or no numbers, or a class is unknown.
    """
    table, cells = task.table, read_cells(path)
    assert table is not None  # the task of a table
    if missing := [name for name in table.columns if name not in cells.columns]:
        raise DatasetError(f"{path}: no column {', '.join(missing)}; it has {', '.join(cells.columns)}")
    inputs = table.standardize(cells.parse(table.columns))
    if table.target not in cells.columns:
        return inputs, None
    if task.is_regression:
        return inputs, table.standardize_target(cells.parse([table.target])[:, 0])
    return inputs, _find_labels(cells, task)


def _find_labels(cells: Cells, task: Task) -> NDArray[np.int64]:
    assert task.table is not None
    numbers = {name: number for number, name in enumerate(task.classes)}
    texts = cells.columns[task.table.target]
    for line, text in zip(cells.lines, texts, strict=True):
        if text not in numbers:
            raise DatasetError(f"{cells.source}: line {line}: there is no class {text!r} in the training set")
    return np.array([numbers[text] for text in texts], np.int64)
