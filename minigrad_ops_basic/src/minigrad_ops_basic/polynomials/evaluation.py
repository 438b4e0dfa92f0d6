"""`polyval` and `vander`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real

from ..composite import Composite
from ..dtypes import detach


def evaluate(p: Any, x: Any) -> Array:
    """Return the polynomial p at x, in the type of the two."""
    at = detach(x)
    y = np.zeros_like(at) * at  # NaN where x is not finite, as in NumPy
    for i in range(p.shape[0]):
        # 0 times x is a constant: its slope in x, 0, may meet a gradient that overflows.
        y = y * x + p[i] if i else y + p[i]
    return y


def stack_powers(x: Any, *, n: int, increasing: bool = False) -> Array:
    """Return the powers n - 1 to 0 of each value, in a last axis, in the type of x."""
    columns = [x**k for k in range(n)] or [x]  # none of them, if n is 0: stack takes no empty list
    return np.stack(columns if increasing else columns[::-1], axis=-1)[..., :n]


class Polyval(Composite):
    """The polynomial with the coefficients p, the highest power first, at x.

    d/dp_i = grad x^(n-1-i), summed over x; d/dx = grad p'(x).
    """

    name = "polyval"
    implements = (np.polyval,)
    takes_complex = True
    cases = (Case(p=real("4"), x=real("2 3")), Case(p=real("1"), x=real("")))

    def forward(self, ctx: Context, p: Array, x: Array) -> Array:
        ctx.save(evaluate, (p, x), {})
        return evaluate(p, x)


class Vander(Composite):
    """The powers n - 1 to 0 of each value, n = `N` (None: as many as values); `increasing`: 0 to n - 1.

    d/dx = sum of grad k x^(k-1).
    """

    name = "vander"
    implements = (np.vander,)
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


polyval = Polyval()
vander = Vander()
