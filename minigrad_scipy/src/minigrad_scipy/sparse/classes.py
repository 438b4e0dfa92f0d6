# ruff: noqa: N801 - the names are SciPy's
"""SciPy's sparse arrays with products for tensors. With values of a tensor they are `SparseTensor`s."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from minigrad_core import Tensor

from ..tensors import has_tensor
from .sparse_tensor import SparseTensor, to_sparse_tensor
from .structure import Structure


def make_sparse_tensor(cls: Any, values: Any, shape: tuple[int, int] | None) -> SparseTensor:
    """Return the sparse array for (data, indices, indptr) or (data, (rows, columns)).

    cls: the class of SciPy, which checks the positions.
    """
    data, *positions = values
    is_column = issubclass(cls, (sparse.csc_array, sparse.csc_matrix))
    if len(positions) == 2:
        plain: Any = cls((np.ones(len(data)), *positions), shape=shape)
        plain.check_format()  # SciPy's constructor checks less, and a product would read outside of `x`
        indices, indptr = plain.indices, plain.indptr
    else:
        plain = sparse.coo_array((np.ones(len(data)), *positions), shape=shape)
        minor, major = plain.coords if is_column else plain.coords[::-1]
        columns = sparse.csc_array(
            (plain.data, major, np.arange(len(major) + 1)), shape=(plain.shape[is_column], len(major))
        )
        order = columns.tocsr()  # row by row, the numbers of the values; SciPy would add up duplicates
        data, indices, indptr = data[order.indices], minor[order.indices], order.indptr
    return SparseTensor(
        data, Structure(indices, indptr, plain.shape[::-1] if is_column else plain.shape), is_column
    )


class ProductsWithTensors:
    """The products of a sparse array of SciPy with tensors."""

    def __new__(cls, arg1: Any, shape: Any = None, **_: Any) -> Any:
        if isinstance(arg1, tuple) and has_tensor(arg1[0]):
            return make_sparse_tensor(getattr(sparse, cls.__name__), arg1, shape)
        return super().__new__(cls)

    def __matmul__(self, x: Any) -> Any:
        return to_sparse_tensor(self) @ x if isinstance(x, Tensor) else super().__matmul__(x)  # type: ignore[misc]

    def __rmatmul__(self, x: Any) -> Any:
        return x @ to_sparse_tensor(self) if isinstance(x, Tensor) else super().__rmatmul__(x)  # type: ignore[misc]


class csr_array(ProductsWithTensors, sparse.csr_array):
    """SciPy's class, whose products take tensors."""


class csr_matrix(ProductsWithTensors, sparse.csr_matrix):
    """SciPy's class, whose products take tensors."""


class csc_array(ProductsWithTensors, sparse.csc_array):
    """SciPy's class, whose products take tensors."""


class csc_matrix(ProductsWithTensors, sparse.csc_matrix):
    """SciPy's class, whose products take tensors."""


class coo_array(ProductsWithTensors, sparse.coo_array):
    """SciPy's class, whose products take tensors."""


class coo_matrix(ProductsWithTensors, sparse.coo_matrix):
    """SciPy's class, whose products take tensors."""
