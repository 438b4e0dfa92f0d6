"""`minigrad_scipy.stats`: values are SciPy's, also outside of the support, and slopes those of the values."""

from __future__ import annotations

import pickle
from math import gamma
from typing import Any

import numpy as np
import pytest
from scipy import special
from scipy import stats as original

import minigrad_core as mg
from minigrad_core.errors import ArgumentError, NoOperationError
from minigrad_scipy import stats
from minigrad_scipy.stats import CONTINUOUS
from minigrad_scipy.stats.discrete import DISCRETE
from tests.differences import difference
from tests.each import for_each

SHAPES: dict[str, tuple[float, ...]] = {
    "gamma": (2.3,), "beta": (1.7, 2.4), "t": (3.5,), "chi2": (4.2,), "f": (3.5, 6.5), "lognorm": (0.7,),
    "weibull_min": (1.8,), "pareto": (2.5,), "invgamma": (2.2,), "loggamma": (1.6,), "gennorm": (1.7,),
    "powerlaw": (1.6,), "skewnorm": (1.3,), "truncnorm": (-1.1, 1.9), "vonmises": (1.4,),
    "wrapcauchy": (0.4,), "fisk": (1.6,), "invgauss": (1.3,), "triang": (0.4,), "weibull_max": (1.8,),
    "genextreme": (0.2,), "genpareto": (-0.1,),
    "bernoulli": (0.3,), "binom": (6, 0.35), "nbinom": (4.5, 0.4), "geom": (0.3,), "poisson": (2.6,),
    "betabinom": (6, 1.7, 2.5),
}  # fmt: skip
TABLE: dict[str, Any] = {**CONTINUOUS, **DISCRETE}
# Where SciPy returns NaN, or loses digits, and the formula does not.
X = np.array([-30.0, -1.2, -0.4, 0.0, 0.3, 0.5, 0.9, 1.0, 1.7, 7.0, np.nan])
K = np.array([-1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 6.0, 7.0, 20.0, np.nan])
Q = np.array([0.0, 1e-3, 0.3, 0.5, 0.8, 1.0, -0.1, 1.1, np.nan])


def list_methods(name: str) -> list[str]:
    """Return the methods of a distribution that have a formula."""
    formulas = TABLE[name].formulas
    density = ["logpmf", "pmf"] if name in DISCRETE else ["logpdf", "pdf"]
    cumulative = ["cdf", "logcdf"] if {"cdf", "logcdf"} & formulas.keys() else []
    survival = ["sf", "logsf"] if {"sf", "logsf"} & formulas.keys() else []
    return [*density, *cumulative, *survival, *(m for m in ("ppf", "isf") if m in formulas)]


def list_parameters(name: str) -> dict[str, float]:
    """Return shapes, location and scale by name."""
    place = {"loc": 1.0} if name in DISCRETE else {"loc": 0.3, "scale": 1.7}
    return {**dict(zip(TABLE[name].shapes, SHAPES.get(name, ()), strict=True)), **place}


CALLS = [(name, method) for name in TABLE for method in list_methods(name)]


