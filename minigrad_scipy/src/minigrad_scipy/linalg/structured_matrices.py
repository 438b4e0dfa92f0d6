"""Matrices made of given values: by copies, and by differences and products of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, nonzero, real
from minigrad_core.errors import ArgumentError

from .. import linalg
from ..formulas import Composite, keep_precision, pull_back


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


class Toeplitz(Composite):
    """The matrix with the first column c and the first row r, constant along its diagonals.

    c: (..., m); r: (..., n), of which r[0] is not read; the conjugate of c if missing.
    """

    name = "toeplitz"
    takes_complex = True
    cases = (Case(c=real("m")), Case(c=real("m"), r=real("n")), Case(c=real("2 3"), r=real("2 2")))

    def forward(self, ctx: Context, c: Array, r: Array | None = None) -> Array:
        if not c.shape[-1] or (r is not None and not r.shape[-1]):
            raise ArgumentError("toeplitz: expected at least one value")
        self.save_call(ctx, c, r)
        return linalg.toeplitz(c, r)

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Any:
        _, *inputs = ctx.saved
        return pull_back(self.list_values, inputs, ctx.needs, sum_antidiagonals(grad[..., ::-1, :]))

    def list_values(self, c: Any, r: Any = None) -> Any:
        """Return the values of the diagonals, from the lower left to the upper right."""
        return _join(c[..., ::-1], np.conjugate(c[..., 1:]) if r is None else r[..., 1:])

    def formula(self, c: Any, r: Any = None) -> Any:
        m, n = c.shape[-1], (c if r is None else r).shape[-1]
        return self.list_values(c, r)[..., m - 1 - np.arange(m)[:, None] + np.arange(n)]


class Hankel(Composite):
    """The matrix with the first column c and the last row r, constant along its antidiagonals.

    c: (m,); r: (n,), of which r[0] is not read; zeros if missing.
    """

    name = "hankel"
    takes_complex = True
    cases = (Case(c=real("m")), Case(c=real("m"), r=real("n")))

    def forward(self, ctx: Context, c: Array, r: Array | None = None) -> Array:
        if c.ndim != 1 or (r is not None and r.ndim != 1):  # SciPy 1.17 flattens them
            raise ArgumentError("hankel: expected vectors")
        if not c.size or (r is not None and not r.size):
            raise ArgumentError("hankel: expected at least one value")
        self.save_call(ctx, c, r)
        return linalg.hankel(c, r)

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Any:
        _, *inputs = ctx.saved
        return pull_back(self.list_values, inputs, ctx.needs, sum_antidiagonals(grad))

    def list_values(self, c: Any, r: Any = None) -> Any:
        """Return the values of the antidiagonals, from the upper left to the lower right."""
        return _join(c, np.zeros_like(c)[1:] if r is None else r[1:])

    def formula(self, c: Any, r: Any = None) -> Any:
        m, n = c.shape[0], (c if r is None else r).shape[0]
        return self.list_values(c, r)[np.arange(m)[:, None] + np.arange(n)]


class Circulant(Composite):
    """The matrix whose columns are the rotations of c: (..., n)."""

    name = "circulant"
    takes_complex = True
    cases = (Case(c=real("n")), Case(c=real("2 3")))

    def forward(self, ctx: Context, c: Array) -> Array:
        self.save_call(ctx, c)
        return linalg.circulant(c)

    def formula(self, c: Any) -> Any:
        n = c.shape[-1]
        return c[..., (np.arange(n)[:, None] - np.arange(n)) % max(n, 1)]


class Companion(Composite):
    """The companion matrix of the polynomial with the coefficients a: (..., n), n > 1.

    The coefficient of the highest power is first. The first row is -a[1:] / a[0].
    """

    name = "companion"
    takes_complex = True
    cases = (Case(a=nonzero("4")), Case(a=nonzero("2 3")))

    def forward(self, ctx: Context, a: Array) -> Array:
        self.save_call(ctx, a)
        return linalg.companion(a)

    def formula(self, a: Any) -> Any:
        first = -a[..., 1:] / a[..., :1]
        n = first.shape[-1]
        below = np.broadcast_to(np.eye(n - 1, n, dtype=a.dtype), (*a.shape[:-1], n - 1, n))
        return np.concatenate([first[..., None, :], below], axis=-2)


class ConvolutionMatrix(Composite):
    """The matrix of the convolution with a: (..., m), for vectors of n values.

    mode: as in `numpy.convolve`.
    """

    name = "convolution_matrix"
    takes_complex = True
    cases = (
        Case(a=real("3"), n=4),
        Case(a=real("4"), n=3, mode="same"),
        Case(a=real("2 3"), n=2, mode="valid"),
    )

    def forward(self, ctx: Context, a: Array, *, n: int, mode: str = "full") -> Array:
        self.save_call(ctx, a, n=n, mode=mode)
        return linalg.convolution_matrix(a, n, mode)

    def formula(self, a: Any, *, n: int, mode: str = "full") -> Any:
        m = a.shape[-1]
        rows = {"full": m + n - 1, "same": max(m, n), "valid": max(m, n) - min(m, n) + 1}[mode]
        start = {"full": 0, "same": (min(m, n) - 1) // 2, "valid": min(m, n) - 1}[mode]
        places = np.arange(start, start + rows)[:, None] - np.arange(n)
        is_inside = (places >= 0) & (places < m)
        return np.where(is_inside, a[..., np.clip(places, 0, m - 1)], 0)


class Leslie(Composite):
    """The matrix with the first row f: (..., n), and s: (..., n - 1) below the diagonal."""

    name = "leslie"
    takes_complex = True
    cases = (Case(f=real("3"), s=real("2")), Case(f=real("2 2"), s=real("2 1")))

    def forward(self, ctx: Context, f: Array, s: Array) -> Array:
        self.save_call(ctx, f, s)
        return linalg.leslie(f, s)

    def formula(self, f: Any, s: Any) -> Any:
        n = f.shape[-1]
        below = np.where(np.eye(n - 1, n, dtype=bool), s[..., :, None], 0)
        return np.concatenate([f[..., None, :], below], axis=-2)


class Fiedler(Composite):
    """The matrix of the distances abs(a[i] - a[j]), for a: (..., n), n > 1.

    The slope at equal values is 0.
    """

    name = "fiedler"
    cases = (Case(a=real("n")), Case(a=real("2 3")))

    def forward(self, ctx: Context, a: Array) -> Array:
        if a.shape[-1] < 2:  # SciPy has forms of its own for these
            raise ArgumentError("fiedler: expected at least two values")
        self.save_call(ctx, a)
        return keep_precision(linalg.fiedler(a), a)

    def formula(self, a: Any) -> Any:
        return np.abs(a[..., :, None] - a[..., None, :])


class KhatriRao(Composite):
    """The Kronecker products of the columns of a: (..., m, k) and b: (..., n, k), as columns."""

    name = "khatri_rao"
    takes_complex = True
    cases = (Case(a=real("m k"), b=real("n k")), Case(a=real("2 2 3"), b=real("2 1 3")))

    def forward(self, ctx: Context, a: Array, b: Array) -> Array:
        self.save_call(ctx, a, b)
        return linalg.khatri_rao(a, b)

    def formula(self, a: Any, b: Any) -> Any:
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
    Toeplitz(),
    Hankel(),
    Circulant(),
    Companion(),
    ConvolutionMatrix(),
    Leslie(),
    Fiedler(),
    KhatriRao(),
)
