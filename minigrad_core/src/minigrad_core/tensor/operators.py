"""Python's operators on tensors: each calls a NumPy function, by whatever operation answers for it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike

from ..dispatch.functions import FUNCTIONS
from ..errors import ArgumentError

if TYPE_CHECKING:
    from .tensor_class import Tensor

    Operand: TypeAlias = ArrayLike | Tensor


# One table lookup and the call, no frame between: these are the hot path of small programs.


def _unary(function: np.ufunc) -> Callable[[Operators], Tensor]:
    return lambda self: FUNCTIONS[function](self)


def _binary(function: np.ufunc) -> Callable[[Operators, Operand], Tensor]:
    return lambda self, other: FUNCTIONS[function](self, other)


def _reflected(function: np.ufunc) -> Callable[[Operators, Operand], Tensor]:
    return lambda self, other: FUNCTIONS[function](other, self)


# The same, for functions without a gradient: they take anything, and give plain arrays.
_plain = cast("Callable[[np.ufunc], Callable[[Operators, Any], Any]]", _binary)
_plain_reflected = cast("Callable[[np.ufunc], Callable[[Operators, Any], Any]]", _reflected)


class Operators:
    """The operator methods of `Tensor`."""

    __slots__ = ()

    __add__, __radd__ = _binary(np.add), _reflected(np.add)
    __sub__, __rsub__ = _binary(np.subtract), _reflected(np.subtract)
    __mul__, __rmul__ = _binary(np.multiply), _reflected(np.multiply)
    __truediv__, __rtruediv__ = _binary(np.divide), _reflected(np.divide)
    __mod__, __rmod__ = _binary(np.remainder), _reflected(np.remainder)
    __pow__, __rpow__ = _binary(np.power), _reflected(np.power)
    __matmul__, __rmatmul__ = _binary(np.matmul), _reflected(np.matmul)
    __neg__ = _unary(np.negative)
    __pos__ = _unary(np.positive)
    __abs__ = _unary(np.absolute)

    __divmod__, __rdivmod__ = _plain(np.divmod), _plain_reflected(np.divmod)
    __floordiv__, __rfloordiv__ = _plain(np.floor_divide), _plain_reflected(np.floor_divide)
    __and__, __rand__ = _plain(np.bitwise_and), _plain_reflected(np.bitwise_and)
    __or__, __ror__ = _plain(np.bitwise_or), _plain_reflected(np.bitwise_or)
    __xor__, __rxor__ = _plain(np.bitwise_xor), _plain_reflected(np.bitwise_xor)
    __lshift__, __rlshift__ = _plain(np.left_shift), _plain_reflected(np.left_shift)
    __rshift__, __rrshift__ = _plain(np.right_shift), _plain_reflected(np.right_shift)
    __lt__, __le__ = _plain(np.less), _plain(np.less_equal)
    __gt__, __ge__ = _plain(np.greater), _plain(np.greater_equal)

    __invert__: Any = _unary(np.invert)

    __eq__, __ne__ = _plain(np.equal), _plain(np.not_equal)  # elementwise, as in NumPy
    # Elementwise equality, identity hash: tensors are keys of the engine's tables.
    __hash__ = object.__hash__

    def __getitem__(self, index: Any) -> Tensor:
        return FUNCTIONS[operator.getitem](self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise ArgumentError(
            "tensors are not written to: the graph may need the old values. Build a new one, with np.where, "
            "np.concatenate or mg.ops.basic.setitem(t, value, index=...); or write to t.data on purpose, "
            "outside the graph"
        )

    def __iter__(self) -> Iterator[Tensor]:
        if not self.shape:  # type: ignore[attr-defined]
            raise ArgumentError("a 0-d tensor cannot be iterated over")
        return (self[i] for i in range(len(self)))  # type: ignore[arg-type]

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self == value))
