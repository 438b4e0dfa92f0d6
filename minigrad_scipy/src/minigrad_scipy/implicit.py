"""Operations whose output solves an equation."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from minigrad_core import Array, Context, Operation
from minigrad_ops_basic.composite import pull_back


class Implicit(Operation):
    """An operation whose output y solves `residual(y, *inputs) = 0`.

    With h the solution of (d residual / dy)^T h = grad, the gradients are -(d residual / d inputs)^T h.
    `forward` saves the settings, the solution and the inputs.
    """

    @abstractmethod
    def residual(self, y: Any, *inputs: Any, **settings: Any) -> Any:
        """Return the array that is zero at the solution y."""
        ...

    @abstractmethod
    def solve_adjoint(self, grad: Any, y: Any, *inputs: Any, **settings: Any) -> Any:
        """Return the solution h of (d residual / dy)^T h = grad."""
        ...

    def backward(self, ctx: Context, grad: Array) -> Any:
        settings, y, *inputs = ctx.saved
        h = self.solve_adjoint(grad, y, *inputs, **settings)
        residual = lambda *inputs: self.residual(y, *inputs, **settings)  # noqa: E731
        return pull_back(residual, inputs, ctx.needs, -h)
