"""The evaluation of piecewise polynomials."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import scipy

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError

from ..primitives import Primitive
from ..sparse.products import multiply
from ..sparse.structure import Structure

BREAKS = np.array([-1.0, -0.2, 0.5, 2.0])


def evaluate_one_by_one(c: Any, x: Any, points: Any, *, extrapolate: bool = True) -> Any:
    """Return the values of the polynomials, point by point."""
    y = np.full((*points.shape, *c.shape[2:]), np.nan, np.result_type(c, points))
    for index, point in np.ndenumerate(points):
        if extrapolate or x[0] <= point <= x[-1]:
            i = min(max(np.searchsorted(x, point, side="right") - 1, 0), c.shape[1] - 1)
            powers = (point - x[i]) ** np.arange(len(c))[::-1]
            y[index] = np.tensordot(powers, c[:, i], axes=1)
    return y


class PolynomialEvaluation(Primitive):
    """The values at points p of polynomials in intervals i: the sum over j of c[j, i] (p - x[i])^(k - 1 - j).

    c: (k, m, ...) coefficients; x: (m + 1,) increasing breakpoints; points: any shape. The result has the
    shape of the points, then the trailing axes of c. Points outside have the value of the polynomial at the
    end or, with `extrapolate=False`, the value NaN and no gradient.

    The gradient of a coefficient sums grad (p - x[i])^(k - 1 - j) over the points in its interval. That of a
    point is grad times the value of the derivative, and that of a breakpoint is minus the sum of these.
    """

    name = "PPoly"
    takes_complex = False
    reference = staticmethod(evaluate_one_by_one)
    cases = (
        Case(c=real("4 3"), x=BREAKS, points=real("n")),
        Case(c=real("3 3 2"), x=BREAKS, points=real("2 n")),
        Case(c=real("1 3"), x=BREAKS, points=real("n"), extrapolate=False),
        Case(c=real("3 3"), x=BREAKS, points=real("n"), extrapolate=False),
    )

    def compute(self, c: Any, x: Any, points: Any, *, extrapolate: bool = True) -> Any:
        """Return SciPy's values, in the type of the arguments if it has fractions; SciPy returns float64."""
        coefficients = np.ascontiguousarray(c, np.complex128 if c.dtype.kind == "c" else np.float64)
        y = scipy.interpolate.PPoly.construct_fast(coefficients, x.astype(float), extrapolate)(points)
        dtype = np.result_type(c, points)
        return y.astype(dtype) if dtype.kind in "fc" else y

    def forward(self, ctx: Context, c: Array, x: Array, points: Array, *, extrapolate: bool = True) -> Any:
        if not (np.diff(x) > 0).all():
            raise ArgumentError("PPoly: the breakpoints x must increase")
        ctx.save(c, x, points, extrapolate)
        return self.evaluate(c, x, points, extrapolate=extrapolate)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        c, x, points, extrapolate = ctx.saved
        p = points.reshape(-1)
        is_valid = np.isfinite(p)
        if not extrapolate:
            is_valid = is_valid & (p >= x[0]) & (p <= x[-1])
        grad = np.where(is_valid[:, None], grad.reshape(len(p), prod(c.shape[2:])), 0)
        rows: Any = find_intervals(x, p) if ctx.needs[0] or ctx.needs[1] else None
        grad_c: Any = None
        grad_x: Any = None
        grad_points: Any = None
        if ctx.needs[0]:
            steps = np.where(is_valid, p - x[rows.indices], 0)
            grad_c = sum_powers(grad, steps, rows, c.shape)
        if ctx.needs[1] or ctx.needs[2]:
            slopes = self.evaluate(differentiate(c), x, points, extrapolate=True).reshape(grad.shape)
            grad_points = np.sum(grad * np.where(is_valid[:, None], slopes, 0), axis=1)
        if ctx.needs[1]:
            grad_x = np.append(-sum_by_interval(grad_points[:, None], rows)[:, 0], 0 * x[-1:])
        return grad_c, grad_x, None if grad_points is None else grad_points.reshape(points.shape)


def find_intervals(x: Any, p: Any) -> Any:
    """Return the structure of a matrix with a value for each point: the columns are the intervals."""
    interval = np.clip(np.searchsorted(x, p, side="right") - 1, 0, len(x) - 2)
    return Structure(np.asarray(interval), np.arange(len(p) + 1), (len(p), len(x) - 1))


def sum_powers(grad: Any, steps: Any, rows: Structure, shape: tuple[int, ...]) -> Any:
    """Return the sums of grad steps^(k - 1 - j) over the points in each interval: (k, m, ...)."""
    k, m, *trailing = shape
    terms = [grad]
    for _ in range(k - 1):
        terms.append(terms[-1] * steps[:, None])
    sums = sum_by_interval(np.concatenate(terms[::-1], axis=1), rows)
    return np.moveaxis(sums.reshape(m, k, *trailing), 0, 1)


def differentiate(c: Any, order: int = 1) -> Any:
    """Return the coefficients of the derivative."""
    for _ in range(order):
        if len(c) == 1:
            return 0 * c
        degrees = np.arange(len(c) - 1, 0, -1, dtype=c.real.dtype)
        c = c[:-1] * degrees.reshape(-1, *[1] * (c.ndim - 1))
    return c


def sum_by_interval(a: Any, rows: Structure) -> Any:
    """Return the sums of the rows of `a` (points, n) over the points in each interval: (m, n)."""
    return multiply(np.ones(len(a), a.real.dtype), a, structure=rows, transpose=True)


ppoly = PolynomialEvaluation()
evaluate = ppoly.evaluate
