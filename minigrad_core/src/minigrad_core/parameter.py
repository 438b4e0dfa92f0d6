"""A leaf that an optimizer updates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .tensor import Tensor

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Parameter(Tensor):
    """A named tensor that requires a gradient and shares memory with the `data` it is given."""

    __slots__ = ("name",)

    def __init__(self, data: ArrayLike, name: str = "") -> None:
        super().__init__(data, requires_grad=True)
        self.name = name

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.data, self.name)
