"""Operations that inherit from nothing, and other unusual but conforming forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from minigrad_core.cases import Case, real


class Cube:
    """x**3 for any shape, d/dx = 3 x**2 grad."""

    name = "cube"
    broadcasts = True

    def forward(self, ctx: Any, x: Any) -> Any:
        ctx.save(x)
        return x * x * x

    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        return (3 * x * x * grad,)


class Plain:
    """x + 2 y for vectors of one length, d/dx = grad, d/dy = 2 grad. Static methods, a case, nothing else."""

    name = "plain"
    cases = (Case(x=real("n"), y=real("n")),)

    @staticmethod
    def forward(ctx: Any, x: Any, y: Any) -> Any:
        if x.shape != y.shape:
            raise ValueError("plain: the shapes differ")
        return x + 2 * y

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        return grad + 0, 2 * grad


@dataclass(frozen=True)
class PowerOf:
    """x**exponent elementwise for a fixed whole exponent, d/dx = exponent * x**(exponent - 1) * grad."""

    exponent: int
    broadcasts: bool = True

    @property
    def name(self) -> str:
        """The name, with the exponent."""
        return f"power_{self.exponent}"

    def forward(self, ctx: Any, x: Any) -> Any:
        ctx.save(x)
        return x**self.exponent

    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        return self.exponent * x ** (self.exponent - 1) * grad


class Negate:
    """-x, any shape; d/dx = -grad.

    No cases and no broadcasts: an op of one input is tried on plain shapes.
    """

    name = "negate"

    def forward(self, ctx: Any, x: Any) -> Any:
        return np.negative(x)

    def backward(self, ctx: Any, grad: Any) -> Any:
        return np.negative(grad)


OPERATIONS = (Cube(), Plain(), PowerOf(2), PowerOf(3), Negate())
