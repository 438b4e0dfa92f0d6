"""The incomplete gamma functions, normalized: distribution functions of the gamma distribution. DLMF 8.

They have no closed derivative in the shape a, which is therefore a setting.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, positive

from .scalars import match_dtype

CASES = (Case(x=positive("..."), a=2.5), Case(x=positive("..."), a=0.75))


def bind_shape(a: Any, x: Any) -> tuple[tuple[Any], dict[str, Any]]:
    """Return SciPy's arguments, special.gammainc(a, x), as inputs and settings."""
    return (x,), {"a": a}


def density(a: Any, x: Array) -> Array:
    """Return the derivative of gammainc, x^(a - 1) exp(-x) / gamma(a), DLMF 8.8.13."""
    return np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a))


def lower_reference(x: Array, *, a: Any) -> Array:
    """Return SciPy's gammainc, called with this operation's arguments."""
    return special.gammainc(a, x)


def upper_reference(x: Array, *, a: Any) -> Array:
    """Return SciPy's gammaincc, called with this operation's arguments."""
    return special.gammaincc(a, x)


class Gammainc(Operation):
    """The integral of t^(a - 1) exp(-t) / gamma(a) from 0 to x. d/dx = grad x^(a - 1) exp(-x) / gamma(a)."""

    name = "gammainc"
    broadcasts = True
    implements = (special.gammainc,)
    cases = CASES
    from_numpy = staticmethod(bind_shape)
    reference = staticmethod(lower_reference)

    def forward(self, ctx: Context, x: Array, *, a: Any) -> Array:
        a, x = match_dtype(a, x)
        ctx.save(x, a)
        return special.gammainc(a, x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, a = ctx.saved
        return grad * density(a, x)


class Gammaincc(Operation):
    """1 - gammainc(a, x), exact where the difference is small. d/dx = -grad x^(a - 1) exp(-x) / gamma(a)."""

    name = "gammaincc"
    broadcasts = True
    implements = (special.gammaincc,)
    cases = CASES
    from_numpy = staticmethod(bind_shape)
    reference = staticmethod(upper_reference)

    def forward(self, ctx: Context, x: Array, *, a: Any) -> Array:
        a, x = match_dtype(a, x)
        ctx.save(x, a)
        return special.gammaincc(a, x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, a = ctx.saved
        return -grad * density(a, x)


gammainc, gammaincc = Gammainc(), Gammaincc()
