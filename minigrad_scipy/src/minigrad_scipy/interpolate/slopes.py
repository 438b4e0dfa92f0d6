"""The slopes at the breakpoints of cubic interpolants, as functions of the points and of the values.

x: (n,); y: (n, ...). The equations are those of SciPy, which checks the arguments first.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..sparse.linalg.systems import solve
from ..sparse.structure import Structure


def take_differences(x: Any, y: Any) -> tuple[Any, Any]:
    """Return the steps dx (n - 1, 1...) and the slopes between points (n - 1, ...)."""
    dx = np.diff(x).reshape(-1, *[1] * (y.ndim - 1))
    return dx, np.diff(y, axis=0) / dx


def make_cubic_coefficients(x: Any, y: Any, dydx: Any) -> Any:
    """Return the coefficients (4, n - 1, ...) of the cubics with values y and slopes dydx at the points."""
    dx, slope = take_differences(x, y)
    t = (dydx[:-1] + dydx[1:] - 2 * slope) / dx
    return np.stack([t / dx, (slope - dydx[:-1]) / dx - t, dydx[:-1], y[:-1]])


def find_pchip_slopes(x: Any, y: Any) -> Any:
    """Return weighted harmonic means of both slopes at a point, 0 at extrema. Fritsch and Butland 1984."""
    dx, slope = take_differences(x, y)
    if len(slope) == 1:
        return np.concatenate([slope, slope])
    before, after = slope[:-1], slope[1:]
    is_monotone = np.sign(before) * np.sign(after) > 0
    w1, w2 = 2 * dx[1:] + dx[:-1], dx[1:] + 2 * dx[:-1]
    before, after = np.where(is_monotone, before, 1), np.where(is_monotone, after, 1)
    inner = np.where(is_monotone, (w1 + w2) / (w1 / before + w2 / after), 0)
    ends = [find_end_slope(dx[i], dx[j], slope[i], slope[j])[None] for i, j in ((0, 1), (-1, -2))]
    return np.concatenate([ends[0], inner, ends[1]])


def find_end_slope(h0: Any, h1: Any, m0: Any, m1: Any) -> Any:
    """Return the slope of a parabola at an end, limited to preserve the shape. Moler 2004, pchiptx."""
    slope = ((2 * h0 + h1) * m0 - h0 * m1) / (h0 + h1)
    limited = np.where((np.sign(m0) != np.sign(m1)) & (np.abs(slope) > 3 * np.abs(m0)), 3 * m0, slope)
    return np.where(np.sign(slope) == np.sign(m0), limited, 0)


def find_akima_slopes(x: Any, y: Any, method: str) -> Any:
    """Return means of the slopes on both sides, weighted by the changes of slope beyond. Akima 1970."""
    _, slope = take_differences(x, y)
    if len(slope) == 1:
        return np.concatenate([slope, slope])
    first, last = slope[:1] - slope[1:2], slope[-1:] - slope[-2:-1]  # the slopes continue linearly
    m = np.concatenate(
        [slope[:1] + 2 * first, slope[:1] + first, slope, slope[-1:] + last, slope[-1:] + 2 * last]
    )
    change = np.abs(np.diff(m, axis=0))
    if method == "makima":
        change = change + np.abs(m[1:] + m[:-1]) / 2
    after, before = change[2:], change[:-2]
    total = after + before
    is_defined = total > 1e-9 * np.max(total, initial=0)
    share = np.where(is_defined, before, 0) / np.where(is_defined, total, 1)
    return np.where(is_defined, m[1:-2] + share * (m[2:-1] - m[1:-2]), (m[3:] + m[:-3]) / 2)


def find_spline_slopes(x: Any, y: Any, ends: tuple[Any, ...]) -> Any:
    """Return the slopes for which the second derivative is continuous: the solution of a tridiagonal system.

    ends: for each end "not-a-knot", "periodic", or the order of a derivative and its value.
    """
    n = len(x)
    dx, slope = take_differences(x, y)
    steps = np.diff(x)
    if n == 2:
        ends = tuple((1, slope[0]) if isinstance(end, str) else end for end in ends)
    if n == 3 and ends == ("periodic", "periodic"):
        mean = np.sum(slope / dx, axis=0) / np.sum(1 / dx, axis=0)
        return np.stack([mean] * 3)
    if n == 3 and ends == ("not-a-knot", "not-a-knot"):
        middle = (dx[0] * slope[1] + dx[1] * slope[0]) / (dx[0] + dx[1])  # of a parabola
        return np.stack([2 * slope[0] - middle, middle, 2 * slope[1] - middle])

    data = np.stack([steps[1:], 2 * (steps[:-1] + steps[1:]), steps[:-1]], axis=1).reshape(-1)
    right = 3 * (dx[1:] * slope[:-1] + dx[:-1] * slope[1:])
    columns = (np.arange(n - 2)[:, None] + np.arange(3)).reshape(-1)
    if ends[0] == "periodic":  # the last point is the first one
        return solve_periodic(n, steps, dx, slope, data, right, columns)
    start, start_value = make_end_row(ends[0], steps, dx, slope, -1)
    end, end_value = make_end_row(ends[1], steps[::-1], dx[::-1], slope[::-1], 1)
    data = np.concatenate([start, data, end])
    columns = np.concatenate([[0, 1], columns, [n - 1, n - 2]])
    counts = np.full(n, 3)
    counts[[0, -1]] = 2
    right = np.concatenate([start_value[None], right, end_value[None]])
    return solve_rows(data, columns, counts, right)


def make_end_row(end: Any, steps: Any, dx: Any, slope: Any, sign: int) -> tuple[Any, Any]:
    """Return the two coefficients and the right-hand side of the equation at an end, seen from that end.

    sign: -1 for the first point, and 1 for the last one, where the axis points outwards.
    """
    if isinstance(end, str):  # "not-a-knot"
        d = steps[0] + steps[1]
        value = ((dx[0] + 2 * d) * dx[1] * slope[0] + dx[0] ** 2 * slope[1]) / d
        return np.stack([steps[1], d]), value
    order, value = end
    if order == 1:
        return np.stack([1 + 0 * steps[0], 0 * steps[0]]), value + 0 * slope[0]
    return np.stack([2 * steps[0], steps[0]]), sign * value * dx[0] ** 2 / 2 + 3 * dx[0] * slope[0]


def solve_periodic(n: int, steps: Any, dx: Any, slope: Any, data: Any, right: Any, columns: Any) -> Any:
    """Return the slopes for equal values, slopes and second derivatives at both ends."""
    joint = np.stack([steps[0], 2 * (steps[-1] + steps[0]), steps[-1]])
    value = 3 * (dx[0] * slope[-1] + dx[-1] * slope[0])
    data = np.concatenate([joint, data])
    columns = np.concatenate([[n - 2, 0, 1], columns]) % (n - 1)
    s = solve_rows(data, columns, np.full(n - 1, 3), np.concatenate([value[None], right]))
    return np.concatenate([s, s[:1]])


def solve_rows(data: Any, columns: Any, counts: Any, right: Any) -> Any:
    """Return the solution of the system whose row i has `counts[i]` coefficients."""
    n = len(counts)
    structure = Structure(columns, np.concatenate([[0], np.cumsum(counts)]), (n, n))
    return solve(data, right.reshape(n, -1), structure=structure).reshape(right.shape)
