"""Converts the inputs of an operation that are not tensors to arrays and numbers."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch.functions import FUNCTIONS
from ..dispatch.tables import describe
from ..errors import ArgumentError, OperandError
from .containers import has_tensor, wraps_tensor
from .signatures import get_signature

if TYPE_CHECKING:
    from ..contracts import Operation

NON_NUMERIC_KINDS = frozenset("OSUMmV")  # kinds of dtypes: objects, bytes, strings, times, records

# NumPy calls the operators of each element of an array of objects. Operators of tensors would be recorded
# one by one, and code that expects an array of numbers would lose their gradients.
OBJECT_ARRAY_ADVICE = (
    "an array of objects is not numeric: np.stack(list(x)) joins tensors in it, x.astype(float) converts "
    "numbers"
)


# The place of tensors among array types. The results of arrays with a higher `__array_priority__`, such as
# pint's quantities (17), hold tensors. Tensors can hold arrays of dask (11) and sparse (12), and none without
# a dtype, such as those of awkward.
PRIORITY = 15


def convert_operand(op: Operation, x: Any) -> Any:
    """Return `x`, which is not a tensor, as an array or a number.

    A sequence with tensors in it becomes one tensor. An object that NumPy converts to an array, such as a
    pandas Series or an `array.array`, is converted. Otherwise `op` would call the operators of the object's
    class. An array with NumPy's protocols is returned unchanged, and so are None (an optional input that was
    left out) and any operand of an operation without a gradient, such as a comparison.

    Raises
    ------
    OperandError
        `x` is another library's object around a tensor, a unit of pint or astropy, or sets `__array_ufunc__`
        to None: `*` of SciPy's LinearOperator is the matrix product.
    ArgumentError
        `x` has no numbers in it.
    """
    if type(x) in (list, tuple):
        return FUNCTIONS[np.array](x) if has_tensor(x) else np.asarray(x)
    if isinstance(x, np.ndarray) and x.dtype.hasobject:
        raise ArgumentError(f"{describe(op)}: {OBJECT_ARRAY_ADVICE}")
    if reason := explain_own_operators(x):
        raise OperandError(f"{describe(op)}: {reason}")
    if is_array(x):
        return check_elementwise(x)
    if x is None or isinstance(x, (int, float, complex)):
        return x
    array = x if isinstance(x, np.generic) else np.asarray(x)
    if array.dtype.kind in NON_NUMERIC_KINDS:
        # NumPy's arrays leave their operators to such an object (NEP 13). It may be a unit.
        has_operators = hasattr(x, "__array_ufunc__") or getattr(x, "__array_priority__", 0) > 0
        if not op.differentiable and not has_operators:
            return x
        kind = OperandError if has_operators else ArgumentError
        raise kind(
            f"{describe(op)}: expected a number or an array, got a {type(x).__name__}; "
            "float(x) converts a number, np.array(list(x)) a collection"
        )
    return array


def explain_own_operators(x: Any) -> str:
    """Return why `x` has to get an operator with a tensor itself; an empty text for arrays and numbers."""
    kind = type(x).__name__
    if getattr(x, "__array_ufunc__", ...) is None:
        return (
            f"a {kind} does not let NumPy handle its operators, and gradients cannot follow them: pass an "
            "array, or write an operation that calls it"
        )
    if isinstance(x, (np.ndarray, np.generic)):
        return ""
    if wraps_tensor(x):
        return f"the tensor inside a {kind} would be cut out of the graph; pass the tensor itself"
    if is_array(x) and (getattr(x, "__array_priority__", 0) > PRIORITY or not hasattr(x, "dtype")):
        return f"a {kind} takes tensors itself: give it the tensor"
    return ""


def is_array(x: Any) -> bool:
    """Return whether `x` is an array of NumPy or of another library, such as dask, or a sparse one."""
    return hasattr(x, "__array_function__") or hasattr(x, "toarray")


def has_ufunc_protocol(x: Any) -> bool:
    """Return whether NumPy's ufuncs call `x`, an object of another library."""
    return not isinstance(x, np.ndarray) and getattr(x, "__array_ufunc__", None) is not None


def takes_sequence(op: Operation) -> bool:
    """Return whether `op(*arrays)` implements a NumPy function of one sequence, such as `np.concatenate`."""
    if not op.implements or getattr(op, "from_numpy", None) is not None:
        return False
    own, numpy = inspect.signature(op.forward), get_signature(op.implements[0])
    # `np.atleast_2d(*arys)` takes a list as one array.
    return _is_variadic(own) and numpy is not None and not _is_variadic(numpy)


def _is_variadic(signature: inspect.Signature) -> bool:
    return any(p.kind is p.VAR_POSITIONAL for p in signature.parameters.values())


def convert_items(op: Operation, sequence: Any) -> tuple[Any, ...]:
    """Return the items of a sequence of inputs, with lists converted to arrays or tensors."""
    return tuple([convert_operand(op, x) if type(x) in (list, tuple) else x for x in sequence])


def check_elementwise(array: Any) -> Any:
    """Return `array`, or raise if its class overrides the operators of `ndarray`.

    Raises
    ------
    ArgumentError
        `array` is a sparse matrix or an `np.matrix`, whose `*` is the matrix product, a masked array, or of
        another class with an operator of its own.
    """
    sparse = sys.modules.get("scipy.sparse")  # without an import, which takes long
    if _has_own_operators(type(array)):
        advice = "pass a plain array, np.asarray(x) of a matrix, x.filled(value) of a masked array"
    elif sparse is not None and isinstance(array, sparse.spmatrix):
        advice = "pass x.toarray(), or for a product tensor @ x a sparse array, scipy.sparse.csr_array(x)"
    else:
        return array
    raise ArgumentError(
        f"a {type(array).__name__} has operators of its own, which gradients do not follow: {advice}"
    )


_OPERATORS = tuple(
    f"__{prefix}{name}__"
    for prefix in ("", "r", "i")
    for name in ("add", "sub", "mul", "truediv", "pow", "matmul")
)


def _has_own_operators(kind: type) -> bool:
    """Return whether `kind` is a subclass of `ndarray` that overrides an operator."""
    if kind is np.ndarray or not issubclass(kind, np.ndarray):
        return False
    return any(getattr(kind, name) is not getattr(np.ndarray, name) for name in _OPERATORS)
