"""Python's operators on tensors: each calls the operation that implements a NumPy function."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from sys import getrefcount
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike

from ..dispatch.functions import FUNCTIONS
from ..errors import ArgumentError, OperandError
from .containers import wraps_tensor
from .operand import has_ufunc_protocol
from .ownership import is_view, is_writable
from .reference_counts import UNNAMED_IN_ITER, UNNAMED_IN_PLACE

if TYPE_CHECKING:
    from .tensor_class import Tensor

    Operand: TypeAlias = ArrayLike | Tensor


# Each operator is one table lookup and one call, without another Python frame: small programs spend most of
# their time here.


def _make_unary(function: np.ufunc) -> Callable[[Operators], Tensor]:
    return lambda self: FUNCTIONS[function](self)


def _make_binary(function: np.ufunc) -> Callable[[Operators, Operand], Tensor]:
    def call(self: Operators, other: Operand) -> Any:
        try:  # which costs nothing unless it catches
            return FUNCTIONS[function](self, other)
        except OperandError:
            return _leave_to(other, self, function, (self, other))

    return call


def _make_reflected(function: np.ufunc) -> Callable[[Operators, Operand], Tensor]:
    def call(self: Operators, other: Operand) -> Any:
        try:
            return FUNCTIONS[function](other, self)
        except OperandError:
            return _leave_to(other, self, function, (other, self))

    return call


def _leave_to(other: Any, x: Any, function: np.ufunc, operands: tuple[Any, Any]) -> Any:
    """Return what `other` makes of an operator, as NumPy's arrays do (NEP 13).

    NumPy calls the `__array_ufunc__` of `other`. Without this method, Python calls the operator of `other`.
    Called in an `except` clause: raises its error again if `other` cannot keep `x` in the graph.
    """
    if has_ufunc_protocol(other):
        return function(*operands)
    if x.tracked and not wraps_tensor(other):
        raise
    return NotImplemented


# The same methods with the types of functions without a gradient, which take any operand.
_make_plain = cast("Callable[[np.ufunc], Callable[[Operators, Any], Any]]", _make_binary)
_make_plain_reflected = cast("Callable[[np.ufunc], Callable[[Operators, Any], Any]]", _make_reflected)


_multiply_reflected = _make_reflected(np.multiply)
_equal, _not_equal = _make_plain(np.equal), _make_plain(np.not_equal)
_SEQUENCES = frozenset([list, tuple, str, bytes])


def _refuse_view(self: Any, _: Any) -> Any:
    """Raise for `x += value` if `x` is a view that has a name: NumPy would change the other array, too.

    `y[0] += value` is allowed: no variable refers to the view, and Python then calls `y.__setitem__`.
    """
    if self.data.base is not None and getrefcount(self) > UNNAMED_IN_PLACE and is_view(self):
        raise ArgumentError(
            "this tensor is a view of another one: with x += value NumPy would also change the other array, "
            "and minigrad would not. Write y[0] += value to change y, or x = x + value for a new tensor"
        )
    return NotImplemented  # so Python calls the operator without assignment


def _copy_array(row: Tensor) -> Tensor:
    """Give a row an array of its own. The whole tensor has no name, so no code can see that it was a view.

    So `a, b = np.copy(x)` gives tensors that can be assigned to.
    """
    row.data = row.data.copy()
    return row


class Operators:
    """The operator methods of `Tensor`."""

    __slots__ = ()

    __add__, __radd__ = _make_binary(np.add), _make_reflected(np.add)
    __sub__, __rsub__ = _make_binary(np.subtract), _make_reflected(np.subtract)
    __mul__ = _make_binary(np.multiply)
    __truediv__, __rtruediv__ = _make_binary(np.divide), _make_reflected(np.divide)
    __mod__, __rmod__ = _make_binary(np.remainder), _make_reflected(np.remainder)
    __pow__, __rpow__ = _make_binary(np.power), _make_reflected(np.power)
    __matmul__, __rmatmul__ = _make_binary(np.matmul), _make_reflected(np.matmul)
    __neg__ = _make_unary(np.negative)
    __pos__ = _make_unary(np.positive)
    __abs__ = _make_unary(np.absolute)

    __divmod__, __rdivmod__ = _make_plain(np.divmod), _make_plain_reflected(np.divmod)
    __floordiv__, __rfloordiv__ = _make_plain(np.floor_divide), _make_plain_reflected(np.floor_divide)
    __and__, __rand__ = _make_plain(np.bitwise_and), _make_plain_reflected(np.bitwise_and)
    __or__, __ror__ = _make_plain(np.bitwise_or), _make_plain_reflected(np.bitwise_or)
    __xor__, __rxor__ = _make_plain(np.bitwise_xor), _make_plain_reflected(np.bitwise_xor)
    __lshift__, __rlshift__ = _make_plain(np.left_shift), _make_plain_reflected(np.left_shift)
    __rshift__, __rrshift__ = _make_plain(np.right_shift), _make_plain_reflected(np.right_shift)
    __lt__, __le__ = _make_plain(np.less), _make_plain(np.less_equal)
    __gt__, __ge__ = _make_plain(np.greater), _make_plain(np.greater_equal)

    __invert__: Any = _make_unary(np.invert)

    def __rmul__(self, other: Operand) -> Any:
        """Return the product, or a repeated sequence: `[0] * n` and `"ab" * n`, as with NumPy's integers."""
        if type(other) in _SEQUENCES and not self.shape and self.dtype.kind in "iu":  # type: ignore[attr-defined]
            return other * int(self)  # type: ignore[call-overload]
        return _multiply_reflected(self, other)

    # NumPy's `==` says that numbers are not equal to a string, whereas `np.equal` raises.

    def __eq__(self, other: Any) -> Any:
        if isinstance(other, str):
            return FUNCTIONS[np.zeros_like](self, bool)
        return _equal(self, other)

    def __ne__(self, other: Any) -> Any:
        if isinstance(other, str):
            return FUNCTIONS[np.ones_like](self, bool)
        return _not_equal(self, other)

    # Equality is elementwise, as in NumPy. The hash is by identity: tensors are keys in dicts of the engine.
    __hash__ = object.__hash__

    # `Parameter` refuses these operators.
    __iadd__: Any
    __isub__: Any
    __imul__: Any
    __itruediv__: Any
    __ifloordiv__: Any
    __imod__: Any
    __ipow__: Any
    __imatmul__: Any
    __iadd__ = __isub__ = __imul__ = __itruediv__ = __ifloordiv__ = __imod__ = __ipow__ = _refuse_view
    __imatmul__ = __iand__ = __ior__ = __ixor__ = __ilshift__ = __irshift__ = _refuse_view

    def __getitem__(self, index: Any) -> Tensor:
        return FUNCTIONS[operator.getitem](self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        FUNCTIONS.assign(self, index, value)

    def __iter__(self) -> Iterator[Tensor]:
        if not self.shape:  # type: ignore[attr-defined]
            raise ArgumentError("a 0-d tensor cannot be iterated over")
        rows = (self[i] for i in range(len(self)))  # type: ignore[arg-type]
        has_name = getrefcount(self) > UNNAMED_IN_ITER
        return rows if has_name or not is_writable(self) else map(_copy_array, rows)  # type: ignore[arg-type]

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self == value))
