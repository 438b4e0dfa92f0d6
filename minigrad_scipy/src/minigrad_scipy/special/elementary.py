"""Elementary functions of `scipy.special`: degrees, powers, losses and transformations."""

from __future__ import annotations

from math import log, pi
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, between, nonzero, positive, real
from minigrad_ops_basic.nan_safe import divide_or_zero

from .exponential_integrals import differentiate_exprel
from .function import define

DEGREE = pi / 180
TINY = 1e-300  # instead of a divisor that is 0
LOWEST = -1e30  # instead of log(0): also its powers in higher derivatives are finite


@define(special.sindg)
def sindg(x: Array) -> Array:
    """The sine of x degrees. d/dx = pi / 180 cosdg(x)."""
    return special.cosdg(x) * DEGREE


@define(special.cosdg)
def cosdg(x: Array) -> Array:
    """The cosine of x degrees. d/dx = -pi / 180 sindg(x)."""
    return special.sindg(x) * -DEGREE


@define(special.tandg, Case(x=between(-80, 80, "...")))
def tandg(x: Array, *, y: Array) -> Array:
    """The tangent of x degrees. d/dx = pi / 180 (1 + y^2)."""
    return (1 + y * y) * DEGREE


@define(special.cotdg, Case(x=between(10, 170, "...")))
def cotdg(x: Array, *, y: Array) -> Array:
    """The cotangent of x degrees. d/dx = -pi / 180 (1 + y^2)."""
    return (1 + y * y) * -DEGREE


@define(special.radian)
def radian(d: Array, m: Array, s: Array) -> Any:
    """The angle of d degrees, m minutes and s seconds.

    d/dd = pi / 180; d/dm = pi / 180 / 60; d/ds = pi / 180 / 3600.
    """
    return lambda: DEGREE, lambda: DEGREE / 60, lambda: DEGREE / 3600


@define(special.cosm1)
def cosm1(x: Array) -> Array:
    """cos(x) - 1, exact for a small x. d/dx = -sin(x)."""
    return -np.sin(x)


@define(special.expm1, takes_complex=True)
def expm1(x: Array) -> Array:
    """e^x - 1, exact for a small x. d/dx = e^x."""
    return np.exp(x)


@define(special.log1p, Case(x=between(-0.9, 10, "...")), takes_complex=True)
def log1p(x: Array) -> Array:
    """log(1 + x), exact for a small x. d/dx = 1 / (1 + x)."""
    return 1 / (1 + x)


@define(special.exp2)
def exp2(x: Array, *, y: Array) -> Array:
    """2^x. d/dx = 2^x log 2."""
    return y * log(2)


@define(special.exp10)
def exp10(x: Array, *, y: Array) -> Array:
    """10^x. d/dx = 10^x log 10."""
    return y * log(10)


@define(special.cbrt, Case(x=nonzero("...")))
def cbrt(x: Array, *, y: Array) -> Array:
    """The cube root. d/dx = 1 / (3 cbrt(x)^2), and 0 at x = 0 (the convention of this library)."""
    return divide_or_zero(np.ones(()), 3 * y * y)


@define(special.powm1, Case(x=positive("..."), y=between(-40, 40, "...")))
def powm1(x: Array, y: Array) -> Any:
    """x^y - 1, exact for a small power. d/dx = y x^(y - 1); d/dy = x^y log(x), 0 at x = 0.

    SciPy 1.17 gives 0 where x^y overflows; the derivatives are infinite there.
    """
    return lambda: y * x ** (y - 1), lambda: special.xlogy(x**y, x)


# Losses.


@define(special.huber, Case(delta=positive("..."), r=real("...")))
def huber(delta: Array, r: Array) -> Any:
    """r^2 / 2 for |r| <= delta, else delta (|r| - delta / 2). Huber (1964), equation 2.9.

    d/ddelta = max(|r| - delta, 0); d/dr = r, between -delta and delta. For delta < 0 the value is infinite.
    """
    outside = delta < 0
    return (
        lambda: np.where(outside, np.nan, np.maximum(np.abs(r) - delta, 0)),
        lambda: np.where(outside, np.nan, np.minimum(np.maximum(r, -delta), delta)),
    )


