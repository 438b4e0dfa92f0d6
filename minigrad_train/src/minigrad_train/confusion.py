"""Which classes are taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDEST = 30  # classes of a table; of more, the commonest confusions are told


def confusion_matrix(labels: NDArray[Any], predictions: NDArray[Any], classes: int) -> NDArray[np.int64]:
    """Return how many examples of class i (row) were taken for class j (column), (classes, classes).

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
    """Return the matrix as a table, or of many classes the commonest confusions."""
    return _format_table(matrix, names) if len(names) <= WIDEST else _format_commonest(matrix, names)


def _format_table(matrix: NDArray[np.int64], names: Sequence[str]) -> str:
    """Return a row to each true class, with the share of it that is right, and a column to each predicted.

    A column has the name of its class if those are short, else its number, which stands in the row before the
    name.
    """
    numbers = [str(number) for number in range(len(names))]
    short = max(map(len, names)) <= 4
    columns = names if short else numbers
    rows = names if short else [f"{number} {name}" for number, name in zip(numbers, names, strict=True)]
    width = max(len(f"{matrix.max()}"), *map(len, columns)) + 1
    first = max(4, *map(len, rows))
    lines = [f"{'':{first}}  predicted", f"{'true':{first}}  {_cells(columns, width)}    right"]
    for index, (name, row) in enumerate(zip(rows, matrix, strict=True)):
        share = f"{row[index] / row.sum():8.1%}" if row.sum() else "       -"
        lines.append(f"{name:>{first}}  {_cells([count or '.' for count in row], width)} {share}")
    return "\n".join(lines)


def _cells(values: Sequence[object], width: int) -> str:
    return "".join(f"{value!s:>{width}}" for value in values)


def _format_commonest(matrix: NDArray[np.int64], names: Sequence[str]) -> str:
    wrong = matrix - np.diag(np.diag(matrix))
    most = np.argsort(-wrong, axis=None, kind="stable")[:10]
    pairs = [divmod(int(place), len(names)) for place in most if wrong.flat[place]]
    lines = [f"{wrong[true, guess]:6}  {names[true]} predicted as {names[guess]}" for true, guess in pairs]
    return "\n".join(["the commonest confusions", *lines])
