"""`matmul`, `matvec`, `vecmat` and `matrix_power`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, dominant, real

from ..composite import Composite
from ..dtypes import conjugate
from ..function import NumpyFunction


class Matmul(NumpyFunction):
    """`x @ y`, for vectors, matrices and stacks of matrices, whose leading axes broadcast.

    d/dx = grad y^T; d/dy = x^T grad.
    """

    takes_complex = True
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
        ctx.save(x, y)
        return x @ y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        return pull_back_matmul(grad, *ctx.saved, *ctx.needs)


def pull_back_matmul(
    grad: Array, x: Array, y: Array, needs_x: bool, needs_y: bool
) -> tuple[Array | None, Array | None]:
    """Return the gradients of the factors of `x @ y` that need one."""
    if x.ndim == 2 and y.ndim == 2:
        return grad @ y.T if needs_x else None, x.T @ grad if needs_y else None
    # A vector is a matrix with one row (left) or one column (right).
    left = np.expand_dims(x, 0) if x.ndim == 1 else x
    right = np.expand_dims(y, 1) if y.ndim == 1 else y
    right_transpose = right.T if right.ndim == 2 else np.swapaxes(right, -1, -2)  # a sparse array has only T
    if y.ndim == 1:
        grad = np.expand_dims(grad, -1)
    if x.ndim == 1:
        grad = np.expand_dims(grad, -2)
    return (
        np.reshape(unbroadcast(grad @ right_transpose, left.shape), x.shape) if needs_x else None,
        np.reshape(unbroadcast(np.swapaxes(left, -1, -2) @ grad, right.shape), y.shape) if needs_y else None,
    )


def _multiply_columns(x: Any, y: Any) -> Array:
    return (x @ np.expand_dims(y, -1))[..., 0]


def _multiply_rows(x: Any, y: Any) -> Array:
    return (np.expand_dims(conjugate(x), -2) @ y)[..., 0, :]


class MatrixVector(Composite):
    """`np.matvec` and `np.vecmat`: products of stacks of matrices and stacks of vectors.

    d/dx, d/dy: as for `matmul`.
    """

    takes_complex = True

    def __init__(self, function: Any, formula: Any, case: Case) -> None:
        super().__init__(function)
        self.formula = formula
        self.cases = (case,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(self.formula, (x, y), {})
        return self.function(x, y)


def _raise_to_power(x: Array, *, n: int) -> Array:
    if n == 0:
        return x * 0  # the result is the identity, which is constant
    result = base = x if n > 0 else np.linalg.inv(x)
    for bit in f"{abs(n):b}"[1:]:  # exponentiation by squaring
        result = result @ result
        if bit == "1":
            result = result @ base
    return result


class MatrixPower(Composite):
    """The `n`-th power of the matrices; for n < 0 the power of their inverses.

    d/dx = sum over k of (x^T)^k grad (x^T)^(n-1-k).
    """

    takes_complex = True
    cases = (
        *(Case(x=real("3 3"), n=n) for n in (1, 2, 5)),
        *(Case(x=dominant("3 3"), n=n) for n in (-1, -3)),
        Case(x=real("2 3 3"), n=3),
        Case(x=real("2 3 3"), n=0),
    )

    def forward(self, ctx: Context, x: Array, *, n: int) -> Array:
        ctx.save(_raise_to_power, (x,), {"n": n})
        return np.copy(x) if n == 1 else np.linalg.matrix_power(x, n)  # NumPy returns x itself for n = 1


matmul = Matmul(np.matmul, np.linalg.matmul)
matrix_power = MatrixPower(np.linalg.matrix_power)
if hasattr(np, "matvec"):  # NumPy 2.2
    matvec = MatrixVector(np.matvec, _multiply_columns, Case(x=real("2 3 4"), y=real("2 4")))
    vecmat = MatrixVector(np.vecmat, _multiply_rows, Case(x=real("3"), y=real("2 3 4")))
