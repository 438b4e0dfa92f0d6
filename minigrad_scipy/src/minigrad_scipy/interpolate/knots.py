"""B-splines whose coefficients are tensors."""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from ..sparse.linalg.systems import solve
from ..sparse.products import multiply
from ..sparse.structure import Structure
from ..tensors import HoldsTensors
from .piecewise import PiecewisePolynomial


class SplineOfTensors(HoldsTensors):
    """The spline of `scipy.interpolate.BSpline` of degree k with knots t and a tensor c of coefficients.

    A call returns values or derivatives at points. Derivatives and integrals are piecewise polynomials.
    """

    def __init__(self, t: Any, c: Any, k: int, extrapolate: bool | str = True, axis: int = 0) -> None:
        self.t, self.c, self.k, self.extrapolate, self.axis = t, c, k, extrapolate, axis

    def to_polynomials(self) -> PiecewisePolynomial:
        """Return the same function as polynomials, whose coefficients are a sparse matrix times `c`."""
        t, k = self.t, self.k
        n = len(t) - k - 1
        x = np.unique(t[k : n + 1])
        blocks = [list_basis_values(t, k, x[:-1], order) for order in range(k, -1, -1)]
        data = np.concatenate([values / factorial(k - i) for i, (values, _) in enumerate(blocks)])
        rows = make_rows(np.concatenate([columns for _, columns in blocks]), n)
        c = multiply(data.reshape(-1), self.c[:n].reshape(n, -1), structure=rows)
        return PiecewisePolynomial(
            c.reshape(k + 1, len(x) - 1, *self.c.shape[1:]), x, self.extrapolate, self.axis
        )

    def __call__(self, x: Any, nu: int = 0, extrapolate: bool | str | None = None) -> Any:
        """Return the values of the derivative of order `nu` at the points x, of any shape."""
        return self.to_polynomials()(x, nu, extrapolate)

    def derivative(self, nu: int = 1) -> PiecewisePolynomial:
        """Return the derivative of order `nu`."""
        return self.to_polynomials().derivative(nu)

    def antiderivative(self, nu: int = 1) -> PiecewisePolynomial:
        """Return the integral of order `nu` from the first point of the base interval."""
        return self.to_polynomials().antiderivative(nu)

    def integrate(self, a: Any, b: Any, extrapolate: bool | str | None = None) -> Any:
        """Return the integral from a to b; without extrapolation, the spline is 0 outside."""
        polynomials = self.to_polynomials()
        if not (self.extrapolate if extrapolate is None else extrapolate):
            a, b = (np.clip(p, polynomials.x[0], polynomials.x[-1]) for p in (a, b))
        return polynomials.integrate(a, b, extrapolate)


def list_basis_values(t: Any, k: int, points: Any, order: int = 0) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the derivatives at points of the k + 1 B-splines that are not 0 there, and their numbers.

    The k + 1 numbers are consecutive, so their remainders modulo k + 1 differ. The sum of all B-splines with
    one remainder has, at a point, the value of the one B-spline of this remainder that is not 0 there. So
    SciPy evaluates k + 1 sums instead of n B-splines.
    """
    sums = scipy.interpolate.BSpline.construct_fast(t, sum_by_remainder(t, k), k)
    return sums(points, order), number_basis(t, k, points)


def sum_by_remainder(t: Any, k: int) -> NDArray[Any]:
    """Return the coefficients (n, k + 1) of the sums of the basis functions with each remainder."""
    return np.eye(k + 1)[np.arange(len(t) - k - 1) % (k + 1)]


def number_basis(t: Any, k: int, points: Any) -> NDArray[Any]:
    """Return the numbers of the B-splines that are not 0 at the points, by remainder: (points, k + 1)."""
    last = np.clip(np.searchsorted(t, points, side="right") - 1, k, len(t) - k - 2)[:, None]
    return last - (last - np.arange(k + 1)) % (k + 1)


def make_rows(columns: Any, n: int) -> Structure:
    """Return the structure of a matrix with n columns that has values in `columns` (rows, values in each)."""
    rows, count = columns.shape
    return Structure(columns.reshape(-1), np.arange(rows + 1) * count, (rows, n))


def find_coefficients(t: Any, k: int, x: Any, y: Any, ends: Sequence[tuple[Any, int, Any]] = ()) -> Any:
    """Return the coefficients (n, ...) of the spline with the values y (points, ...) at the points x.

    ends: further conditions, a point with the order of a derivative and its value.
    """
    n = len(t) - k - 1
    blocks = [list_basis_values(t, k, x)]
    blocks += [list_basis_values(t, k, np.array([point]), order) for point, order, _ in ends]
    values, columns = (np.concatenate(each) for each in zip(*blocks, strict=True))
    right = np.concatenate([y, *((value + 0 * y[0])[None] for *_, value in ends)])
    c = solve(values.reshape(-1), right.reshape(n, -1), structure=make_rows(columns, n))
    return c.reshape(n, *y.shape[1:])
