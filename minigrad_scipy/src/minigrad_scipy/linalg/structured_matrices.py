"""Matrices made of given values: by copies, and by differences and products of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, nonzero, real
from minigrad_core.errors import ArgumentError
from minigrad_ops_basic.composite import pull_back

from .. import linalg
from ..composites import Composite


class ConstantDiagonals(Composite):
    """A matrix that is constant along its diagonals, or along its antidiagonals.

    list_values: returns the values along them, beginning at the lower left corner, or at the upper left one.
    """

    def __init__(
        self,
        path: str,
        formula: Callable[..., Any],
        cases: Sequence[Case],
        *,
        list_values: Callable[..., Any],
        vectors: bool,
    ) -> None:
        super().__init__(path, formula, cases)
        self.list_values, self.vectors = list_values, vectors

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        given = [x for x in inputs if x is not None]
        if self.vectors and any(x.ndim != 1 for x in given):  # SciPy 1.17 flattens them
            raise ArgumentError(f"{self.name}: expected vectors")
        if not all(x.shape[-1] for x in given):
            raise ArgumentError(f"{self.name}: expected at least one value")
        return super().compute(*inputs, **settings)

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Any:
        inputs, _ = ctx.saved
        sums = sum_antidiagonals(grad if self.name == "hankel" else grad[..., ::-1, :])
        return pull_back(self.list_values, inputs, ctx.needs, sums)


def _list_diagonals(c: Any, r: Any = None) -> Any:
    """Return the values of the diagonals, from the lower left to the upper right."""
    return _join(c[..., ::-1], np.conjugate(c[..., 1:]) if r is None else r[..., 1:])


def _list_antidiagonals(c: Any, r: Any = None) -> Any:
    """Return the values of the antidiagonals, from the upper left to the lower right."""
    return _join(c, np.zeros_like(c)[1:] if r is None else r[1:])


class Fiedler(Composite):
    """`fiedler` of at least two values: SciPy has forms of its own for fewer."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        if inputs[0].shape[-1] < 2:
            raise ArgumentError("fiedler: expected at least two values")
        return super().compute(*inputs, **settings)


class BlockDiag(Operation):
    """The matrices with the arrays on the diagonal, and zeros.

    arrs: (..., m, n) each; vectors count as rows, numbers as 1 x 1. Each array has its block of the gradient.
    """

    name = "block_diag"
    takes_complex = True
    cases = (
        Case(arrs=(real("2 3"), real("1 2"))),
        Case(arrs=(real("2"), real(""), real("0"))),
        Case(arrs=(real("2 1 2"), real("2 2"))),
    )

    def forward(self, ctx: Context, *arrs: Array) -> Array:
        ctx.save(*(x.shape for x in arrs))
        return linalg.block_diag(*arrs)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array, ...]:
        row = column = 0
        gradients = []
        for shape in ctx.saved:
            m, n = (1, 1, *shape)[-2:]
            block = unbroadcast(grad[..., row : row + m, column : column + n], (*shape[:-2], m, n))
            gradients.append(np.reshape(block, shape) * 1)  # a copy
            row, column = row + m, column + n
        return tuple(gradients)


@ConstantDiagonals.define(
    "linalg.toeplitz",
    Case(c=real("m")),
    Case(c=real("m"), r=real("n")),
    Case(c=real("2 3"), r=real("2 2")),
    list_values=_list_diagonals,
    vectors=False,
)
def toeplitz(c: Any, r: Any = None) -> Any:
    """The matrix with the first column c and the first row r, constant along its diagonals.

    c: (..., m); r: (..., n), of which r[0] is not read; the conjugate of c if missing.
    """
    m, n = c.shape[-1], (c if r is None else r).shape[-1]
    return _list_diagonals(c, r)[..., m - 1 - np.arange(m)[:, None] + np.arange(n)]


@ConstantDiagonals.define(
    "linalg.hankel",
    Case(c=real("m")),
    Case(c=real("m"), r=real("n")),
    list_values=_list_antidiagonals,
    vectors=True,
)
def hankel(c: Any, r: Any = None) -> Any:
    """The matrix with the first column c and the last row r, constant along its antidiagonals.

    c: (m,); r: (n,), of which r[0] is not read; zeros if missing.
    """
    m, n = c.shape[0], (c if r is None else r).shape[0]
    return _list_antidiagonals(c, r)[np.arange(m)[:, None] + np.arange(n)]


