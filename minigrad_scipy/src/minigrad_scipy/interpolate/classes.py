"""SciPy's interpolants, evaluated at arrays or tensors. Interpolants of tensors have classes of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import interpolate

from minigrad_core.errors import ArgumentError

from ..tensors import get_array, has_tensor, read_constant
from . import slopes
from .grids import GridOfTensors
from .knots import SplineOfTensors, find_coefficients
from .piecewise import PiecewisePolynomial


def to_array(x: Any) -> Any:
    """Return a tensor or array of floating point numbers; differences of bytes would wrap around."""
    x = x if hasattr(x, "ndim") else np.asarray(x, float)
    return x.astype(np.float64) if x.dtype.kind in "iub" else x


class AtTensors:
    """A base class: SciPy's piecewise polynomials, evaluated at points that are a tensor."""

    c: Any
    x: Any
    axis: int
    extrapolate: Any

    def __call__(self, x: Any, nu: int = 0, extrapolate: Any = None) -> Any:
        if has_tensor(x):
            return PiecewisePolynomial(self.c, self.x, self.extrapolate, self.axis)(x, nu, extrapolate)
        return super().__call__(x, nu, extrapolate)  # type: ignore[misc]


class PPoly(AtTensors, interpolate.PPoly):
    """SciPy's class. If an argument is a tensor, the call returns a `PiecewisePolynomial`."""

    def __new__(cls, c: Any, x: Any, extrapolate: Any = None, axis: int = 0) -> Any:
        if not has_tensor((c, x)):
            return super().__new__(cls)
        plain = interpolate.PPoly(get_array(c), get_array(x), extrapolate, axis)  # checks the arguments
        c = np.moveaxis(to_array(c), (axis, axis + 1), (0, 1))
        return PiecewisePolynomial(c, to_array(x), plain.extrapolate, axis)


