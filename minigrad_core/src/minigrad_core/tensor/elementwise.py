"""Arrays whose operators are other ones than those that gradients are for."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ..errors import ArgumentError

NO_NUMBERS = frozenset("OSUMmV")  # kinds of dtypes: objects, bytes, strings, times, records


def elementwise(array: Any) -> Any:
    """Return `array`, whose operators are those of `ndarray`.

    Raises
    ------
    ArgumentError
        It is a sparse matrix or an `np.matrix`, whose `*` is the matrix product, or of another class with
        an operator of its own, such as a masked array.
    """
    if _overrides_operators(type(array)):
        way = "pass a plain array, np.asarray(x) of a matrix, x.filled(value) of a masked array"
    elif _is_sparse_matrix(array):
        way = "pass x.toarray(), or for a product tensor @ x a sparse array, scipy.sparse.csr_array(x)"
    else:
        return array
    raise ArgumentError(
        f"a {type(array).__name__} has operators of its own, which gradients do not follow: {way}"
    )


_OPERATORS = tuple(
    f"__{prefix}{name}__"
    for prefix in ("", "r", "i")
    for name in ("add", "sub", "mul", "truediv", "pow", "matmul")
)


def _overrides_operators(kind: type) -> bool:
    """Return whether a subclass of `ndarray` has an operator of its own."""
    if kind is np.ndarray or not issubclass(kind, np.ndarray):
        return False
    return any(getattr(kind, name) is not getattr(np.ndarray, name) for name in _OPERATORS)


def _is_sparse_matrix(array: Any) -> bool:
    loaded = sys.modules.get("scipy.sparse")  # which takes long to import
    return loaded is not None and isinstance(array, loaded.spmatrix)
