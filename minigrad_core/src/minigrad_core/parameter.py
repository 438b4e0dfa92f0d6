"""A leaf that an optimizer updates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

from numpy.typing import ArrayLike

from .errors import ArgumentError
from .tensor import Tensor
from .tensor.apply import PLAIN_TENSORS


def _make_refusal(operator: str) -> Callable[[Parameter, Any], NoReturn]:
    """Return a method that raises for an in-place operator."""

    def refuse(_: Parameter, __: Any) -> NoReturn:
        raise ArgumentError(
            f"{operator} would make a new tensor and leave the parameter as it is; write parameter.data "
            f"{operator} ... to update it, or y = parameter {operator[:-1]} ... to compute with it"
        )

    return refuse


class Parameter(Tensor):
    """A named leaf that requires a gradient, and that an optimizer updates. It shares memory with `data`."""

    __slots__ = ("name",)

    def __init__(self, data: ArrayLike, name: str = "") -> None:
        super().__init__(data, requires_grad=True)
        self.name = name

    # Without these methods, `p -= lr * p.grad` would mean `p = p - lr * p.grad`: the name `p` would refer to
    # a new tensor, and the parameter in the module would not change.

    __iadd__ = _make_refusal("+=")
    __isub__ = _make_refusal("-=")
    __imul__ = _make_refusal("*=")
    __itruediv__ = _make_refusal("/=")
    __ifloordiv__ = _make_refusal("//=")
    __imod__ = _make_refusal("%=")
    __ipow__ = _make_refusal("**=")
    __imatmul__ = _make_refusal("@=")

    def __reduce__(self) -> tuple[Any, ...]:
        make, parts, state = super().__reduce__()
        return make, (*parts, self.name), state


PLAIN_TENSORS.add(Parameter)


class ParameterIterator(Iterator[Parameter]):
    """An iterator over parameters; `len` returns the number that are left."""

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self._left = list(parameters)[::-1]

    def __next__(self) -> Parameter:
        if not self._left:
            raise StopIteration
        return self._left.pop()

    def __len__(self) -> int:
        return len(self._left)
