"""The product of a sparse array with a dense one."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real

from ..primitives import Primitive
from ..tensors import has_tensor
from .structure import Structure

_BLOCK = 2**14  # elements at a time: 128 KiB stay in the cache

# Rows 0 and 2 have values, one of them twice in the same position.
EXAMPLE = Structure(np.array([1, 0, 2, 1, 1]), np.array([0, 2, 2, 5]), (3, 4))


def make_dense(data: Any, structure: Structure) -> Any:
    """Return the dense array."""
    dense = np.zeros(structure.shape, data.dtype)
    np.add.at(dense, (structure.rows, structure.indices), data)
    return dense


def multiply_one_by_one(data: Any, x: Any, *, structure: Structure, transpose: bool = False) -> Any:
    """Return the product, value by value."""
    y = np.zeros((structure.shape[transpose], *x.shape[1:]), np.result_type(data, x))
    for value, to, source in zip(data, *structure.list_places(transpose), strict=True):
        y[to] += value * x[source]
    return y


class SparseMatmul(Primitive):
    """A @ x or A.T @ x, for the sparse array A with the values `data` at the positions `structure`.

    data: (values,); x: (n,) or (n, k). The gradient of a value is the product of its row of `grad` and its
    row of x, and that of x is A.T @ grad.
    """

    name = "sparse_matmul"
    reference = staticmethod(multiply_one_by_one)
    cases = (
        Case(data=real("5"), x=real("4"), structure=EXAMPLE),
        Case(data=real("5"), x=real("4 k"), structure=EXAMPLE),
        Case(data=real("5"), x=real("3 k"), structure=EXAMPLE, transpose=True),
    )

    def compute(self, data: Any, x: Any, *, structure: Structure, transpose: bool = False) -> Any:
        matrix = structure.fill(data)
        return (matrix.T if transpose else matrix) @ x

    def forward(
        self, ctx: Context, data: Array, x: Array, *, structure: Structure, transpose: bool = False
    ) -> Any:
        ctx.save(data, x, structure, transpose)
        return self.evaluate(data, x, structure=structure, transpose=transpose)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        data, x, structure, transpose = ctx.saved
        to, source = structure.list_places(transpose)
        return (
            sum_products(grad, x, to, source) if ctx.needs[0] else None,
            self.evaluate(data, grad, structure=structure, transpose=not transpose) if ctx.needs[1] else None,
        )


def sum_products(a: Any, b: Any, rows: Any, others: Any) -> Any:
    """Return the products of `rows` of an array with `others` of another one: (values,)."""
    if a.ndim == 1:
        return a[rows] * b[others]
    if has_tensor([a, b]):
        return np.sum(a[rows] * b[others], axis=1)
    step = max(1, _BLOCK // max(1, a.shape[1]))
    parts = (slice(start, start + step) for start in range(0, max(1, len(rows)), step))
    return np.concatenate([np.einsum("ij,ij->i", a[rows[part]], b[others[part]]) for part in parts])


sparse_matmul = SparseMatmul()
multiply = sparse_matmul.evaluate
