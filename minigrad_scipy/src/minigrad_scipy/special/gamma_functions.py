"""The gamma and beta functions, their logarithms and their derivatives. DLMF 5."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special
from scipy.special import _ufuncs

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, positive

from .scalars import match_dtype

# special.zeta is a plain function, which NumPy does not dispatch; it only calls this ufunc.
ZETA = _ufuncs._zeta  # noqa: SLF001


def sum_of_powers(q: Array, *, s: float) -> Array:
    """Return the sum of (n + q)^-s for n < 100, and the rest by Euler and Maclaurin: DLMF 25.11.5."""
    if s <= 1:
        return np.full(q.shape, np.nan)
    end = q + 100.0
    rest = end ** (1 - s) / (s - 1) + end**-s / 2 + s * end ** (-s - 1) / 12
    return sum((n + q) ** -s for n in range(100)) + rest - s * (s + 1) * (s + 2) * end ** (-s - 3) / 720


class Gamma(Operation):
    """The gamma function. d/dx = grad gamma(x) digamma(x)."""

    name = "gamma"
    broadcasts = True
    implements = (special.gamma,)
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = special.gamma(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y = ctx.saved
        return grad * (y * special.digamma(x))


class Gammaln(Operation):
    """log |gamma(x)|. d/dx = grad digamma(x)."""

    name = "gammaln"
    broadcasts = True
    implements = (special.gammaln,)
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return special.gammaln(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * special.digamma(x)


class Digamma(Operation):
    """The derivative of log gamma(x). d/dx = grad zeta(2, x), DLMF 5.15.1."""

    name = "digamma"
    broadcasts = True
    implements = (special.digamma,)
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return special.digamma(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * special.zeta(2.0, x)


class Zeta(Operation):
    """Hurwitz's zeta function, the sum of (n + q)^-s over n >= 0, for s > 1. d/dq = -grad s zeta(s + 1, q).

    It has no closed derivative in s, which is therefore a setting.
    """

    name = "zeta"
    broadcasts = True
    implements = (ZETA,)
    cases = (Case(q=positive("..."), s=2.0), Case(q=positive("..."), s=3.5))
    reference = staticmethod(sum_of_powers)

    def from_numpy(self, s: float, q: Array) -> tuple[tuple[Array], dict[str, Any]]:
        """Return SciPy's arguments, special.zeta(s, q), as inputs and settings."""
        return (q,), {"s": s}

    def forward(self, ctx: Context, q: Array, *, s: float) -> Array:
        ctx.save(q, s)
        return special.zeta(s, q)

    def backward(self, ctx: Context, grad: Array) -> Array:
        q, s = ctx.saved
        return grad * (-s * special.zeta(s + 1, q))


class Beta(Operation):
    """gamma(a) gamma(b) / gamma(a + b). d/da = grad beta(a, b) (digamma(a) - digamma(a + b)); likewise b."""

    name = "beta"
    broadcasts = True
    implements = (special.beta,)
    cases = (Case(a=positive("..."), b=positive("...")),)

    def forward(self, ctx: Context, a: Array, b: Array) -> Array:
        a, b = match_dtype(a, b)
        y = special.beta(a, b)
        ctx.save(a, b, y)
        return y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        a, b, y = ctx.saved
        both = special.digamma(a + b)
        return (
            grad * (y * (special.digamma(a) - both)) if ctx.needs[0] else None,
            grad * (y * (special.digamma(b) - both)) if ctx.needs[1] else None,
        )


class Betaln(Operation):
    """log |beta(a, b)|. d/da = grad (digamma(a) - digamma(a + b)); likewise for b."""

    name = "betaln"
    broadcasts = True
    implements = (special.betaln,)
    cases = (Case(a=positive("..."), b=positive("...")),)

    def forward(self, ctx: Context, a: Array, b: Array) -> Array:
        a, b = match_dtype(a, b)
        ctx.save(a, b)
        return special.betaln(a, b)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        a, b = ctx.saved
        both = special.digamma(a + b)
        return (
            grad * (special.digamma(a) - both) if ctx.needs[0] else None,
            grad * (special.digamma(b) - both) if ctx.needs[1] else None,
        )


gamma, gammaln, digamma, zeta, beta, betaln = Gamma(), Gammaln(), Digamma(), Zeta(), Beta(), Betaln()
