"""The matrix product."""

from __future__ import annotations

import numpy as np
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, real

from minigrad_core import Array, Context, Operation


class Matmul(Operation):
    """`x @ y`: matrices, stacks of them (leading axes broadcast), vectors.

    d/dx = grad y^T; d/dy = x^T grad.
    """

    name = "matmul"
    implements = (np.matmul, np.linalg.matmul)
    cases = (
        Case(x=real("n k"), y=real("k m")),
        Case(x=real("k"), y=real("k")),
        Case(x=real("k"), y=real("k m")),
        Case(x=real("n k"), y=real("k")),
        Case(x=real("2 n k"), y=real("2 k m")),
        Case(x=real("2 1 n k"), y=real("3 k m")),
        Case(x=real("k"), y=real("2 k m")),
        Case(x=real("2 n k"), y=real("k")),
    )

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the product."""
        ctx.save(x, y)
        return x @ y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Return the gradients of both factors."""
        x, y = ctx.saved
        for_x, for_y = ctx.needs
        if x.ndim == 2 and y.ndim == 2:
            return grad @ y.T if for_x else None, x.T @ grad if for_y else None
        # A vector is a matrix with one row (left) or one column (right).
        left = np.expand_dims(x, 0) if x.ndim == 1 else x
        right = np.expand_dims(y, 1) if y.ndim == 1 else y
        if y.ndim == 1:
            grad = np.expand_dims(grad, -1)
        if x.ndim == 1:
            grad = np.expand_dims(grad, -2)
        return (
            np.reshape(unbroadcast(grad @ np.swapaxes(right, -1, -2), left.shape), x.shape)
            if for_x
            else None,
            np.reshape(unbroadcast(np.swapaxes(left, -1, -2) @ grad, right.shape), y.shape)
            if for_y
            else None,
        )


matmul = Matmul()
