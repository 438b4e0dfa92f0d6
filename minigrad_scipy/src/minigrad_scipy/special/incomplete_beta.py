"""The incomplete beta function, normalized, and the distribution function of the F distribution. DLMF 8.17.

They have no closed derivative in the parameters, which are therefore settings.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, between, positive

from .scalars import match_dtype

BETA_CASES = (
    Case(x=between(0.05, 0.95, "..."), a=2.5, b=1.5),
    Case(x=between(0.05, 0.95, "..."), a=0.75, b=3.0),
)
F_CASES = (Case(x=positive("..."), dfn=3.0, dfd=4.0), Case(x=positive("..."), dfn=2.5, dfd=6.0))


def bind_beta(a: Any, b: Any, x: Any) -> tuple[tuple[Any], dict[str, Any]]:
    """Return SciPy's arguments, special.betainc(a, b, x), as inputs and settings."""
    return (x,), {"a": a, "b": b}


def bind_degrees(dfn: Any, dfd: Any, x: Any) -> tuple[tuple[Any], dict[str, Any]]:
    """Return SciPy's arguments, special.fdtr(dfn, dfd, x), as inputs and settings."""
    return (x,), {"dfn": dfn, "dfd": dfd}


def beta_density(a: Any, b: Any, x: Array) -> Array:
    """Return the derivative of betainc, x^(a - 1) (1 - x)^(b - 1) / beta(a, b)."""
    return np.exp(special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x) - special.betaln(a, b))


def f_density(dfn: Any, dfd: Any, x: Array) -> Array:
    """Return the derivative of fdtr: that of betainc at u = dfn x / (dfn x + dfd), times du/dx."""
    total = dfn * x + dfd
    return beta_density(dfn / 2, dfd / 2, dfn * x / total) * (dfn * dfd / total**2)


class Betainc(Operation):
    """The integral of t^(a - 1) (1 - t)^(b - 1) / beta(a, b) from 0 to x. d/dx = grad times the integrand."""

    name = "betainc"
    broadcasts = True
    implements = (special.betainc,)
    cases = BETA_CASES
    from_numpy = staticmethod(bind_beta)
    reference = staticmethod(lambda x, *, a, b: special.betainc(a, b, x))

    def forward(self, ctx: Context, x: Array, *, a: Any, b: Any) -> Array:
        (a, x), (b, x) = match_dtype(a, x), match_dtype(b, x)
        ctx.save(x, a, b)
        return special.betainc(a, b, x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, a, b = ctx.saved
        return grad * beta_density(a, b, x)


class Fdtr(Operation):
    """The probability that a value of the F distribution is below x. d/dx = grad times the density."""

    name = "fdtr"
    broadcasts = True
    implements = (special.fdtr,)
    cases = F_CASES
    from_numpy = staticmethod(bind_degrees)
    reference = staticmethod(lambda x, *, dfn, dfd: special.fdtr(dfn, dfd, x))

    def forward(self, ctx: Context, x: Array, *, dfn: Any, dfd: Any) -> Array:
        (dfn, x), (dfd, x) = match_dtype(dfn, x), match_dtype(dfd, x)
        ctx.save(x, dfn, dfd)
        return special.fdtr(dfn, dfd, x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, dfn, dfd = ctx.saved
        return grad * f_density(dfn, dfd, x)


class Fdtrc(Operation):
    """1 - fdtr(dfn, dfd, x), exact where the difference is small. d/dx = -grad times the density."""

    name = "fdtrc"
    broadcasts = True
    implements = (special.fdtrc,)
    cases = F_CASES
    from_numpy = staticmethod(bind_degrees)
    reference = staticmethod(lambda x, *, dfn, dfd: special.fdtrc(dfn, dfd, x))

    def forward(self, ctx: Context, x: Array, *, dfn: Any, dfd: Any) -> Array:
        (dfn, x), (dfd, x) = match_dtype(dfn, x), match_dtype(dfd, x)
        ctx.save(x, dfn, dfd)
        return special.fdtrc(dfn, dfd, x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, dfn, dfd = ctx.saved
        return -grad * f_density(dfn, dfd, x)


betainc, fdtr, fdtrc = Betainc(), Fdtr(), Fdtrc()
