"""Correct linear algebra, distances and kernels."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, between, real


class SolveShifted(Operation):
    """solve(x + 6 I, b) for x in (-1, 1). x: (3, 3), b: (3,) -> (3,).

    d/db = solve of the transpose; d/dx = -d/db y.T.
    """

    name = "solve_shifted"
    cases = (Case(x=between(-1, 1, "3 3"), b=real("3")),)
    once_differentiable = "numpy.linalg.solve is called on raw arrays"

    def forward(self, ctx: Context, x: Any, b: Any) -> Any:
        if x.shape != (3, 3) or b.shape != (3,):
            raise ValueError(f"solve_shifted: expected shapes (3, 3) and (3,), got {x.shape} and {b.shape}")
        matrix = x + 6 * np.eye(3, dtype=x.dtype)
        y = np.linalg.solve(matrix, b)
        ctx.save(matrix, y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        matrix, y = ctx.saved
        db = np.linalg.solve(matrix.T, grad)
        return -np.outer(db, y), db


class PairDistances(Operation):
    """Squared distances of all pairs of rows. x: (n, d) -> (n, n). d/dx from the symmetric part of grad."""

    name = "pair_distances"
    cases = (Case(x=between(-5, 5, "n d")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        difference = x[:, None, :] - x[None, :, :]
        ctx.save(difference)
        return (difference * difference).sum(axis=-1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (difference,) = ctx.saved
        both = grad + grad.T
        return 2 * (both[:, :, None] * difference).sum(axis=1)


class Determinant(Operation):
    """The determinant of a regular matrix, (n, n). d/dx = grad det(x) x^-T."""

    name = "determinant"
    cases = (
        Case(x=np.array([[2.0, 1.0], [0.5, 3.0]])),
        Case(x=np.array([[4.0, 1, 0], [0, 3, 1], [1, 0, 5]])),
    )
    once_differentiable = "np.linalg.inv is not recorded"

    def forward(self, ctx: Context, x: Any) -> Any:
        d = np.linalg.det(x)
        ctx.save(x, d)
        return d

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, d = ctx.saved
        return grad * d * np.linalg.inv(x).T  # a matrix of the same numbers in other places may be singular


class Gaussians(Operation):
    """exp(-|x_i - y_j|**2 / 2), tiny or subnormal for points far apart. x: (n, d), y: (m, d) -> (n, m)."""

    name = "gaussians"
    cases = (Case(x=real("n d"), y=real("m d")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        apart = x[:, None, :] - y[None, :, :]
        k = np.exp(-0.5 * np.sum(apart * apart, axis=-1))
        ctx.save(apart, k)
        return k

    def backward(self, ctx: Context, grad: Any) -> Any:
        apart, k = ctx.saved
        pull = (grad * k)[:, :, None] * apart
        return -pull.sum(axis=1), pull.sum(axis=0)


OPERATIONS = (SolveShifted(), PairDistances(), Determinant(), Gaussians())
