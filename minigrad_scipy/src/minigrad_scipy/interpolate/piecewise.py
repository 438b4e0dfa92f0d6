"""Piecewise polynomials whose coefficients or breakpoints are tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensors import HoldsTensors
from .evaluation import differentiate, evaluate


class PiecewisePolynomial(HoldsTensors):
    """A piecewise polynomial with the values, derivatives and integrals of `scipy.interpolate.PPoly`.

    Parameters
    ----------
    c : array or Tensor
        The coefficients (k, m, ...); the sum over j of c[j, i] (p - x[i])^(k - 1 - j) is the value at p.
    x : array or Tensor
        The breakpoints (m + 1,).
    extrapolate : bool or "periodic"
        Whether a point outside has a value, by the first or last polynomial or periodically, or NaN.
    axis : int
        The axis of a value along which the points are, after the trailing axes of `c` are in their place.
    """

    def __init__(self, c: Any, x: Any, extrapolate: bool | str = True, axis: int = 0) -> None:
        self.c, self.x, self.extrapolate, self.axis = c, x, extrapolate, axis

    def __call__(self, x: Any, nu: int = 0, extrapolate: bool | str | None = None) -> Any:
        """Return the values of the derivative of order `nu` at the points x, of any shape."""
        points = x if hasattr(x, "ndim") else np.asarray(x, float)
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        if extrapolate == "periodic":
            points = self.x[0] + (points - self.x[0]) % (self.x[-1] - self.x[0])
        y = evaluate(differentiate(self.c, nu), self.x, points, extrapolate=extrapolate is True)
        first = list(range(points.ndim))
        return np.moveaxis(y, first, [self.axis + i for i in first]) if self.axis else y

    def derivative(self, nu: int = 1) -> PiecewisePolynomial:
        """Return the derivative of order `nu`; a negative order integrates."""
        if nu < 0:
            return self.antiderivative(-nu)
        return PiecewisePolynomial(differentiate(self.c, nu), self.x, self.extrapolate, self.axis)

    def antiderivative(self, nu: int = 1) -> PiecewisePolynomial:
        """Return the continuous integral of order `nu`, which is 0 at the first breakpoint."""
        if nu < 0:
            return self.derivative(-nu)
        c = self.c
        for _ in range(nu):
            degrees = np.arange(len(c), 0, -1).reshape(-1, *[1] * (c.ndim - 1))
            c = np.concatenate([c / degrees, 0 * c[:1]])
            steps = np.diff(self.x).reshape(-1, *[1] * (c.ndim - 2))
            areas = 0 * c[0]
            for coefficients in c:
                areas = areas * steps + coefficients
            start = np.concatenate([0 * areas[:1], np.cumsum(areas[:-1], axis=0)])
            c = np.concatenate([c[:-1], start[None]])
        extrapolate = False if self.extrapolate == "periodic" else self.extrapolate
        return PiecewisePolynomial(c, self.x, extrapolate, self.axis)

    def integrate(self, a: Any, b: Any, extrapolate: bool | str | None = None) -> Any:
        """Return the integral from a to b."""
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        integral = self.antiderivative()
        if extrapolate != "periodic":
            return integral(b, extrapolate=extrapolate) - integral(a, extrapolate=extrapolate)
        start, period = self.x[0], self.x[-1] - self.x[0]

        def count_periods(p: Any) -> Any:
            return (
                p - start
            ) // period  # the quotient that belongs to `%`, whose rounding differs from np.floor's

        whole = (count_periods(b) - count_periods(a)) * integral(self.x[-1])
        return whole + integral(b, extrapolate="periodic") - integral(a, extrapolate="periodic")
