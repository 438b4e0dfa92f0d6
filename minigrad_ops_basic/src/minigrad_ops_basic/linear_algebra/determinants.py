"""`det` and `slogdet`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, dominant, real

from ..function import NumpyFunction
from .hermitian import transpose

_SINGULAR = np.array([[1.0, 2.0, 4.0], [0.5, -1.0, 3.0], [0.0, 0.0, 0.0]])


class Det(NumpyFunction):
    """The determinants.

    d/dx = grad times the cofactors: det(x) x^-T or, for a singular x, the determinants of its minors.
    """

    takes_complex = True
    cases = (
        Case(x=real("3 3")),
        Case(x=real("2 2 2")),
        Case(x=real("1 1")),
        # A last row or column of zeros: singular, however it is rounded.
        Case(x=_SINGULAR),
        Case(x=np.stack([[_SINGULAR], [_SINGULAR.T]])),
        Case(x=np.zeros((1, 1))),
    )

    def forward(self, ctx: Context, x: Array) -> Array:
        y = np.linalg.det(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y = ctx.saved
        cofactors: Array
        if np.all(y != 0):
            cofactors = np.reshape(y, (*np.shape(y), 1, 1)) * transpose(np.linalg.inv(x))
        else:
            cofactors = _compute_cofactors(x)
        return np.reshape(grad, (*np.shape(grad), 1, 1)) * cofactors


def _compute_cofactors(x: Any) -> Array:
    """Return the signed determinants of the minors.

    They are right for any rank, and take more than n times the work of an inverse.
    """
    n = x.shape[-1]
    others = np.array([[j for j in range(n) if j != i] for i in range(n)], np.intp).reshape(n, max(n - 1, 0))
    signs = 1 - 2 * (np.arange(n) % 2)
    rows = []
    for i in range(n):
        without = x[..., others[i], :]
        minors = without[..., :, others]  # (..., n - 1, n, n - 1): the minors of row i, one for each column
        rows.append(np.linalg.det(np.swapaxes(minors, -2, -3)) * (signs[i] * signs).astype(x.dtype))
    return np.stack(rows, axis=-2) if rows else np.zeros_like(x)


class Slogdet(NumpyFunction):
    """The sign and the logarithm of the absolute value of the determinants.

    d/dx = x^-T times the grad of the logarithm. The sign is flat for real matrices; for complex ones i
    im(grad_sign sign) is added to the grad of the logarithm. A singular matrix has the logarithm -inf and no
    gradient: `numpy.linalg.LinAlgError`.
    """

    takes_complex = True
    cases = (Case(x=real("3 3")), Case(x=dominant("2 3 3")))

    def forward(self, ctx: Context, x: Array) -> tuple[Array, ...]:
        result = np.linalg.slogdet(x)
        ctx.save(x, result[0])
        return result

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        x, sign = ctx.saved
        (grad_log,) = grads
        if x.dtype.kind == "c":
            grad_log = grad_log + np.imag(grad * sign) * 1j
        return np.reshape(grad_log, (*np.shape(grad_log), 1, 1)) * transpose(np.linalg.inv(x))


det = Det(np.linalg.det)
slogdet = Slogdet(np.linalg.slogdet)
