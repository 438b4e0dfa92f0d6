"""A sparse array whose values are a tensor."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy

from minigrad_core import Tensor
from minigrad_core.errors import ArgumentError

from ..tensors import HoldsTensors
from .products import multiply
from .structure import Structure


class SparseTensor(HoldsTensors):
    """A two-dimensional sparse array with values of a tensor: `sparse.csr_array((data, indices, indptr))`.

    It has products with dense arrays and tensors (`A @ x`, `x @ A`), a transpose, products with numbers, and
    `toarray`. Any other step begins with its `data`, a tensor of the values in the order of `structure`.

    Parameters
    ----------
    data : Tensor
        The values (values,).
    structure : Structure
        The positions of the values.
    transposed : bool
        Whether the array is the transpose of the one that `structure` describes.
    """

    __array_ufunc__ = None  # x @ A calls __rmatmul__

    def __init__(self, data: Any, structure: Structure, transposed: bool = False) -> None:
        if np.shape(data) != structure.indices.shape:
            raise ArgumentError(f"data has shape {np.shape(data)}; expected {structure.indices.shape}")
        self.data, self.structure, self.transposed = data, structure, transposed

    ndim = 2

    @property
    def shape(self) -> tuple[int, int]:
        """The number of rows and of columns."""
        rows, columns = self.structure.shape
        return (columns, rows) if self.transposed else (rows, columns)

    @property
    def T(self) -> SparseTensor:  # noqa: N802 - SciPy's name
        """The transpose."""
        return SparseTensor(self.data, self.structure, not self.transposed)

    def __matmul__(self, x: Any) -> Any:
        x = x if isinstance(x, Tensor) else np.asarray(x)
        if x.ndim not in (1, 2) or x.shape[0] != self.shape[1]:
            raise ArgumentError(f"a sparse array of shape {self.shape} times a dense one of shape {x.shape}")
        return multiply(self.data, x, structure=self.structure, transpose=self.transposed)

    def __rmatmul__(self, x: Any) -> Any:
        return (self.T @ np.swapaxes(x, -1, -2)).T if np.ndim(x) == 2 else self.T @ x

    def dot(self, x: Any) -> Any:
        """Return `self @ x`."""
        return self @ x

    def __mul__(self, factor: Any) -> SparseTensor:
        if np.ndim(factor):
            raise ArgumentError("a sparse array of a tensor times an array: for the product write A @ x")
        return SparseTensor(self.data * factor, self.structure, self.transposed)

    __rmul__ = __mul__

    def toarray(self) -> Any:
        """Return the dense array."""
        return self @ np.eye(self.shape[1], dtype=self.data.dtype)

    def __repr__(self) -> str:
        return f"<sparse array of shape {self.shape} with {len(self.data)} values of a tensor>"


def to_sparse_tensor(matrix: Any) -> SparseTensor:
    """Return a `SparseTensor` for a sparse array of SciPy, or for one that is a `SparseTensor` already."""
    if isinstance(matrix, SparseTensor):
        return matrix
    rows = scipy.sparse.csr_array(matrix)
    return SparseTensor(rows.data, Structure(rows.indices, rows.indptr, rows.shape))
