"""Calls of scipy.integrate, scipy.interpolate and scipy.optimize."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..call import Call, normal, uniform

KNOTS, POINTS = np.linspace(0, 1, 1000), uniform(0, 1, 20000)
VALUES = normal(1000)
GRID, PLACES = normal(256, 256), uniform(0, 255, 20000, 2)
RATES = np.array([0.55, 0.028, 0.024, 0.8])


def _change(_: Any, y: Any, rates: Any) -> Any:
    return np.stack([rates[0] * y[0] - rates[1] * y[0] * y[1], rates[2] * y[0] * y[1] - rates[3] * y[1]])


def _diffuse(_: Any, y: Any, k: Any) -> Any:
    inner = k * (y[:-2] - 2 * y[1:-1] + y[2:])
    return np.concatenate([k * (y[1:2] - y[:1]), inner, k * (y[-2:-1] - y[-1:])])


def _energy(x: Any, load: Any) -> Any:
    return np.sum((x[1:] - x[:-1]) ** 2) + np.sum(x**4) - np.sum(load * x)


def _force(x: Any, load: Any) -> Any:
    return x**3 + x - load


CALLS_OF_FUN = (
    "SciPy calls a function of some microseconds on arrays; the gradient calls it on tensors, and back, "
    "which takes 50 us and 5 us for each operation"
)
ADJOINT = f"the adjoint runs a second system back in time, of the same number of steps; {CALLS_OF_FUN}"
POINTS_TOO = (
    "the places of the points have gradients too: NumPy evaluates the formula again, in some ten passes"
)


def _interpolate(name: str) -> Call:
    return Call(
        f"interpolate.{name}",
        "1,000 values, 20,000 points",
        (KNOTS, VALUES, POINTS),
        function=lambda r, x, y, p: getattr(r.interpolate, name)(x, y)(p),
        reason="the knots have gradients too, of the slopes and of the pieces",
    )


SOLVERS = (
    *map(_interpolate, ("CubicSpline", "PchipInterpolator", "Akima1DInterpolator")),
    Call(
        "interpolate.make_interp_spline",
        "1,000 values, 20,000 points",
        (VALUES, POINTS),
        function=lambda r, y, p: r.interpolate.make_interp_spline(KNOTS, y)(p),
    ),
    Call(
        "interpolate.RegularGridInterpolator",
        "256 by 256, 20,000 points",
        (GRID, PLACES),
        function=lambda r, v, p: r.interpolate.RegularGridInterpolator((np.arange(256.0),) * 2, v)(p),
        peers="jax",
        note="linear",
    ),
    Call(
        "integrate.solve_ivp",
        "2 equations, 4 parameters",
        (np.array([30.0, 4.0]), RATES),
        function=lambda r, y0, k: r.integrate.solve_ivp(
            _change, (0, 20), y0, args=(k,), rtol=1e-6, atol=1e-6
        ).y[:, -1],
        reason=ADJOINT,
    ),
    Call(
        "integrate.solve_ivp",
        "1,000 equations, 1 parameter",
        (normal(1000), np.array(1.0)),
        function=lambda r, y0, k: r.integrate.solve_ivp(
            _diffuse, (0, 5), y0, args=(k,), rtol=1e-6, atol=1e-6
        ).y[:, -1],
        reason=ADJOINT,
        note="large",
    ),
    Call(
        "integrate.quad",
        "2 limits, 1 parameter",
        (np.array(0.5), np.array(3.0), np.array(2.0)),
        function=lambda r, a, b, k: r.integrate.quad(
            lambda x, k: np.exp(-k * x) * np.sin(x), a, b, args=(k,)
        )[0],
        reason=f"the parameter has an integral of its own, adaptive too; {CALLS_OF_FUN}",
    ),
    Call(
        "integrate.simpson",
        "1,000 by 101 values",
        (normal(1000, 101), np.linspace(0, 1, 101)),
        reason=POINTS_TOO,
    ),
    Call(
        "integrate.cumulative_simpson",
        "1,000 by 101 values",
        (normal(1000, 101),),
        {"dx": 0.1},
        reason="SciPy assigns to slices, and the formula joins them, and back",
    ),
    Call(
        "integrate.trapezoid",
        "1,000 by 101 values",
        (normal(1000, 101), np.linspace(0, 1, 101)),
        peers="jax",
        reason=POINTS_TOO,
    ),
    Call(
        "optimize.root",
        "50 equations",
        (uniform(0.5, 2, 50),),
        function=lambda r, load: r.optimize.root(_force, np.zeros(50), args=(load,)).x,
        reason="the equations are solved in few steps, and the gradient needs their Jacobian",
    ),
    Call(
        "optimize.minimize",
        "50 variables",
        (uniform(0.5, 2, 50),),
        function=lambda r, load: r.optimize.minimize(_energy, np.zeros(50), args=(load,)).x,
    ),
    Call(
        "optimize.least_squares",
        "20 variables",
        (uniform(0.5, 2, 20),),
        function=lambda r, load: r.optimize.least_squares(_force, np.zeros(20), args=(load,)).x,
    ),
    Call(
        "optimize.root_scalar",
        "1 equation",
        (np.array(2.0),),
        function=lambda r, k: (
            r.optimize.root_scalar(lambda x, k: x**3 + x - k, args=(k,), bracket=(0.0, 3.0)).root
        ),
        reason=f"the value is one Python number; {CALLS_OF_FUN}",
    ),
)
