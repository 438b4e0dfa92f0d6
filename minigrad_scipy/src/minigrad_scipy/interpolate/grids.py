"""Interpolation on a regular grid whose values, or whose points of evaluation, are tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.errors import ArgumentError

from ..sparse.products import multiply
from ..tensors import HoldsTensors, get_array
from .knots import SplineOfTensors, find_coefficients, make_rows, number_basis, sum_by_remainder

DEGREES = {"linear": 1, "slinear": 1, "cubic": 3, "quintic": 5}


class GridOfTensors(HoldsTensors):
    """The interpolant `scipy.interpolate.RegularGridInterpolator` of values that are a tensor.

    The value at a point is a row of a sparse matrix times the coefficients of a spline along each axis. The
    elements of the row are products of the B-splines at the coordinates.

    Parameters
    ----------
    grid : sequence of arrays
        The increasing coordinates along each axis.
    values : array or Tensor
        The values on the grid, with any number of trailing axes.
    method, bounds_error, fill_value
        As in SciPy; the methods are "linear", "nearest", "slinear", "cubic" and "quintic".
    """

    def __init__(self, grid: Any, values: Any, method: str, bounds_error: bool, fill_value: Any) -> None:
        self.grid, self.values, self.method = grid, values, method
        self.bounds_error, self.fill_value = bounds_error, fill_value

    def __call__(self, xi: Any, method: str | None = None, *, nu: Any = None) -> Any:
        """Return the values at the points xi (..., axes).

        Raises
        ------
        ArgumentError
            The method has no rule.
        ValueError
            A point is outside of the grid, and `bounds_error` is true.
        """
        method = method or self.method
        if method not in (*DEGREES, "nearest"):
            raise ArgumentError(
                f"method={method!r} has no derivative; use one of {', '.join(DEGREES)}, nearest"
            )
        if nu is not None and method not in ("slinear", "cubic", "quintic"):
            raise ValueError(f"derivatives need the method slinear, cubic or quintic, got {method!r}")
        axes = len(self.grid)
        xi = stack_coordinates(xi, axes)
        if xi.shape[-1] != axes:
            raise ValueError(f"the points xi have {xi.shape[-1]} coordinates, and the grid has {axes} axes")
        points = xi.reshape(-1, axes)
        is_outside = self._find_outside(points)
        evaluate = self._take_nearest if method == "nearest" else self._sum_splines
        y = evaluate(points, method, (0,) * axes if nu is None else tuple(nu))
        if is_outside.any() and self.fill_value is not None:
            y = np.where(is_outside[:, None], self.fill_value, y)
        return y.reshape(*xi.shape[:-1], *self.values.shape[axes:])

    def _find_outside(self, points: Any) -> NDArray[Any]:
        """Return which points are outside of the grid."""
        is_outside = np.zeros(len(points), bool)
        for i, x in enumerate(self.grid):
            p = get_array(points[:, i])
            if self.bounds_error and not ((p >= x[0]) & (p <= x[-1])).all():
                raise ValueError(f"One of the requested xi is out of bounds in dimension {i}")
            is_outside |= (p < x[0]) | (p > x[-1])
        return is_outside

    def _sum_splines(self, points: Any, method: str, nu: tuple[int, ...]) -> Any:
        k = DEGREES[method]
        axes = len(self.grid)
        c: Any = self.values
        weights: Any = np.ones((len(points), 1))
        positions = np.zeros((len(points), 1), int)
        for i, x in enumerate(self.grid):
            if len(x) <= k:
                raise ValueError(f"method={method!r} needs {k + 1} points along axis {i}, which has {len(x)}")
            t = np.concatenate([[x[0]] * (k + 1), x[(k + 1) // 2 : -(k + 1) // 2], [x[-1]] * (k + 1)])
            if k > 1:
                y = np.moveaxis(c, i, 0)
                c = np.moveaxis(find_coefficients(t, k, x, y), 0, i)
            basis, columns = evaluate_basis(t, k, points[:, i], nu[i])
            positions = (positions[:, :, None] * len(x) + columns[:, None, :]).reshape(len(points), -1)
            weights = (weights[:, :, None] * basis[:, None, :]).reshape(len(points), -1)
        rows = make_rows(positions, int(np.prod(self.values.shape[:axes])))
        return multiply(weights.reshape(-1), c.reshape(rows.shape[1], -1), structure=rows)

    def _take_nearest(self, points: Any, *_: Any) -> Any:
        positions = []
        for i, x in enumerate(self.grid):
            p = get_array(points[:, i])
            left = np.clip(np.searchsorted(x, p, side="right") - 1, 0, len(x) - 2)
            positions.append(np.where((p - x[left]) / (x[left + 1] - x[left]) <= 0.5, left, left + 1))
        y = self.values[tuple(positions)].reshape(len(points), -1)
        return np.where(np.isnan(points).any(axis=1)[:, None], np.nan, y)  # a tensor if the points are one


def evaluate_basis(t: Any, k: int, points: Any, order: int) -> tuple[Any, NDArray[Any]]:
    """Return the B-splines that are not 0 at the points, (points, k + 1), and their numbers."""
    if k == 1 and order == 0:  # a third of the time of the general case
        left = np.clip(np.searchsorted(t, get_array(points), side="right") - 1, 1, len(t) - 3)
        share = (points - t[left]) / (t[left + 1] - t[left])
        return np.stack([1 - share, share], axis=1), np.stack([left - 1, left], axis=1)
    sums = SplineOfTensors(t, sum_by_remainder(t, k), k)
    return sums(points, order), number_basis(t, k, get_array(points))


def stack_coordinates(xi: Any, axes: int) -> Any:
    """Return points (..., axes) from an array, or from a tuple of coordinates that broadcast."""
    if isinstance(xi, tuple):
        return np.stack(np.broadcast_arrays(*xi), axis=-1)
    xi = xi if hasattr(xi, "ndim") else np.asarray(xi, float)
    return xi.reshape(-1, axes) if xi.ndim == 1 else xi
