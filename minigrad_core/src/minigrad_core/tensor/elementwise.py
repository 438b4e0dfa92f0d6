"""Arrays whose operators are other ones than those that gradients are for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch.provenance import describe
from ..errors import ArgumentError

if TYPE_CHECKING:
    from ..contracts import Operation

NO_NUMBERS = frozenset("OSUMm")  # kinds of dtypes: objects, bytes, strings, times

# The objects have operators of their own: those of tensors would be recorded one by one, and their gradients
# lost to whatever takes the array for one of numbers.
OBJECTS = (
    "an array of objects is none of numbers: np.stack(list(x)) joins tensors in it, x.astype(float) converts "
    "numbers"
)


def check_operand(op: Operation, x: Any) -> None:
    """Raise if, within `op`, an operator between x and an array would not be that between two arrays.

    Raises
    ------
    ArgumentError
        It is an array of objects, one that `elementwise` refuses, or opts out of NumPy's operators, as
        SciPy's LinearOperator does, whose `*` is the matrix product.
    """
    if isinstance(x, np.ndarray) and x.dtype.hasobject:
        raise ArgumentError(f"{describe(op)}: {OBJECTS}")
    if hasattr(x, "__array_priority__"):  # numbers have none, and need no further look
        elementwise(x)
    if getattr(x, "__array_ufunc__", ...) is None:
        kind = type(x).__name__
        raise ArgumentError(
            f"{describe(op)}: a {kind} keeps NumPy's operators to itself, and gradients cannot follow its "
            "own: pass an array, or write an operation that calls it"
        )


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
