"""Python's operators on tensors: each resolves to whatever operation answers for the NumPy function.

Written out one by one, for readers and type checkers alike.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..dispatch.functions import FUNCTIONS
from ..errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike

    from .tensor import Tensor

    Operand: TypeAlias = ArrayLike | Tensor


class Operators:
    """The operator methods of `Tensor`."""

    __slots__ = ()

    # One table lookup and the call, no frame between: these are the hot path of small programs.

    def __add__(self, other: Operand) -> Tensor:
        return FUNCTIONS[np.add](self, other)

    def __radd__(self, other: Operand) -> Tensor:
        return FUNCTIONS[np.add](other, self)

    def __sub__(self, other: Operand) -> Tensor:
        return FUNCTIONS[np.subtract](self, other)

    def __rsub__(self, other: Operand) -> Tensor:
        return FUNCTIONS[np.subtract](other, self)

    def __mul__(self, other: Operand) -> Tensor:
        return FUNCTIONS[np.multiply](self, other)

    def __rmul__(self, other: Operand) -> Tensor:
        return FUNCTIONS[np.multiply](other, self)

    def __truediv__(self, other: Operand) -> Tensor:
        return FUNCTIONS[np.divide](self, other)

    def __rtruediv__(self, other: Operand) -> Tensor:
        return FUNCTIONS[np.divide](other, self)

    def __floordiv__(self, other: Operand) -> Any:
        return FUNCTIONS[np.floor_divide](self, other)

    def __rfloordiv__(self, other: Operand) -> Any:
        return FUNCTIONS[np.floor_divide](other, self)

    def __mod__(self, other: Operand) -> Tensor:
        return FUNCTIONS[np.remainder](self, other)

    def __rmod__(self, other: Operand) -> Tensor:
        return FUNCTIONS[np.remainder](other, self)

    def __divmod__(self, other: Operand) -> tuple[Tensor, Tensor]:
        return FUNCTIONS[np.divmod](self, other)

    def __rdivmod__(self, other: Operand) -> tuple[Tensor, Tensor]:
        return FUNCTIONS[np.divmod](other, self)

    def __pow__(self, other: Operand) -> Tensor:
        return FUNCTIONS[np.power](self, other)

    def __rpow__(self, other: Operand) -> Tensor:
        return FUNCTIONS[np.power](other, self)

    def __matmul__(self, other: Operand) -> Tensor:
        return FUNCTIONS[np.matmul](self, other)

    def __rmatmul__(self, other: Operand) -> Tensor:
        return FUNCTIONS[np.matmul](other, self)

    def __neg__(self) -> Tensor:
        return FUNCTIONS[np.negative](self)

    def __pos__(self) -> Tensor:
        return FUNCTIONS[np.positive](self)

    def __abs__(self) -> Tensor:
        return FUNCTIONS[np.absolute](self)

    # Comparisons and bitwise operators have no gradient: they give plain arrays.

    def __lt__(self, other: Any) -> Any:
        return FUNCTIONS[np.less](self, other)

    def __le__(self, other: Any) -> Any:
        return FUNCTIONS[np.less_equal](self, other)

    def __gt__(self, other: Any) -> Any:
        return FUNCTIONS[np.greater](self, other)

    def __ge__(self, other: Any) -> Any:
        return FUNCTIONS[np.greater_equal](self, other)

    def __eq__(self, other: Any) -> Any:  # elementwise, as in NumPy
        return FUNCTIONS[np.equal](self, other)

    def __ne__(self, other: Any) -> Any:  # elementwise, as in NumPy
        return FUNCTIONS[np.not_equal](self, other)

    # Elementwise equality, identity hash: tensors are keys of the engine's tables.
    __hash__ = object.__hash__

    def __and__(self, other: Operand) -> Any:
        return FUNCTIONS[np.bitwise_and](self, other)

    def __rand__(self, other: Operand) -> Any:
        return FUNCTIONS[np.bitwise_and](other, self)

    def __or__(self, other: Operand) -> Any:
        return FUNCTIONS[np.bitwise_or](self, other)

    def __ror__(self, other: Operand) -> Any:
        return FUNCTIONS[np.bitwise_or](other, self)

    def __xor__(self, other: Operand) -> Any:
        return FUNCTIONS[np.bitwise_xor](self, other)

    def __rxor__(self, other: Operand) -> Any:
        return FUNCTIONS[np.bitwise_xor](other, self)

    def __lshift__(self, other: Operand) -> Any:
        return FUNCTIONS[np.left_shift](self, other)

    def __rlshift__(self, other: Operand) -> Any:
        return FUNCTIONS[np.left_shift](other, self)

    def __rshift__(self, other: Operand) -> Any:
        return FUNCTIONS[np.right_shift](self, other)

    def __rrshift__(self, other: Operand) -> Any:
        return FUNCTIONS[np.right_shift](other, self)

    def __invert__(self) -> Any:
        return FUNCTIONS[np.invert](self)

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
