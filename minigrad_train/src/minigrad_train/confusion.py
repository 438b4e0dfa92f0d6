"""Which classes are taken for which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


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


def confusion_table(matrix: NDArray[np.int64]) -> str:
    """Return the matrix as text: a row to each true class, with the share of it that is right."""
    classes = range(len(matrix))
    width = max(len(f"{matrix.max()}"), 2) + 1
    head = "true  " + "".join(f"{name:>{width}}" for name in classes) + "    right"
    rows = [head]
    for name, row in zip(classes, matrix, strict=True):
        counts = "".join(f"{count or '.':>{width}}" for count in row)
        share = f"{row[name] / row.sum():8.1%}" if row.sum() else "       -"
        rows.append(f"{name:>4}  {counts} {share}")
    return "\n".join(rows)
