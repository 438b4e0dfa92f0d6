"""Subclasses of `Tensor` that `apply` recognizes by their type, so that other tensors pay nothing."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from .tensor_class import Tensor


class ComplexTensor(Tensor):
    """A complex tensor that requires a gradient. `apply` makes it; a leaf is never complex.

    A gradient rule that is right for real numbers may be wrong for complex ones, so an operation has to
    declare `takes_complex`. `apply` recognizes complex tensors by this class, so the check costs real tensors
    nothing.
    """

    __slots__ = ()


class AssignedTensor(Tensor):
    """A tensor that was assigned to, `x[index] = value`. A call records a snapshot of it.

    The class has the slots of `Tensor`, so that an assignment can change the class of a tensor.
    """

    __slots__ = ()

    def take_snapshot(self) -> Tensor:
        """Return a tensor at the same point of the graph, which later assignments do not change."""
        if self.tracked and self.node is None:
            # A leaf: assignments refuse it, and backward has to set its own `grad`, not that of a snapshot.
            self.__class__ = Tensor  # type: ignore[assignment]
            return self
        snapshot: Tensor | None = getattr(self, "snapshot", None)
        if snapshot is None or snapshot.data is not self.data or snapshot.tracked is not self.tracked:
            snapshot = self.snapshot = copy_handle(self, self.data)
        return snapshot

    def __reduce__(self) -> tuple[Any, ...]:
        _, *parts = super().__reduce__()
        return (Tensor, *parts)


def copy_handle(x: Tensor, data: NDArray[Any]) -> Tensor:
    """Return another tensor at the same point of the graph as `x`."""
    copy: Tensor = object.__new__(ComplexTensor if x.tracked and data.dtype.kind == "c" else Tensor)
    copy.data, copy.node, copy.tracked = data, x.node, x.tracked
    if x.node is None:
        copy._grad = None  # noqa: SLF001
        if hasattr(x, "history"):
            copy.history = x.history
    elif x.node.outputs is not None:
        copy.index = x.index
    return copy


def freeze(x: Any) -> Any:
    """Return a snapshot of a tensor that may be assigned to, and any other object itself."""
    if isinstance(x, AssignedTensor):
        return x.take_snapshot()
    assignable = type(x) in (Tensor, ComplexTensor) and (x.node is not None or not x.tracked)
    return copy_handle(x, x.data) if assignable else x