class Interpolant(AtTensors):
    """Piecewise cubics through points; a subclass has the slopes.

    SciPy's class of the same name checks the arguments, and has the defaults.
    """

    def __new__(cls, x: Any, y: Any, *args: Any, **kwargs: Any) -> Any:
        if not has_tensor((x, y, *args, *kwargs.values())):
            return super().__new__(cls)
        settings = {name: get_array(value) for name, value in kwargs.items()}
        plain = getattr(interpolate, cls.__name__)(get_array(x), get_array(y), *get_array(args), **settings)
        x, y = to_array(x), np.moveaxis(to_array(y), plain.axis, 0)
        dydx = cls.find_slopes(x, y, *args, **kwargs)
        c = slopes.make_cubic_coefficients(x, y, dydx)
        return PiecewisePolynomial(c, x, plain.extrapolate, plain.axis)

    @staticmethod
    def find_slopes(x: Any, y: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the slopes at the points x, for the values y: (n, ...)."""
        raise NotImplementedError


class CubicHermiteSpline(Interpolant, interpolate.CubicHermiteSpline):
    """SciPy's class, for tensors as well."""

    @staticmethod
    def find_slopes(x: Any, y: Any, dydx: Any, axis: int = 0, extrapolate: Any = None) -> Any:
        """Return `dydx`, with the axis of the points first."""
        return np.moveaxis(to_array(dydx), axis, 0)


class PchipInterpolator(Interpolant, interpolate.PchipInterpolator):
    """SciPy's class, for tensors as well."""

    @staticmethod
    def find_slopes(x: Any, y: Any, *_: Any, **__: Any) -> Any:
        """Return the slopes of `slopes.find_pchip_slopes`."""
        return slopes.find_pchip_slopes(x, y)


class Akima1DInterpolator(Interpolant, interpolate.Akima1DInterpolator):
    """SciPy's class, for tensors as well."""

    @staticmethod
    def find_slopes(x: Any, y: Any, *_: Any, method: str = "akima", **__: Any) -> Any:
        """Return the slopes of `slopes.find_akima_slopes`."""
        return slopes.find_akima_slopes(x, y, method)


class CubicSpline(Interpolant, interpolate.CubicSpline):
    """SciPy's class, for tensors as well."""

    @staticmethod
    def find_slopes(
        x: Any, y: Any, axis: int = 0, bc_type: Any = "not-a-knot", extrapolate: Any = None
    ) -> Any:
        """Return the slopes of `slopes.find_spline_slopes`."""
        both = (bc_type, bc_type) if isinstance(bc_type, str) else bc_type
        orders = {"clamped": (1, 0.0), "natural": (2, 0.0)}
        ends = [orders.get(end, end) if isinstance(end, str) else (end[0], to_array(end[1])) for end in both]
        return slopes.find_spline_slopes(x, y, (ends[0], ends[1]))


class BSpline(interpolate.BSpline):
    """SciPy's class. If the coefficients are a tensor, the call returns a `SplineOfTensors`."""

    def __new__(cls, t: Any, c: Any, k: int, extrapolate: Any = True, axis: int = 0) -> Any:
        if not has_tensor((t, c)):
            return super().__new__(cls)
        plain = interpolate.BSpline(read_constant("BSpline", "t", t), get_array(c), k, extrapolate, axis)
        return SplineOfTensors(plain.t, np.moveaxis(to_array(c), axis, 0), k, plain.extrapolate, plain.axis)

    def __call__(self, x: Any, nu: int = 0, extrapolate: Any = None) -> Any:
        if has_tensor(x):
            return SplineOfTensors(self.t, self.c, self.k, self.extrapolate, self.axis)(x, nu, extrapolate)
        return super().__call__(x, nu, extrapolate)


def make_interp_spline(
    x: Any,
    y: Any,
    k: int = 3,
    t: Any = None,
    bc_type: Any = None,
    axis: int = 0,
    check_finite: bool = True,
) -> Any:
    """Return SciPy's interpolating spline, whose values and boundary values may be tensors.

    Raises
    ------
    ArgumentError
        The points or knots require a gradient, or a spline of tensors is periodic or of degree 0.
    """
    x = read_constant("make_interp_spline", "x", x)
    t = read_constant("make_interp_spline", "t", t)
    spline = interpolate.make_interp_spline(x, get_array(y), k, t, get_array(bc_type), axis, check_finite)
    if not has_tensor((y, bc_type)):
        return BSpline.construct_fast(spline.t, spline.c, spline.k, spline.extrapolate, spline.axis)
    if isinstance(bc_type, str) and bc_type == "periodic":
        raise ArgumentError("make_interp_spline: for a periodic spline of tensors use CubicSpline")
    if k == 0:
        raise ArgumentError(
            "make_interp_spline: k=0 has no derivative here; index y by np.searchsorted(x, p)"
        )
    y = np.moveaxis(to_array(y), axis, 0)
    c = find_coefficients(spline.t, k, np.asarray(x), y, list_end_conditions(x, bc_type))
    return SplineOfTensors(spline.t, c, k, spline.extrapolate, spline.axis)


def list_end_conditions(x: Any, bc_type: Any) -> list[tuple[Any, int, Any]]:
    """Return the point, the order of the derivative and its value for each condition at an end."""
    if bc_type is None or (isinstance(bc_type, str) and bc_type == "not-a-knot"):
        return []
    left, right = (bc_type, bc_type) if isinstance(bc_type, str) else bc_type
    aliases: dict[str, Any] = {"clamped": [(1, 0.0)], "natural": [(2, 0.0)]}
    conditions = []
    for point, end in ((x[0], left), (x[-1], right)):
        for order, value in aliases[end] if isinstance(end, str) else end or ():
            conditions.append((point, order, to_array(value)))
    return conditions


class RegularGridInterpolator(interpolate.RegularGridInterpolator):
    """SciPy's class. If the values are a tensor, the call returns a `GridOfTensors`."""

    def __new__(
        cls,
        points: Any,
        values: Any,
        method: str = "linear",
        bounds_error: bool = True,
        fill_value: Any = np.nan,
        *,
        solver: Any = None,
        solver_args: Any = None,
    ) -> Any:
        if not has_tensor((points, values, fill_value)):
            return super().__new__(cls)
        points = read_constant("RegularGridInterpolator", "points", points)
        fill_value = read_constant("RegularGridInterpolator", "fill_value", fill_value)
        plain = interpolate.RegularGridInterpolator(
            points, get_array(values), "linear", bounds_error, fill_value
        )
        downward = [i for i, x in enumerate(points) if x[0] > x[-1]]  # SciPy's class reverses them
        values = np.flip(to_array(values), tuple(downward)) if downward else to_array(values)
        return GridOfTensors(plain.grid, values, method, bounds_error, plain.fill_value)

    def __call__(self, xi: Any, method: str | None = None, *, nu: Any = None) -> Any:
        if has_tensor(xi):
            grid = GridOfTensors(self.grid, self.values, self.method, self.bounds_error, self.fill_value)
            return grid(xi, method, nu=nu)
        return super().__call__(xi, method, nu=nu)


def interpn(
    points: Any,
    values: Any,
    xi: Any,
    method: str = "linear",
    bounds_error: bool = True,
    fill_value: Any = np.nan,
) -> Any:
    """Return the values of a `RegularGridInterpolator` at the points xi; values and xi may be tensors."""
    if not has_tensor((points, values, xi)):
        return interpolate.interpn(points, values, xi, method, bounds_error, fill_value)
    return RegularGridInterpolator(points, values, method, bounds_error, fill_value)(xi)
