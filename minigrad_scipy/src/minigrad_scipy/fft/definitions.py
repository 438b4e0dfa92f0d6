"""The matrices of the cosine and sine transforms, from their definitions: the reference of the operations."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

DUAL = {1: 1, 2: 3, 3: 2, 4: 4}  # the type of the transposed matrix, and of the inverse up to its norm
INVERSE_NORM = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}


def make_matrix(kind: str, number: int, n: int, norm: str | None, orthogonalize: bool) -> NDArray[Any]:
    """Return the matrix (n, n) of the transform `kind`, "dct" or "dst", of type `number` in 1 to 4.

    The documentation of `scipy.fft.dct` and `scipy.fft.dst` has the equations: 2 cos(pi r c / length) or
    2 sin(...), where r counts the rows and c the columns from 0 or 1, or from 1/2.
    """
    whole = 0.0 if kind == "dct" else 1.0
    length = n + (0 if number > 1 else -1 if kind == "dct" else 1)
    ends = find_ends(kind, number)
    rows = np.arange(n)[:, None] + (whole if number < 3 else 0.5)
    columns = np.arange(n) + (whole if number in (1, 3) else 0.5)
    matrix = 2 * (np.cos if kind == "dct" else np.sin)(np.pi * rows * columns / length)
    if number in (1, 3):
        matrix[:, ends] *= np.sqrt(0.5) if orthogonalize else 0.5
    if number in (1, 2) and orthogonalize:
        matrix[ends] *= np.sqrt(0.5)
    return matrix / {"ortho": np.sqrt(2 * length), "forward": 2 * length}.get(norm or "", 1.0)


def find_ends(kind: str, number: int) -> list[int]:
    """Return the indices of the rows or columns that `orthogonalize` concerns."""
    if number == 4 or (kind, number) == ("dst", 1):
        return []
    if number == 1:
        return [0, -1]
    return [0] if kind == "dct" else [-1]


def evaluate_definition(name: str, x: NDArray[Any], **settings: Any) -> NDArray[Any]:
    """Return the transform `name` of `x` by a product with its matrix along each axis."""
    number, norm, orthogonalize = settings.get("type", 2), settings.get("norm"), settings.get("orthogonalize")
    if orthogonalize is None or x.dtype.kind == "c":  # SciPy 1.17 ignores the setting for complex values
        orthogonalize = norm == "ortho"
    if name.endswith("n"):
        axes = settings.get("axes")
        sizes = settings.get("s") or [x.shape[axis] for axis in (range(x.ndim) if axes is None else axes)]
        axes = range(x.ndim - len(sizes), x.ndim) if axes is None else axes
    else:
        axes = [settings.get("axis", -1)]
        sizes = [settings.get("n") or x.shape[axes[0]]]
    if name.startswith("i"):
        number, norm = DUAL[number], INVERSE_NORM[norm]
    y = x
    for axis, n in zip(axes, sizes, strict=True):
        matrix = make_matrix(name.removeprefix("i")[:3], number, n, norm, orthogonalize)
        m = min(n, x.shape[axis])
        y = np.moveaxis(np.moveaxis(y, axis, -1)[..., :m] @ matrix[:, :m].T, -1, axis)
    return y.astype(x.dtype)
