"""Converts the inputs of an operation that are not tensors to arrays and numbers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch.functions import FUNCTIONS
from ..dispatch.tables import describe
from ..errors import ArgumentError
from .diagnosis import has_tensor

if TYPE_CHECKING:
    from ..contracts import Operation

NON_NUMERIC_KINDS = frozenset("OSUMmV")  # kinds of dtypes: objects, bytes, strings, times, records
# NumPy calls the operators of each element: those of tensors would be recorded one by one, and their
# gradients lost in code that takes the array for one of numbers.
OBJECT_ARRAY_ADVICE = (
    "an array of objects is not numeric: np.stack(list(x)) joins tensors in it, x.astype(float) converts "
    "numbers"
)


def convert_operand(op: Operation, x: Any) -> Any:
    """Return `x`, which is no tensor, as an array or a number; None, an input left out, stays None.

    A sequence with tensors in it becomes one tensor. What NumPy takes for an array, as a pandas Series or an
    `array.array`, becomes one: within `op` its own operators and attributes would be other ones. Arrays that
    speak NumPy's protocols themselves stay what they are, and comparisons take anything.

    Raises
    ------
    ArgumentError
        It holds no numbers, or its operators are not those of arrays, as those of SciPy's LinearOperator,
        whose `*` is the matrix product.
    """
    if type(x) in (list, tuple):
        return FUNCTIONS[np.array](x) if has_tensor(x) else np.asarray(x)
    if isinstance(x, np.ndarray) and x.dtype.hasobject:
        raise ArgumentError(f"{describe(op)}: {OBJECT_ARRAY_ADVICE}")
    if getattr(x, "__array_ufunc__", ...) is None:
        kind = type(x).__name__
        raise ArgumentError(
            f"{describe(op)}: a {kind} keeps NumPy's operators to itself, and gradients cannot follow its "
            "own: pass an array, or write an operation that calls it"
        )
    if hasattr(x, "__array_function__") or hasattr(x, "toarray"):  # dask's, pint's, sparse ones
        if has_tensor(getattr(x, "__dict__", {})):
            raise ArgumentError(
                f"{describe(op)}: a {type(x).__name__} that holds a tensor: that one would be cut out of the "
                "graph; pass the tensor itself"
            )
        return check_elementwise(x)
    if x is None or isinstance(x, (int, float, complex)) or not op.differentiable:
        return x
    array = x if isinstance(x, np.generic) else np.asarray(x)
    if array.dtype.kind in NON_NUMERIC_KINDS:
        raise ArgumentError(
            f"{describe(op)}: expected a number or an array, got a {type(x).__name__}; "
            "float(x) converts a number, np.array(list(x)) a collection"
        )
    return array


def check_elementwise(array: Any) -> Any:
    """Return `array`, whose operators are those of `ndarray`.

    Raises
    ------
    ArgumentError
        It is a sparse matrix or an `np.matrix`, whose `*` is the matrix product, or of another class with
        an operator of its own, such as a masked array.
    """
    sparse = sys.modules.get("scipy.sparse")  # which takes long to import
    if _has_own_operators(type(array)):
        way = "pass a plain array, np.asarray(x) of a matrix, x.filled(value) of a masked array"
    elif sparse is not None and isinstance(array, sparse.spmatrix):
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


def _has_own_operators(kind: type) -> bool:
    """Return whether a subclass of `ndarray` has an operator of its own."""
    if kind is np.ndarray or not issubclass(kind, np.ndarray):
        return False
    return any(getattr(kind, name) is not getattr(np.ndarray, name) for name in _OPERATORS)
