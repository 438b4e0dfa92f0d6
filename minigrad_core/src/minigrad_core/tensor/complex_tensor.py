"""Tensors of complex values, between real tensors and real results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..dispatch.tables import describe
from ..engine.modes import recording
from ..errors import DifferentiabilityError
from .tensor_class import Tensor

if TYPE_CHECKING:
    from ..contracts import Operation


class ComplexTensor(Tensor):
    """Complex values in the middle of a graph.

    A class of its own, so that `apply` tells it from most tensors by their type alone: rules that are right
    for real numbers may be wrong for complex ones, and an operation has to say that its own are not.
    """

    __slots__ = ()


def check_complex(op: Operation) -> None:
    """Raise if a call with a complex tensor would be recorded, and `op` is for real numbers.

    Raises
    ------
    DifferentiabilityError
        It does not say `takes_complex`.
    """
    if op.differentiable and not op.takes_complex and recording.get():
        raise DifferentiabilityError(
            f"{describe(op)} is for real numbers, and has no gradient for complex ones: give it z.real, "
            "z.imag or np.abs(z), or leave the graph on purpose: z.numpy()"
        )
