"""The base of pointwise activations, and the cases that they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real

# NumPy computes the exponential of bytes in half precision.
BYTES = Case(x=np.array([0, 1, 17], np.uint8))
CASES = (Case(x=real("...")), BYTES)
WITH_NEGATIVE_BYTES = (CASES[0], Case(x=np.array([-3, 0, 17], np.int8)))


def return_saved_derivative(derivative: Array) -> Array:
    """Return the derivative that forward has computed and saved."""
    return derivative


class Pointwise(Operation):
    """An elementwise function of one input: d/dx = grad * derivative.

    `derivative` is called with the values that forward saved. By default forward saves the derivative itself.
    """

    broadcasts = True
    cases: Sequence[Case] = CASES
    derivative: ClassVar[Callable[..., Any]] = staticmethod(return_saved_derivative)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad * self.derivative(*ctx.saved)