@for_each(CALLS)
def test_values_are_those_of_scipy_also_outside_of_the_support(name: str, method: str) -> None:
    points = Q if method in ("ppf", "isf") else K if name in DISCRETE else X
    parameters = list_parameters(name)
    tensors = {**parameters, "loc": mg.tensor(parameters["loc"])}
    with np.errstate(all="ignore"):
        expected = getattr(getattr(original, name), method)(points, **parameters)
    got = getattr(getattr(stats, name), method)(points, **tensors)
    np.testing.assert_allclose(got.numpy(), expected, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize(
    ("name", "x", "shape"), [("powerlaw", 0.0, 0.5), ("fisk", 0.0, 1.0), ("genextreme", 1.0, 1.0)]
)
def test_a_density_at_the_end_of_the_support_is_that_of_scipy(name: str, x: float, shape: float) -> None:
    got = getattr(stats, name).pdf(mg.tensor(x), shape).item()
    assert got == getattr(original, name).pdf(x, shape)


@pytest.mark.parametrize("method", ["logpdf", "pdf", "cdf", "logcdf", "sf", "logsf"])
@pytest.mark.parametrize(("loc", "scale"), [(np.nan, 1.0), (0.0, np.inf), (np.inf, 1.0), (0.0, np.nan)])
def test_an_undefined_distance_is_nan_also_at_infinity(method: str, loc: float, scale: float) -> None:
    points = [-np.inf, 0.5, np.inf]
    with np.errstate(all="ignore"):
        expected = getattr(original.norm, method)(points, loc=loc, scale=scale)
    got = getattr(stats.norm, method)(points, loc=mg.tensor(loc), scale=scale)
    np.testing.assert_array_equal(got, expected)


@for_each(CALLS)
def test_slopes_in_every_argument_are_those_of_the_values(name: str, method: str) -> None:
    parameters = list_parameters(name)
    probabilities = np.array([0.2, 0.45, 0.7, 0.9])
    x = probabilities
    if method not in ("ppf", "isf"):
        x = getattr(original, name).ppf(probabilities, **parameters)
    whole = {"x", "loc", *TABLE[name].whole} if name in DISCRETE else set()
    for argument in {"x", *parameters} - whole:

        def f(value: Any, argument: str = argument) -> Any:
            arguments = {"x": x, **parameters, argument: value}
            return getattr(getattr(stats, name), method)(arguments.pop("x"), **arguments)

        at = x if argument == "x" else np.full(x.shape, parameters[argument])
        with np.errstate(invalid="ignore"):
            slopes = difference(f, at, 1e-4)
        got = mg.grad(lambda v: f(v).sum())(at)
        inside = np.isfinite(slopes)  # log(sf) of the last count is -inf
        np.testing.assert_allclose(got[inside], slopes[inside], rtol=1e-6, atol=1e-8, err_msg=argument)


@pytest.mark.parametrize("name", ["gamma", "uniform", "expon", "pareto", "truncnorm", "lognorm"])
def test_nothing_has_a_slope_outside_of_the_support(name: str) -> None:
    for method in ("logpdf", "pdf", "cdf", "sf"):
        f = getattr(getattr(stats, name), method)
        got = mg.grad(lambda loc, f=f: f(-50.0, *SHAPES.get(name, ()), loc=loc, scale=2.0))(0.0)
        assert got == 0


def test_the_support_of_one_value_does_not_spoil_another() -> None:
    x = np.array([-1.0, 0.0, 2.0, np.inf])
    got = mg.grad(lambda a: np.exp(stats.gamma.logpdf(x, a)).sum())(2.5)
    only = mg.grad(lambda a: stats.gamma.pdf(2.0, a))(2.5)
    np.testing.assert_allclose(got, only)


MASS = special.ndtr(1.0)
TRUNCATED_SLOPE = (2 * np.pi) ** 0.5 * np.exp(special.ndtri(2.0**-40 * MASS) ** 2 / 2) * MASS


@pytest.mark.parametrize(
    ("call", "at", "expected"),
    [
        (stats.laplace.cdf, 0.0, 0.5),
        (stats.laplace.logsf, 0.0, -1.0),
        (lambda q: stats.gennorm.ppf(q, 2.0), 0.5, np.pi**0.5),
        (lambda q: stats.gennorm.isf(q, 1.0), 0.5, -2.0),
        (lambda x: stats.gennorm.cdf(x, 30.0), 0.0, 1 / (2 * gamma(31 / 30))),
        (lambda scale: stats.gennorm.logpdf(0.0, 0.5, scale=scale), 2.0, -0.5),
        (lambda s: stats.lognorm.ppf(0.0, s), 0.7, 0.0),
        (lambda s: stats.lognorm.isf(1.0, s), 0.7, 0.0),
        (lambda n: stats.f.ppf(0.0, n, 1.0), 1.0, 0.0),
        (lambda c: stats.genextreme.ppf(0.0, c), -0.1, -100.0),
        (lambda x: stats.genextreme.logpdf(x, 1.0), 1.0, 1.0),
        (lambda c: stats.fisk.pdf(0.0, c), 3.0, 0.0),
        (stats.gumbel_r.pdf, -800.0, 0.0),
        (stats.gumbel_l.cdf, 800.0, 0.0),
        (lambda x: stats.loggamma.pdf(x, 1.5), 800.0, 0.0),
        (lambda x: stats.powerlaw.pdf(x, 0.5), 0.0, 0.0),
        (lambda x: stats.genpareto.logpdf(x, 0.0), 800.0, -1.0),  # exp(x) overflows
        (lambda c: stats.genpareto.logsf(1.0, c), 1e-9, 0.5 - 2e-9 / 3),
        (lambda x: stats.genpareto.pdf(x, -0.5), 2.0, 0.0),
        (lambda x: stats.genextreme.logpdf(x, 0.0), 800.0, -1.0),
        (lambda x: stats.loggamma.logcdf(x, 0.3), -800.0, 0.3),  # exp(x) underflows
        (lambda x: stats.fisk.logpdf(x, 10.0), 1e100, -11e-100),
        # For n = d = 1, 1 - sf is 2 / pi arctan(sqrt(x)); the slopes by mpmath, where SciPy's u rounds to 1.
        (lambda n: stats.f.logsf(4e17, n, 1.0), 1.0, 0.19314718055994531),
        (lambda q: stats.truncnorm.ppf(q, -1.0, np.inf), 1 - 2.0**-40, TRUNCATED_SLOPE),
        (mg.grad(lambda x: stats.logistic.logpdf(x)), 0.0, -0.5),
        (mg.grad(lambda x: stats.fisk.logpdf(x, 3.0)), 1.0, -3.5),
        (mg.grad(lambda x: stats.gennorm.logpdf(x, 2.0)), 0.0, -2.0),
        (mg.grad(lambda x: stats.gennorm.cdf(x, 2.0)), 0.0, 0.0),
        (mg.grad(lambda q: stats.cauchy.ppf(q, 1.3, 2.7)), 0.5, 0.0),
        (mg.grad(lambda x: stats.truncnorm.logcdf(x, -np.inf, 1.0)), 0.0, -2 / np.pi),
    ],
)
def test_slopes_at_the_center_at_the_edge_and_in_the_tail(call: Any, at: float, expected: float) -> None:
    np.testing.assert_allclose(mg.grad(call)(at), expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("call", "at", "expected"),
    [
        (lambda q: stats.f.isf(q, 0.2, 3.0), 0.999, 8.393193410673565e-30),
        (stats.halfcauchy.ppf, 1e-12, np.pi / 2 * 1e-12),
        (stats.halfcauchy.isf, 1.0, 0.0),
        (lambda q: stats.genpareto.ppf(q, 0.5), 1e-12, 1e-12 + 0.75e-24),
        (lambda q: stats.genpareto.isf(q, 0.5), 1e-320, 2e160),
        (lambda q: stats.loggamma.ppf(q, 0.02), 1e-12, original.loggamma.ppf(1e-12, 0.02)),
        (lambda x: stats.loggamma.sf(x, 0.02), -800.0, original.loggamma.sf(-800.0, 0.02)),
        (lambda x: stats.genextreme.pdf(x, 0.0), -800.0, 0.0),
    ],
)
def test_values_in_the_tails_keep_their_digits(call: Any, at: float, expected: float) -> None:
    np.testing.assert_allclose(call(mg.tensor(at)).numpy(), expected, rtol=1e-5 if at == 1e-320 else 1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_a_tail_that_underflows_in_low_precision_has_its_slope(dtype: Any) -> None:
    slope = mg.grad(lambda x: stats.laplace.logcdf(x).sum())(np.array([-200.0], dtype))
    assert slope.dtype == dtype
    assert slope == 1


def test_second_derivatives_follow() -> None:
    curvature = mg.hessian(lambda p: stats.norm.logpdf(1.0, loc=p[0], scale=p[1]))(np.array([0.4, 2.0]))
    # -1 / s^2, -2 (x - m) / s^3 and 1 / s^2 - 3 (x - m)^2 / s^4
    np.testing.assert_allclose(curvature, [[-0.25, -0.15], [-0.15, 0.25 - 3 * 0.36 / 16]])


def test_a_frozen_distribution_takes_tensors() -> None:
    loc = mg.tensor(0.5, requires_grad=True)
    frozen = stats.norm(loc, scale=2.0)
    frozen.logpdf(1.5).backward()
    assert loc.grad == 0.25
    assert type(stats.norm(0.5, 2.0)) is type(original.norm(0.5, 2.0))
    with pytest.raises(AttributeError, match="a frozen distribution with tensors has pdf, logpdf"):
        _ = frozen.rvs


def test_float32_stays_float32() -> None:
    x = mg.tensor(np.ones(2, np.float32))
    assert stats.gamma.cdf(x, 2.5).dtype == stats.norm.logpdf(x, 0, 2).dtype == np.float32


def test_other_attributes_are_those_of_scipy() -> None:
    assert stats.norm.shapes is original.norm.shapes
    assert stats.norm.cdf(0.0) == 0.5
    assert stats.rankdata is original.rankdata
    assert pickle.loads(pickle.dumps(stats.norm)) is stats.norm


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda t: stats.norm.logpdf(t, 0, 1, 2),
            ArgumentError,
            r"norm\(loc, scale\): 3 parameters were given",
        ),
        (lambda t: stats.norm.logpdf(t, scal=2), ArgumentError, "'scal' is unknown"),
        (lambda t: stats.norm.logpdf(t, 0, loc=2), ArgumentError, "'loc' is given twice"),
        (lambda t: stats.gamma(scale=t), ArgumentError, r"gamma\(a, loc, scale\): 'a' is missing"),
        (lambda t: stats.poisson.pmf(t, 2.0), ArgumentError, "'k' is a whole number"),
        (lambda t: stats.binom.pmf(1, t, 0.5), ArgumentError, "'n' is a whole number"),
        (lambda t: stats.poisson.pmf(1, 2.0, loc=t), ArgumentError, "'loc' is a whole number"),
        (lambda t: stats.multinomial.pmf([1], t, [1.0]), ArgumentError, "'n' is a whole number"),
        (lambda t: stats.vonmises.cdf(t, 2.0), NoOperationError, "cdf has no formula for tensors; .* logpdf"),
        (lambda t: stats.multinomial.logpmf([1], 1, np.stack([t])), ArgumentError, "do not add up to 1"),
        (
            lambda t: stats.multivariate_normal.cdf([0.0], np.stack([t])),
            NoOperationError,
            "cdf has no formula",
        ),
        (
            lambda t: stats.multivariate_normal.logpdf([0.0, 0.0], np.stack([t, t, t]), np.eye(2)),
            ArgumentError,
            r"3 values, and cov has the shape \(2, 2\)",
        ),
        (
            lambda t: stats.multivariate_normal.logpdf(np.zeros((2, 3)), np.stack([t, t]), np.eye(2)),
            ArgumentError,
            r"x of shape \(..., 2\)",
        ),
    ],
)
def test_wrong_arguments_are_named(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call(mg.tensor(0.5, requires_grad=True))


MEAN, COV = np.array([0.3, -0.2]), np.array([[1.4, 0.3], [0.3, 0.8]])
PROBABILITIES = np.array([0.2, 0.5, 0.3])


@pytest.mark.parametrize(
    ("name", "method", "arguments"),
    [
        ("multivariate_normal", "logpdf", (np.array([[0.5, 0.1], [1.0, 2.0]]), MEAN, COV)),
        ("multivariate_normal", "pdf", (np.array([[[0.5, 0.1]], [[1.0, 2.0]]]), MEAN, COV)),
        ("multivariate_normal", "logpdf", (np.array([0.5, 0.1]), np.array([0.3]), np.array(2.0))),
        ("multivariate_normal", "logpdf", (np.array([0.5, 0.1]), MEAN, np.array([2.0, 0.5]))),
        ("multivariate_normal", "entropy", (MEAN, COV)),
        ("dirichlet", "logpdf", (PROBABILITIES, np.array([1.5, 2.0, 0.7]))),
        ("dirichlet", "pdf", (PROBABILITIES[:2], np.array([1.5, 2.0, 0.7]))),
        ("multinomial", "logpmf", (np.array([1, 2, 3]), np.array(6), PROBABILITIES)),
        ("multinomial", "pmf", (np.array([[1, 2.5, 2.5], [2, 1, 3]]), np.array(6), PROBABILITIES)),
    ],
)
def test_distributions_of_vectors(name: str, method: str, arguments: tuple[Any, ...]) -> None:
    expected = getattr(getattr(original, name), method)(*arguments)
    got = getattr(getattr(stats, name), method)(*arguments[:-1], mg.tensor(arguments[-1]))
    np.testing.assert_allclose(got.numpy(), expected, rtol=1e-12)
    assert got.shape == np.shape(expected)


def test_the_gradient_in_a_covariance_is_symmetric() -> None:
    x = np.array([[0.5, 0.1], [1.0, 2.0]])
    got = mg.grad(lambda cov: stats.multivariate_normal.logpdf(x, MEAN, cov).sum())(COV)
    inverse = np.linalg.inv(COV)
    y = (x - MEAN) @ inverse
    np.testing.assert_allclose(got, (y.T @ y - 2 * inverse) / 2)  # Petersen and Pedersen (2012), 57 and 61