@Composite.define("linalg.circulant", Case(c=real("n")), Case(c=real("2 3")))
def circulant(c: Any) -> Any:
    """The matrix whose columns are the rotations of c: (..., n)."""
    n = c.shape[-1]
    return c[..., (np.arange(n)[:, None] - np.arange(n)) % max(n, 1)]


@Composite.define("linalg.companion", Case(a=nonzero("4")), Case(a=nonzero("2 3")))
def companion(a: Any) -> Any:
    """The companion matrix of the polynomial with the coefficients a: (..., n), n > 1.

    The coefficient of the highest power is first. The first row is -a[1:] / a[0].
    """
    first = -a[..., 1:] / a[..., :1]
    n = first.shape[-1]
    below = np.broadcast_to(np.eye(n - 1, n, dtype=a.dtype), (*a.shape[:-1], n - 1, n))
    return np.concatenate([first[..., None, :], below], axis=-2)


@Composite.define(
    "linalg.convolution_matrix",
    Case(a=real("3"), n=4),
    Case(a=real("4"), n=3, mode="same"),
    Case(a=real("2 3"), n=2, mode="valid"),
)
def convolution_matrix(a: Any, *, n: int, mode: str = "full") -> Any:
    """The matrix of the convolution with a: (..., m), for vectors of n values.

    mode: as in `numpy.convolve`.
    """
    m = a.shape[-1]
    rows = {"full": m + n - 1, "same": max(m, n), "valid": max(m, n) - min(m, n) + 1}[mode]
    start = {"full": 0, "same": (min(m, n) - 1) // 2, "valid": min(m, n) - 1}[mode]
    positions = np.arange(start, start + rows)[:, None] - np.arange(n)
    is_inside = (positions >= 0) & (positions < m)
    return np.where(is_inside, a[..., np.clip(positions, 0, m - 1)], 0)


@Composite.define("linalg.leslie", Case(f=real("3"), s=real("2")), Case(f=real("2 2"), s=real("2 1")))
def leslie(f: Any, s: Any) -> Any:
    """The matrix with the first row f: (..., n), and s: (..., n - 1) below the diagonal."""
    n = f.shape[-1]
    below = np.where(np.eye(n - 1, n, dtype=bool), s[..., :, None], 0)
    return np.concatenate([f[..., None, :], below], axis=-2)


@Fiedler.define("linalg.fiedler", Case(a=real("n")), Case(a=real("2 3")), real=True)
def fiedler(a: Any) -> Any:
    """The matrix of the distances abs(a[i] - a[j]), for a: (..., n), n > 1.

    The slope at equal values is 0.
    """
    return np.abs(a[..., :, None] - a[..., None, :])


@Composite.define(
    "linalg.khatri_rao", Case(a=real("m k"), b=real("n k")), Case(a=real("2 2 3"), b=real("2 1 3"))
)
def khatri_rao(a: Any, b: Any) -> Any:
    """The Kronecker products of the columns of a: (..., m, k) and b: (..., n, k), as columns."""
    products = a[..., :, None, :] * b[..., None, :, :]
    *shape, m, n, k = products.shape
    return np.reshape(products, (*shape, m * n, k))


def sum_antidiagonals(x: Any) -> Any:
    """Return the sums along the antidiagonals of matrices: (..., m, n) -> (..., m + n - 1).

    Rows of n + m values, read as rows of n + m - 1 values, move by one to the right for each row. This takes
    a tenth of the time of a sum over indices.
    """
    *shape, m, n = x.shape
    wide = np.concatenate([x, np.zeros((*shape, m, m), x.dtype)], axis=-1)
    flat = np.reshape(wide, (*shape, m * (n + m)))[..., : m * (n + m - 1)]
    return np.sum(np.reshape(flat, (*shape, m, n + m - 1)), axis=-2)


def _join(x: Any, y: Any) -> Any:
    """Return both arrays in one, along the last axis."""
    shape = np.broadcast_shapes(x.shape[:-1], y.shape[:-1])
    return np.concatenate([np.broadcast_to(z, (*shape, z.shape[-1])) for z in (x, y)], axis=-1)


OPERATIONS: tuple[Operation, ...] = (
    BlockDiag(),
    toeplitz,
    hankel,
    circulant,
    companion,
    convolution_matrix,
    leslie,
    fiedler,
    khatri_rao,
)
