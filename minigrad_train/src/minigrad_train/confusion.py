"""Confusion matrices: count and print which classes a network predicts for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .names import count_columns, pad_left
from .number_format import format_percent

WIDEST = 30  # classes in a table; with more, only the commonest confusions are printed


def confusion_matrix(labels: NDArray[Any], predictions: NDArray[Any], classes: int) -> NDArray[np.int64]:
    """Return how many examples of class i (row) are predicted as class j (column), (classes, classes).

    Parameters
    ----------
    labels, predictions : arrays of (n,)
        Integers in [0, classes).
    classes : int

    Examples
    --------
    >>> import numpy as np
    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    array([[1, 1],
           [0, 1]])
    """
    pairs = np.bincount(labels * classes + predictions, minlength=classes * classes)
    return pairs.reshape(classes, classes)


def format_confusion(matrix: NDArray[np.int64], names: Sequence[str]) -> str:
    """Return the matrix as a table; with more than 30 classes, the ten commonest confusions."""
    return _format_table(matrix, names) if len(names) <= WIDEST else _format_commonest(matrix, names)


def _format_table(matrix: NDArray[np.int64], names: Sequence[str]) -> str:
    """Return a table with a row for each true class and a column for each predicted class.

    A row ends with the share of right predictions. The columns are headed by the names of the classes if all
    have at most four characters; else by their numbers, which also precede the names in the rows.
    """
    numbers = [str(number) for number in range(len(names))]
    short = max(map(count_columns, names)) <= 4
    columns = names if short else numbers
    rows = names if short else [f"{number} {name}" for number, name in zip(numbers, names, strict=True)]
    width = max(len(f"{matrix.max()}"), *map(count_columns, columns)) + 1
    first = max(4, *map(count_columns, rows))
    lines = [f"{'':{first}}  predicted", f"{'true':{first}}  {_format_cells(columns, width)}    right"]
    for index, (name, row) in enumerate(zip(rows, matrix, strict=True)):
        share = f"{format_percent(row[index] / row.sum(), 1):>8}" if row.sum() else "       -"
        lines.append(
            f"{pad_left(name, first)}  {_format_cells([count or '.' for count in row], width)} {share}"
        )
    return "\n".join(lines)


def _format_cells(values: Sequence[object], width: int) -> str:
    return "".join(pad_left(str(value), width) for value in values)


def _format_commonest(matrix: NDArray[np.int64], names: Sequence[str]) -> str:
    wrong = matrix - np.diag(np.diag(matrix))
    most = np.argsort(-wrong, axis=None, kind="stable")[:10]
    pairs = [divmod(int(index), len(names)) for index in most if wrong.flat[index]]
    lines = [f"{wrong[true, guess]:6}  {names[true]} predicted as {names[guess]}" for true, guess in pairs]
    return "\n".join(["the commonest confusions", *lines])
