"""`polyval`, `vander` and `polyfit`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, between, real

from ..composite import Composite
from ..dtypes import cast, detach, find_floating_type
from ..linear_algebra.singular_values import refuse_infinite


def evaluate(p: Any, x: Any) -> Array:
    """Return the polynomial p at x, in the type of the two."""
    values = detach(x)
    y = np.zeros_like(values) * values  # NaN where x is not finite, as in NumPy
    for i in range(p.shape[0]):
        # Not 0 * x + p[0]: an infinite gradient times the slope 0 would be NaN.
        y = y * x + p[i] if i else y + p[i]
    return y


def stack_powers(x: Any, *, n: int, increasing: bool = False) -> Array:
    """Return the powers n - 1 to 0 of each value along a new last axis, in the type of x."""
    columns = [x**k for k in range(n)] or [x]  # for n = 0 a column that is cut off: stack takes no empty list
    return np.stack(columns if increasing else columns[::-1], axis=-1)[..., :n]


class Polyval(Composite):
    """The polynomial with the coefficients p, the highest power first, at x.

    d/dp_i = grad x^(n-1-i), summed over x; d/dx = grad p'(x).
    """

    takes_complex = True
    cases = (Case(p=real("4"), x=real("2 3")), Case(p=real("1"), x=real("")))

    def forward(self, ctx: Context, p: Array, x: Array) -> Array:
        ctx.save(evaluate, (p, x), {})
        return evaluate(p, x)


class Vander(Composite):
    """The powers n - 1 to 0 of each value, with n = `N` (None: len(x)); `increasing`: 0 to n - 1.

    d/dx = sum of grad k x^(k-1).
    """

    takes_complex = True
    cases = (Case(x=real("3")), Case(x=real("2"), N=4, increasing=True))

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        N: int | None = None,  # noqa: N803 - NumPy's name
        increasing: bool = False,
    ) -> Array:
        ctx.save(stack_powers, (x,), {"n": x.shape[0] if N is None else N, "increasing": increasing})
        powers = np.vander(x, N, increasing)
        # float32 stays float32, where NumPy takes double precision.
        return powers.astype(x.dtype) if x.dtype.kind in "fc" else powers


def _to_double(x: Any) -> Any:
    return cast(x, np.result_type(find_floating_type(x), np.float64))


def _weight_points(x: Any, y: Any, w: Any, deg: int) -> tuple[Any, Any, Any]:
    """Return powers and values, weighted, and the lengths by which NumPy divides the columns of powers.

    They are in double precision, as in NumPy: in single precision the powers of tiny values vanish, and
    LAPACK may never return from 0 / 0.
    """
    powers, values = np.vander(_to_double(x), deg + 1), _to_double(y)
    if w is not None:
        powers = powers * np.reshape(w, (-1, 1))
        values = values * (np.reshape(w, (-1, 1)) if y.ndim == 2 else w)
    return powers, values, np.sqrt(np.sum(powers * powers, axis=0))


def _fit(x: Any, y: Any, w: Any = None, *, deg: int, rcond: float) -> Array:
    powers, values, scale = _weight_points(x, y, w, deg)
    solution = np.linalg.pinv(powers / scale, rcond) @ values
    return solution / (np.reshape(scale, (-1, 1)) if y.ndim == 2 else scale)


class Polyfit(Composite):
    """The polynomial of degree `deg` closest to the points (x, y), the highest power first.

    It has the least sum of squares of w times the distances. y may have columns. float32 stays float32, where
    NumPy gives double precision.

    d/dy, d/dx, d/dw = the derivatives of the least squares solution.
    """

    takes_complex = True
    cases = (
        Case(x=real("5"), y=real("5 2"), deg=2),
        Case(x=between(3, 4, "4"), y=real("4 2"), w=real("4"), deg=1),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        y: Array,
        w: Array | None = None,
        *,
        deg: int,
        rcond: float | None = None,
    ) -> Array:
        powers, values, scale = _weight_points(x, y, w, deg)
        with np.errstate(divide="ignore", invalid="ignore"):
            refuse_infinite(powers / scale, values)
        cut = len(x) * float(np.finfo(find_floating_type(x)).eps) if rcond is None else rcond
        ctx.save(_fit, (x, y, w), {"deg": deg, "rcond": cut})
        return np.polyfit(x, y, deg, cut, w=w).astype(find_floating_type(x, y), copy=False)


polyval = Polyval(np.polyval)
vander = Vander(np.vander)
polyfit = Polyfit(np.polyfit)
