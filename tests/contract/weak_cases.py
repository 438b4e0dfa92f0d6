"""Operations for `test_mutants.py`: of one the cases hold too little."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.testing.registered_subjects import RegisteredSubject


class RowSums(Operation):
    """The sums over the last axis. d/dx = grad, for each value of a row."""

    name = "row_sums"
    cases: Sequence[Case] = (Case(x=real("n k")), Case(x=real("b n k")))

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x.shape)
        return x.sum(axis=-1)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return _spread(ctx, grad)


def _spread(ctx: Context, grad: Array) -> Array:
    (shape,) = ctx.saved
    return np.broadcast_to(grad[..., None], shape).copy()


class ComparedRowSums(RowSums):
    """The same, held against NumPy."""

    name = "compared_row_sums"
    reference = staticmethod(partial(np.sum, axis=-1))


class SumOfOneRow(RowSums):
    """The same, of one row alone."""

    name = "sum_of_one_row"
    cases = (Case(x=real("n")),)


class Doubled(Operation):
    """Twice `x`. d/dx = 2 grad."""

    name = "doubled"
    cases = (Case(x=real("n")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        return 2 * x

    def backward(self, ctx: Context, grad: Array) -> Array:
        return 2 * grad


class Counted(Operation):
    """`5 x`, by a loop that ends because it counts. d/dx = 5 grad."""

    name = "counted"
    cases = (Case(x=real("n")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        total, left = x, 5
        while left := left - 1:
            total = total + x
        return total

    def backward(self, ctx: Context, grad: Array) -> Array:
        return 5 * grad


class Wrong(Doubled):
    """Twice `x`, with the gradient of `x`."""

    name = "wrong"

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad.copy()


OPERATIONS = {
    op.name: op for op in (RowSums(), ComparedRowSums(), SumOfOneRow(), Doubled(), Counted(), Wrong())
}


class Unregistered(RegisteredSubject):
    """One of them, as the kit presents what is registered."""

    @property
    def implementation(self) -> Operation:
        """The operation."""
        return OPERATIONS[self.name]
