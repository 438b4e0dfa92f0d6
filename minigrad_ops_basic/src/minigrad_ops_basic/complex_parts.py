"""Real and imaginary part, conjugate and angle: trivial for real numbers, refused where complex ones would
need a gradient.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case
from minigrad_core.cases import real as any_real
from minigrad_core.errors import DifferentiabilityError

from .queries import Asking

if TYPE_CHECKING:
    from collections.abc import Callable


def _refuse_complex(ctx: Context, x: Array, name: str) -> None:
    """Raise where a real part would be taken of what was computed, in complex numbers, from real tensors."""
    if ctx.needs[0] and x.dtype.kind == "c":
        raise DifferentiabilityError(
            f"np.{name}: complex tensors have no gradient here; compute the real and the imaginary part "
            "apart, in real numbers"
        )


class RealPart(Operation):
    """The values of a real x, copied: they are their own real part and conjugate. d/dx = grad."""

    broadcasts = True

    def __init__(self, function: Callable[..., Any]) -> None:
        self.name = function.__name__
        self.function = function
        self.implements = (function,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return a copy."""
        _refuse_complex(ctx, x, self.name)
        return self.function(x) if x.dtype.kind in "bc" else np.copy(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return a copy of the gradient."""
        return grad.copy()


class FlatPart(Asking):
    """The imaginary part (0) or the angle (0 or pi) of a real x, a plain array."""

    cases = (Case(x=any_real("n k")),)

    def forward(self, ctx: Context, x: Any, **settings: Any) -> Any:
        """Return NumPy's answer."""
        _refuse_complex(ctx, x, self.name)
        return self.function(x, **settings)


real = RealPart(np.real)
real_if_close = RealPart(np.real_if_close)
conjugate = RealPart(np.conjugate)
imag = FlatPart(np.imag)
angle = FlatPart(np.angle)
