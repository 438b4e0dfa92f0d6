"""The positions of the values of a sparse array in compressed rows."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray


class Structure:
    """The positions of values: in row i those from `indptr[i]` to `indptr[i + 1]`, in the columns `indices`.

    indices: (values,); indptr: (rows + 1,); shape: (rows, columns). Duplicates are added up, as in SciPy.
    """

    def __init__(self, indices: NDArray[Any], indptr: NDArray[Any], shape: tuple[int, int]) -> None:
        self.indices, self.indptr, self.shape = indices, indptr, shape

    @cached_property
    def rows(self) -> NDArray[Any]:
        """The row of each value."""
        return np.repeat(np.arange(self.shape[0]), np.diff(self.indptr))

    def list_places(self, transpose: bool) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the row and the column of each value, those of the transposed array if `transpose`."""
        return (self.indices, self.rows) if transpose else (self.rows, self.indices)

    def fill(self, data: Any) -> Any:
        """Return SciPy's array with these values."""
        return scipy.sparse.csr_array((data, self.indices, self.indptr), shape=self.shape)

    def __repr__(self) -> str:
        return f"Structure({self.indices.tolist()}, {self.indptr.tolist()}, {self.shape})"
