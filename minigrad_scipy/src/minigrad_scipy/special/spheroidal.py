"""Spheroidal wave functions, which SciPy returns with their derivative. DLMF 30.2 and 30.11.

The second derivative follows from the equation. There is none in closed form in the orders m and n and in c.
SciPy's loops for float32 do not return, or return NaN. The functions of the second kind have no operation,
since SciPy's derivative is wrong for some arguments, and the functions of a given characteristic value have
none, since for any other value they are not solutions.
"""

from __future__ import annotations

from typing import Any

from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between

from .function import define

_ORDERS = ({"m": 1, "n": 2, "c": 1.5}, {"m": 0, "n": 1, "c": 0.5})
_ANGLE, _RADIUS = between(-0.9, 0.9, "..."), between(1.1, 4, "...")


def differentiate_angular(value: Any, m: Any, square: Any, x: Array, y: Any) -> Any:
    """Return the derivatives in x of y and y': ((1 - x^2) y')' = (square x^2 + m^2 / (1 - x^2) - value) y.

    square: c^2 for prolate functions, also radial ones, and -c^2 for oblate functions of an angle.
    """
    rest = 1 - x * x
    return y[1], (2 * x * y[1] + (square * x * x + m * m / rest - value) * y[0]) / rest


def differentiate_oblate_radial(value: Any, m: Any, c: Any, x: Array, y: Any) -> Any:
    """Return the derivatives in x of y and y': ((1 + x^2) y')' = (value - c^2 x^2 - m^2 / (1 + x^2)) y."""
    rest = 1 + x * x
    return y[1], ((value - c * c * x * x - m * m / rest) * y[0] - 2 * x * y[1]) / rest


@define(special.pro_ang1, *(Case(x=_ANGLE, **orders) for orders in _ORDERS), in_double=True)
def pro_ang1(x: Array, *, m: Any, n: Any, c: Any, y: Any) -> Any:
    """The prolate function of an angle, of the first kind, and its derivative."""
    return differentiate_angular(special.pro_cv(m, n, c), m, c * c, x, y)


@define(special.pro_rad1, *(Case(x=_RADIUS, **orders) for orders in _ORDERS), in_double=True)
def pro_rad1(x: Array, *, m: Any, n: Any, c: Any, y: Any) -> Any:
    """The prolate radial function of the first kind, and its derivative."""
    return differentiate_angular(special.pro_cv(m, n, c), m, c * c, x, y)


@define(special.obl_ang1, *(Case(x=_ANGLE, **orders) for orders in _ORDERS), in_double=True)
def obl_ang1(x: Array, *, m: Any, n: Any, c: Any, y: Any) -> Any:
    """The oblate function of an angle, of the first kind, and its derivative."""
    return differentiate_angular(special.obl_cv(m, n, c), m, -c * c, x, y)


@define(special.obl_rad1, *(Case(x=_RADIUS, **orders) for orders in _ORDERS), in_double=True)
def obl_rad1(x: Array, *, m: Any, n: Any, c: Any, y: Any) -> Any:
    """The oblate radial function of the first kind, and its derivative."""
    return differentiate_oblate_radial(special.obl_cv(m, n, c), m, c, x, y)
