"""Functions of matrices. Their derivatives are blocks of the same function of a larger matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real

from .. import linalg


def taylor_expm(a: Any) -> Any:
    """Return expm(a) from 30 terms of its series at a / 2^10, squared ten times."""
    scaled = np.asarray(a, np.promote_types(a.dtype, np.longdouble)) / 1024
    term = total = np.broadcast_to(np.eye(a.shape[-1], dtype=scaled.dtype), a.shape)
    for k in range(1, 30):
        term = term @ scaled / k
        total = total + term
    for _ in range(10):
        total = total @ total
    return total.astype(a.dtype)


class Expm(Operation):
    """The exponential of matrices.

    A: (..., n, n). d/dA is the Fréchet derivative at A^T in the direction of `grad`, the upper right block of
    expm([[A^T, grad], [0, A^T]]). Higham 2008, "Functions of Matrices", equation 3.16.
    """

    name = "expm"
    takes_complex = True
    cases = (Case(A=real("n n")), Case(A=real("2 n n")))
    reference = staticmethod(taylor_expm)

    def forward(self, ctx: Context, A: Array) -> Array:
        ctx.save(A)
        return linalg.expm(A)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (a,) = ctx.saved
        n = a.shape[-1]
        a = np.swapaxes(a, -1, -2)
        blocks = np.concatenate(
            [np.concatenate([a, grad], axis=-1), np.concatenate([np.zeros_like(a), a], axis=-1)], axis=-2
        )
        return linalg.expm(blocks)[..., :n, n:]


expm = Expm()