@define(special.pseudo_huber, Case(delta=positive("..."), r=real("...")))
def pseudo_huber(delta: Array, r: Array) -> Any:
    """Delta (h - delta) for h = sqrt(delta^2 + r^2). d/dr = r delta / h; d/ddelta = (h - delta)^2 / h."""
    h = np.maximum(np.hypot(delta, r), TINY)
    return lambda: (r * (r / (h + delta))) ** 2 / h, lambda: r * (delta / h)


# Transformations of Box and Cox, with their logarithm at lambda = 0. exprel(x) is (e^x - 1) / x.


def differentiate_boxcox(logarithm: Array, lmbda: Array) -> Array:
    """Return the derivative of logarithm * exprel(lmbda * logarithm) in lmbda."""
    finite = np.clip(logarithm, LOWEST, -LOWEST)
    return finite * finite * differentiate_exprel(lmbda * finite)


@define(special.boxcox, Case(x=positive("..."), lmbda=real("...")))
def boxcox(x: Array, lmbda: Array) -> Any:
    """(x^lmbda - 1) / lmbda, log(x) for lmbda = 0.

    d/dx = x^(lmbda - 1); d/dlmbda = log(x)^2 exprel'(lmbda log(x)).
    """
    return lambda: x ** (lmbda - 1), lambda: differentiate_boxcox(np.log(x), lmbda)


@define(special.boxcox1p, Case(x=positive("..."), lmbda=real("...")))
def boxcox1p(x: Array, lmbda: Array) -> Any:
    """boxcox(1 + x, lmbda), exact for a small x. d/dx = (1 + x)^(lmbda - 1)."""
    return lambda: (1 + x) ** (lmbda - 1), lambda: differentiate_boxcox(np.log1p(x), lmbda)


def differentiate_inverse(y: Array, lmbda: Array) -> Array:
    """Return the derivative of log(1 + lmbda y) / lmbda in lmbda.

    It is -y^2 / 2 F(2, 2, 3, -lmbda y): DLMF 15.4.1.
    """
    return y * y * special.hyp2f1(2.0, 2.0, 3.0, -lmbda * y) / -2


@define(
    special.inv_boxcox,
    Case(y=positive("..."), lmbda=positive("...")),
    Case(y=between(-0.9, 1, "..."), lmbda=0.0),
)
def inv_boxcox(y: Array, lmbda: Array) -> Any:
    """(1 + lmbda y)^(1 / lmbda), e^y for lmbda = 0: the x at which boxcox(x, lmbda) is y.

    d/dy = x^(1 - lmbda).
    """
    x = special.inv_boxcox(y, lmbda)
    return lambda: x ** (1 - lmbda), lambda: x * differentiate_inverse(y, lmbda)


@define(
    special.inv_boxcox1p,
    Case(y=positive("..."), lmbda=positive("...")),
    Case(y=between(-0.9, 1, "..."), lmbda=0.0),
)
def inv_boxcox1p(y: Array, lmbda: Array) -> Any:
    """The x at which boxcox1p(x, lmbda) is y. d/dy = (1 + x)^(1 - lmbda)."""
    x = special.inv_boxcox(y, lmbda)
    return lambda: x ** (1 - lmbda), lambda: x * differentiate_inverse(y, lmbda)


class PiecewiseConstant(Operation):
    """A ufunc without a slope: the sign of gamma, and rounding."""

    broadcasts = True
    differentiable = False

    def __init__(self, ufunc: np.ufunc, *cases: Case) -> None:
        self.name, self.implements, self.ufunc, self.cases = ufunc.__name__, (ufunc,), ufunc, cases

    def forward(self, ctx: Context, x: Array) -> Array:
        return self.ufunc(x)


gammasgn = PiecewiseConstant(special.gammasgn, Case(x=positive("...")))
round_ = PiecewiseConstant(special.round, Case(x=real("...")))
