"""`matrix_power`."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, dominant, real

from ..composite import Composite


def _raise_to_power(x: Array, *, n: int) -> Array:
    if n == 0:
        return x * 0  # and the identity, which is constant
    result = base = x if n > 0 else np.linalg.inv(x)
    for bit in f"{abs(n):b}"[1:]:  # by squaring
        result = result @ result
        if bit == "1":
            result = result @ base
    return result


class MatrixPower(Composite):
    """The matrices multiplied by themselves, `n` factors in all; for n < 0 their inverses.

    d/dx = sum over k of (x^T)^k grad (x^T)^(n-1-k).
    """

    name = "matrix_power"
    implements = (np.linalg.matrix_power,)
    takes_complex = True
    cases = (
        *(Case(x=real("3 3"), n=n) for n in (1, 2, 5)),
        *(Case(x=dominant("3 3"), n=n) for n in (-1, -3)),
        Case(x=real("2 3 3"), n=3),
        Case(x=real("2 3 3"), n=0),
    )

    def forward(self, ctx: Context, x: Array, *, n: int) -> Array:
        ctx.save(_raise_to_power, (x,), {"n": n})
        return np.copy(x) if n == 1 else np.linalg.matrix_power(x, n)  # NumPy gives x itself for n = 1


matrix_power = MatrixPower()
