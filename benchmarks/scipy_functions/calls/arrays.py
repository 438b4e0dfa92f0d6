"""Calls of the smaller modules: Fourier transforms, integrals, interpolation, optimization and others."""

from typing import Any

import numpy as np

from ..call import MATRIX, XP, Call, X, Y, draw, invoke, pass_to, spread

REAL = draw(8, low=-1)
GRID = np.array([0.0, 0.7, 1.5, 2.6, 3.3, 4.1, 5.0])
VALUES = draw(7, low=-1)
POINTS = np.array([0.4, 1.9, 3.7])
LOW, HIGH = np.array([0.2, 0.4]), np.array([1.3, 1.9])
DATA = draw(7, 3)


def fill(x: Any, value: float) -> Any:
    """Return an array of the shape and the library of `x`, filled with a number."""
    return namespace(x).full(x.shape, value)


def namespace(x: Any) -> Any:
    """Return the namespace of an array."""
    return x.__array_namespace__()


def _wave(x: Any, *_: Any) -> Any:
    return np.sin(x) * np.exp(-x / 2)


FOURIER = spread(
    {
        "fft ifft rfft irfft hfft ihfft dct idct dst idst fftshift ifftshift": pass_to(REAL),
        "fftn ifftn fft2 ifft2 rfftn rfft2 irfftn irfft2 hfftn hfft2 ihfftn ihfft2 dctn idctn dstn "
        "idstn": pass_to(MATRIX),
        "fht ifht": invoke(lambda f, x: f(x, 0.3, 0.5), REAL),
        "fftfreq rfftfreq": invoke(lambda f: f(8, xp=XP)),
    }
)
INTEGRALS = spread(
    {
        "trapezoid cumulative_trapezoid cumulative_simpson": invoke(lambda f, y, x: f(y, x=x), VALUES, GRID),
        "romb": pass_to(draw(9)),
        "cubature": invoke(
            lambda f, a, b: f(lambda x: _wave(x[:, 0]) * x[:, 1], a, b, rtol=1e-10).estimate, LOW, HIGH
        ),
        "tanhsinh": invoke(
            lambda f, a, b, c: f(lambda x, c: np.sin(c * x), a, b, args=(c,)).integral, LOW, HIGH, LOW
        ),
        "nsum": invoke(
            lambda f, c: f(lambda k, c: 1 / (k + c) ** 4, fill(c, 1.0), fill(c, np.inf), args=(c,)).sum,
            np.array([0.7, 1.1]),
        ),
        "qmc_quad": invoke(
            lambda f, a, b: f(lambda x: _wave(x[0]) * x[1], a, b, qrng=_sobol(), n_points=16).integral,
            LOW,
            HIGH,
        ),
    }
)


def _sobol() -> Any:
    from scipy.stats import qmc

    return qmc.Halton(2, rng=np.random.default_rng(0))


def at_points(*arrays: Any, **settings: Any) -> Call:
    """Return the call of a class of interpolants, evaluated at points."""
    return invoke(lambda f, p, *xs: f(*xs, **settings)(p), POINTS, *arrays)


INTERPOLATION = spread(
    {
        "BSpline": invoke(
            lambda f, p, t, c: f(t, c, 3)(p), POINTS / 5, np.r_[[0.0] * 4, 0.5, [1.0] * 4], draw(5)
        ),
        "PchipInterpolator Akima1DInterpolator CubicSpline make_interp_spline": at_points(GRID, VALUES),
        "make_smoothing_spline": at_points(GRID, VALUES, lam=0.1),
        "CubicHermiteSpline": at_points(GRID, VALUES, draw(7)),
        "make_lsq_spline": invoke(
            lambda f, p, x, y: f(x, y, namespace(x).asarray([0.0] * 4 + [2.5] + [5.0] * 4))(p),
            POINTS,
            GRID,
            VALUES,
        ),
        "generate_knots": invoke(lambda f, x, y: list(f(x, y, s=0.01)), GRID, VALUES),
        "make_splrep": invoke(lambda f, p, x, y: f(x, y, s=0.1)(p), POINTS, GRID, VALUES),
        "make_splprep": invoke(lambda f, x, y: f([x, y], s=0)[1], X.cumsum(), Y.cumsum()),
        "PPoly BPoly": invoke(lambda f, p, c, x: f(c, x)(p), POINTS, draw(3, 2), np.array([0.0, 2.0, 5.0])),
        "NdBSpline": invoke(
            lambda f, c, p: f((namespace(c).asarray(np.arange(7.0)),), c, 2)(p),
            draw(4),
            np.array([[2.4], [3.1]]),
        ),
        "RBFInterpolator": invoke(lambda f, x, y, p: f(x, y)(p), draw(6, 2), X, draw(2, 2)),
        "RegularGridInterpolator": invoke(
            lambda f, x, v, p: f((x, x), v)(p), np.array([0.0, 1.0, 2.5]), draw(3, 3), draw(2, 2)
        ),
    }
)


def _quartic(x: Any, c: Any) -> Any:
    return (x - c) ** 2 + (x - c) ** 4 / 5


ARRAYS = {
    "scipy.fft": FOURIER,
    "scipy.integrate": INTEGRALS,
    "scipy.interpolate": INTERPOLATION,
    "scipy.cluster.vq": spread(
        {
            "whiten": pass_to(DATA),
            "vq": pass_to(DATA, DATA[:2] + 0.1),
            "kmeans": invoke(lambda f, x: f(x, x[:2, ...], iter=2, rng=np.random.default_rng(0)), DATA),
            "kmeans2": invoke(
                lambda f, x: f(x, x[:2, ...], minit="matrix", rng=np.random.default_rng(0)), DATA
            ),
        }
    ),
    "scipy.constants": spread(
        {
            "convert_temperature": invoke(lambda f, x: f(x, "Celsius", "Fahrenheit"), X),
            "lambda2nu nu2lambda": pass_to(X),
        }
    ),
    "scipy.differentiate": spread(
        {
            "derivative": invoke(lambda f, x: f(_wave, x).df, LOW),
            "jacobian": invoke(lambda f, x: f(lambda x: x**3, x).df, LOW),
            "hessian": invoke(lambda f, x: f(lambda x: x[0] ** 3 * x[1] ** 2, x).ddf, LOW),
        }
    ),
    "scipy.linalg": spread(
        {
            "block_diag": pass_to(draw(2, 2), draw(1, 3)),
            "fiedler": pass_to(X),
            "orthogonal_procrustes": pass_to(draw(4, 3), draw(3, 4).T),
        }
    ),
    "scipy.optimize": spread({"rosen rosen_der rosen_hess": pass_to(X), "rosen_hess_prod": pass_to(X, Y)}),
    "scipy.optimize.elementwise": spread(
        {
            "find_root": invoke(
                lambda f, c: f(lambda x, c: x**3 - c, (fill(c, 0.1), fill(c, 3.0)), args=(c,)).x, HIGH
            ),
            "find_minimum": invoke(
                lambda f, c: f(_quartic, (fill(c, 0.0), fill(c, 1.0), fill(c, 4.0)), args=(c,)).x, HIGH
            ),
            "bracket_root": invoke(lambda f, c: f(lambda x, c: x - c, fill(c, 0.1), args=(c,)).bracket, HIGH),
            "bracket_minimum": invoke(lambda f, c: f(_quartic, fill(c, 0.1), args=(c,)).bracket, HIGH),
        }
    ),
}
