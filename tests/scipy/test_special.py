"""Functions of `scipy.special` that are no ufuncs, edges of domains, refusals, and digits."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

import minigrad_core as mg
from minigrad_core.errors import ArgumentError
from minigrad_scipy import special as mirror
from tests.differences import difference, take_differences

X = np.array([0.3, 0.7, 1.9])
U = np.arctanh(np.sin(0.4))  # the integral of 1 / cos from 0 to 0.4
ROWS = np.ones((2, 3)) * X
WEIGHTS = np.array([1.0, -2.0, 0.0])


@pytest.mark.parametrize(
    ("name", "at", "arguments"),
    [
        ("polygamma", 1, (2, X)),
        ("polygamma", 1, (np.array([0, 1, 3]), X)),
        ("multigammaln", 0, (X + 2, 3)),
        ("diric", 0, (np.array([0.0, 2 * np.pi, 0.4, -3.0]), 4)),
        ("diric", 0, (X, np.array([3, 0, 2.5]))),
        ("comb", 0, (X + 3, 2)),
        ("comb", 1, (np.array([3.0, 1.0, 5.0]), X + 1)),
        ("perm", 0, (X + 3, 2.0)),
        ("factorial", 0, (X - 1,)),
        ("spherical_jn", 1, (2, np.array([-1.2, 0.0, 0.5]))),
        ("spherical_jn", 1, (1, X, True)),
        ("spherical_yn", 1, (1, np.array([-1.2, 0.5]))),
        ("spherical_yn", 1, (0, X, True)),
        ("spherical_in", 1, (1, np.array([-1.2, 0.0, 0.5]))),
        ("spherical_in", 1, (2, X, True)),
        ("spherical_kn", 1, (2, X)),
        ("spherical_kn", 1, (0, X, True)),
        ("sph_harm_y", 2, (3, 2, X, X + 1)),
        ("sph_harm_y", 3, (3, -1, X, X + 1)),
        ("softmax", 0, (ROWS, 1)),
        ("log_softmax", 0, (ROWS, 1)),
        ("logsumexp", 0, (ROWS, 1)),
        ("logsumexp", 0, (ROWS, 1, -WEIGHTS)),
        ("logsumexp", 0, (ROWS, 1, WEIGHTS, True)),
        ("logsumexp", 0, (ROWS, None, WEIGHTS, False, True)),
    ],
)
def test_functions_that_are_no_ufuncs(name: str, at: int, arguments: tuple[Any, ...]) -> None:
    def f(x: Any) -> Any:
        out = getattr(mirror, name)(*arguments[:at], x, *arguments[at + 1 :])
        return out[0] if isinstance(out, tuple) else out

    x = arguments[at]
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(f(mg.tensor(x)).numpy(), f(x), rtol=1e-11, atol=1e-13)
        assert f(mg.tensor(x)).shape == np.shape(f(x))
        expected = f(x)
    keep = np.isfinite(expected)

    def total(x: Any) -> Any:
        y = np.real(f(x) * (1 + 0.5j)) if expected.dtype.kind == "c" else f(x)
        return y[keep].sum()

    def step(move: Any, h: Any) -> Any:
        return total(x + h * move)

    moves = np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [difference(partial(step, move), 0.0) for move in moves]
    got = mg.grad(total)(x)
    np.testing.assert_allclose(np.ravel(got), slopes, rtol=1e-6, atol=1e-8)


def test_the_slope_of_gauss_function_holds_where_one_function_of_scipy_fails() -> None:
    # F(a, b, b, z) is (1 - z)^-a, and SciPy's function of complex numbers is NaN here.
    np.testing.assert_allclose(mg.grad(lambda z: special.hyp2f1(1.0, 1.0, 1.0, z))(-1.25), 2.25**-2)
    # 3.85 + 1 - 2.35 - 1 - 0.5 - 1 is 0 but for rounding; the slope by mpmath.
    slope = mg.grad(lambda z: special.hyp2f1(2.35, 0.5, 3.85, z))
    np.testing.assert_allclose(slope(0.9999640401673013), 18.68511608528542, rtol=1e-11)
    # The function of complex numbers is -78 in the place of -7e-10, F(6, 121, 1.5, -0.5) by mpmath.
    slope = mg.grad(lambda z: special.hyp2f1(5.0, 120.0, 0.5, z))(-0.5)
    np.testing.assert_allclose(slope, 1200 * -6.969063751567e-10, rtol=1e-11)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda t: special.jv(t, 0.3),
            "scipy.special.jv has a derivative in 'z', and none in 'v', .* pass v.numpy",
        ),
        (lambda t: special.hyp2f1(1, t, 2, 0.3), "in 'z', and none in 'b'"),
        (lambda t: special.bdtr(1, t, 0.3), "in 'p', and none in 'n'"),
        (lambda t: mirror.polygamma(t, 0.3), "none in 'n'"),
        (lambda t: mirror.comb(t, 2, exact=True), "exact=True gives whole numbers"),
        (lambda t: mirror.perm(t, 2, exact=True), "exact=True gives whole numbers"),
        (lambda t: mirror.factorial(t, extend="complex"), "extend='complex' takes no tensors"),
        (lambda t: mirror.multigammaln(t, 9), r"a must be above \(d - 1\) / 2 = 4.0"),
        (lambda t: mirror.sph_harm_y(2, 1, t, t, diff_n=1), "diff_n takes no tensors"),
        (lambda t: mirror.spherical_kn(1, -t), "must be positive or complex"),
    ],
)
def test_arguments_without_a_derivative_are_named(call: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        call(mg.tensor(2.0, requires_grad=True))


def test_terms_that_are_absent_have_no_slope() -> None:
    y = np.array([0.0, 2.0])
    np.testing.assert_array_equal(mg.grad(lambda y: special.xlogy(np.zeros(2), y).sum())(y), [0.0, 0.0])


def test_a_number_beside_whole_numbers_is_not_rounded_to_one() -> None:
    x = mg.tensor(np.array([0, 1, 3], np.uint8))
    np.testing.assert_allclose(special.xlogy(x, 0.5).numpy(), np.log(0.5) * np.array([0, 1, 3]))
    np.testing.assert_allclose(special.beta(x, 1.5).numpy()[1:], special.beta([1, 3], 1.5))


def test_the_slope_of_log_ndtr_is_exact_far_to_the_left() -> None:
    x = np.array([-5.0, -40.0, -1e4])
    slope = mg.grad(lambda x: special.log_ndtr(x).sum())(x)
    # The asymptotic series of Mills' ratio, DLMF 7.12.1: -x (1 + 1/x^2 - 2/x^4 + 10/x^6 ...).
    np.testing.assert_allclose(slope[1:], (-x * (1 + x**-2 - 2 * x**-4 + 10 * x**-6))[1:], rtol=1e-10)
    np.testing.assert_allclose(slope[0], np.exp(-12.5) / np.sqrt(2 * np.pi) / special.ndtr(-5.0), rtol=1e-12)


def test_a_derivative_in_float32_loses_no_digits_where_terms_cancel() -> None:
    for name in ("k0e", "i0e", "erfcx"):  # below the argument from which a series takes over
        f = getattr(special, name)
        slopes = [mg.grad(lambda x, f=f: f(x).sum())(np.array([9.5], dtype)) for dtype in ("f4", "f8")]
        np.testing.assert_allclose(slopes[0], slopes[1].astype(np.float32), rtol=3e-7)


@pytest.mark.parametrize(
    ("call", "at", "expected"),
    [
        (lambda x: special.gammainc(2.5, x), np.inf, 0.0),
        (lambda x: special.gammainc(0.5, x), 0.0, np.inf),
        (lambda x: special.gammainc(1.0, x), 0.0, 1.0),
        (lambda a: special.gammainc(a, 0.0), 2.5, 0.0),
        (lambda a: special.gammainc(a, np.inf), 2.5, 0.0),
        (lambda x: special.gammainc(2.5, x), -1.0, np.nan),
        (lambda x: special.fdtr(2.0, 3.0, x), np.inf, 0.0),
        (lambda x: special.betaincinv(2.0, 3.0, x), 0.0, np.inf),
        (lambda x: special.rgamma(x), -4.0, 24.0),
        (lambda x: special.logit(x), 1.5, np.nan),
        (lambda x: special.loggamma(x), -1.5, np.nan),
        (lambda x: special.boxcox(x, 1.5), 0.0, 0.0),
        (lambda k: special.boxcox(0.0, k), 2.0, 0.25),
        (lambda d: special.pseudo_huber(d, -3.0), 0.0, 3.0),
        (lambda d: special.pseudo_huber(d, 0.0), 0.0, 0.0),
        (lambda d: special.huber(d, -3.0), -1.0, np.nan),
        (lambda d: special.huber(d, -3.0), 0.0, 3.0),
        (lambda r: special.huber(0.0, r), -3.0, 0.0),
        (lambda z: special.airye(z)[2], -1.5, special.airy(-1.5)[3]),
        (lambda z: special.hyp0f1(0.0, z), 0.5, np.nan),
        (lambda x: special.tklmbda(x, 2.0), 0.7, 0.0),
        (lambda x: special.tklmbda(x, 2.0), -0.7, 0.0),
        (lambda k: special.tklmbda(0.7, k), 2.0, 0.0),
        (lambda p: special.pdtrik(p, 1.0), 0.2, 0.0),
        (lambda m: special.pdtrik(0.2, m), 1.0, 0.0),
        (lambda n: special.fdtridfd(n, 0.7, 1.0), 3.0, 0.0),
        (lambda p: special.fdtridfd(3.0, p, 1.0), 0.7, 0.0),
        (lambda x: special.fdtridfd(3.0, 0.7, x), 1.0, 0.0),
        (lambda n: special.binom(n, 6.0), 3.0, 1 / 60),
        (lambda k: special.binom(3.0, k), 6.0, -1 / 60),
        (lambda z: special.poch(z, 4.0), -3.0, -6.0),
        (lambda z: special.poch(z, 2.0), -4.0, -7.0),
        (lambda x: special.kolmogorov(x), 0.0, 0.0),
        (lambda x: special.expn(2, x), 0.0, -np.inf),
        (lambda m: special.ellipk(m), 1.0, np.inf),
        (lambda x: special.entr(x), 0.0, np.inf),
        (lambda x: special.xlogy(x, 0.0), 2.0, -np.inf),
        (lambda x: special.sici(x)[0], 0.0, 1.0),
        (lambda x: special.shichi(x)[0], 0.0, 1.0),
        (lambda x: special.poch(x, 3.0), -1.0, -1.0),
        (lambda x: special.cbrt(x), 0.0, 0.0),
        (lambda x: special.gamma(x), np.nan, np.nan),
        (lambda y: special.inv_boxcox(y, 1.0), -1.0, 1.0),
        (lambda k: special.boxcox(np.inf, k), -0.1, 100.0),
        (lambda nc: special.chndtr(1.5, 2.5, nc), 0.0, -stats.chi2.pdf(1.5, 4.5)),
        (lambda x: special.chndtr(x, 2.5, 0.0), 1.5, stats.chi2.pdf(1.5, 2.5)),
        (lambda x: special.chndtr(x, 3.0, 1.0), np.inf, 0.0),
        (lambda f: special.ncfdtr(2.0, 4.0, 0.0, f), 0.0, 1.0),
        (lambda nc: special.ncfdtr(1.0, 4.0, nc, 0.0), 0.5, 0.0),
        (lambda a: special.gammaincinv(a, 0.0), 2.0, 0.0),
        (lambda a: special.gammainccinv(a, 1.0), 2.0, 0.0),
        (lambda v: special.chdtri(v, 1.0), 2.0, 0.0),
        (lambda b: special.gdtrix(1.5, b, 0.0), 2.0, 0.0),
        (lambda a: special.betaincinv(a, 3.0, 0.0), 2.0, 0.0),
        (lambda b: special.betainccinv(2.0, b, 0.0), 3.0, 0.0),
        (lambda n: special.fdtri(n, 3.0, 0.0), 1.0, 0.0),
        (lambda n: special.fdtr(n, 3.0, 0.0), 1.0, 0.0),
        (lambda mn: special.nrdtrisd(mn, 0.3, 1.0), 1.0, -1 / special.ndtri(0.3)),
        (lambda x: special.it2struve0(x), 0.0, -2 / np.pi),
        (lambda m: special.ellipkinc(0.4, m), 1.0, (np.tan(0.4) / np.cos(0.4) - U) / 4),
        (lambda m: special.ellipeinc(0.4, m), 1.0, (np.sin(0.4) - U) / 2),
        (lambda x: special.elliprg(x, 1.0, 1.0), 0.0, np.pi / 8),
        (lambda y: special.elliprg(0.0, y, 0.0), 4.0, 1 / 8),
        (lambda y: special.elliprc(0.0, y), -2.0, 0.0),
        (lambda b: special.beta(2.5, b), -2.5, -0.4 * np.pi),
        (lambda p: special.elliprj(0.0, 1.0, 1.0, p), 1.0, -9 * np.pi / 16),
        (lambda z: special.hyp2f1(0.0, 1.5, 2.5, z), 7.0, 0.0),
        (lambda z: special.hyp1f1(0.0, 2.0, z), 1000.0, 0.0),
        (lambda x: special.hyperu(0.0, 2.0, x), 0.0, 0.0),
        (lambda z: special.hyp1f1(-1.0, -1.0, z), -0.5, 1.0),  # 1 + z
        (lambda a: special.gdtr(a, 0.5, 0.0), 2.0, 0.0),
        (lambda b: special.agm(0.0, b), 2.0, 0.0),
        (mg.grad(lambda lmbda: special.boxcox(0.0, lmbda)), 0.5, -16.0),  # of -1 / lmbda
        (mg.grad(lambda x: special.gammainc(2.0, x)), 0.0, 1.0),
        (mg.grad(lambda x: special.betainc(2.0, 3.0, x)), 0.0, 12.0),
        (mg.grad(lambda x: special.betainc(3.0, 2.0, x)), 1.0, -12.0),
    ],
)
def test_a_slope_at_the_edge_of_a_domain_is_its_limit(call: Any, at: float, expected: float) -> None:
    np.testing.assert_allclose(mg.grad(call)(at), expected, rtol=1e-14)


@pytest.mark.parametrize(
    ("call", "at", "expected"),
    [
        (lambda x: special.it2j0y0(x)[0], 1e-8, 0.25),
        (lambda x: special.it2i0k0(x)[0], 1e-8, 0.25),
        (lambda x: special.it2struve0(x), 1e-12, 0.0),
        (lambda x: special.expn(7, x), 0.0, 0.25),
    ],
)
def test_a_second_derivative_loses_no_digits_beside_zero(call: Any, at: float, expected: float) -> None:
    curvature = mg.grad(lambda x: mg.grad(call)(x))(at)
    np.testing.assert_allclose(curvature, expected, rtol=1e-12, atol=1e-11)


@pytest.mark.filterwarnings("ignore:floating point number truncated")
def test_scipy_truncates_counts_and_orders_in_the_slope_too() -> None:
    numbers = {"nbdtr": (-0.5, 5.5), "nbdtri": (2.5, 5.5), "pdtri": (2.5,), "expn": (-0.5,)}
    numbers |= {"kn": (0.5,), "yn": (0.5,)}
    for name, counts in numbers.items():
        f = getattr(special, name)
        slopes = [mg.grad(lambda p, f=f, n=n: f(*n, p))(0.4) for n in (counts, np.trunc(counts))]
        assert slopes[0] == slopes[1], name


def test_whole_numbers_and_bytes_are_no_wrapped_settings() -> None:
    n, x = np.array([0, 1, 3], np.uint8), np.array([0.3, 0.5, 0.7])
    for name in ("eval_legendre", "eval_chebyt", "jv", "spherical_jn"):
        f = getattr(mirror, name)
        got = mg.grad(lambda x, f=f: f(n, x).sum())(x)
        np.testing.assert_allclose(got, mg.grad(lambda x, f=f: f(n.astype(int), x).sum())(x))
    assert mg.grad(lambda x: special.jv(2, x).sum())(np.empty((0, 2))).shape == (0, 2)


def test_the_slope_of_elliprd_at_close_complex_numbers() -> None:
    z = -1.2 + 0.7j  # R_D(z, z, z) is z^(-3/2)
    slope = mg.grad(lambda x: np.real(special.elliprd(x + 0.7j, z, z)))(-1.2)
    np.testing.assert_allclose(slope, np.real(-0.3 * z**-2.5), rtol=1e-12)


@pytest.mark.parametrize("close", [1.01, 2.0])
def test_the_slope_of_elliprd_is_that_of_each_pair_of_numbers_if_arrays_broadcast(close: float) -> None:
    # Where x is close to z, an integral replaces the quotient by z - x.
    x, y, z = np.array([[0.7], [2.0]]), np.array([0.4, 1.1, 3.0]), np.array([[0.7], [2.0 * close]]) * 1.01

    def slope(*numbers: Any) -> Any:
        return mg.grad(lambda x: np.sum(special.elliprd(x, *numbers[1:])))(numbers[0])

    expected = [[sum(slope(a, b, c) for b in y)] for a, c in zip(x.ravel(), z.ravel(), strict=True)]
    np.testing.assert_allclose(slope(x, y, z), expected, rtol=1e-12)


def test_the_choice_of_nothing_with_repetition_has_a_slope() -> None:
    f = partial(mirror.comb, 5.0, repetition=True)  # (k + 1) (k + 2) (k + 3) (k + 4) / 24
    np.testing.assert_allclose(mg.grad(f)(0.0), 25 / 12)
    numbers = np.array([0.0, 0.0, 0.3, 5.0]), np.array([0.0, 0.5, 0.01, -0.1])
    got = mirror.comb(mg.tensor(numbers[0]), numbers[1], repetition=True).numpy()
    np.testing.assert_allclose(got, special.comb(*numbers, repetition=True))


def test_a_spherical_harmonic_of_too_large_an_order_is_zero() -> None:
    f = lambda theta: np.sum(np.real(mirror.sph_harm_y(1, np.array([-2, 1, 2]), theta, 0.3)))  # noqa: E731
    expected = mg.grad(lambda theta: np.real(mirror.sph_harm_y(1, 1, theta, 0.3)))(0.7)
    np.testing.assert_allclose(mg.grad(f)(0.7), expected)


@pytest.mark.parametrize("settings", [{}, {"b": np.array([1.0, -2.0j, 0.5])}, {"return_sign": True}])
def test_logsumexp_of_complex_numbers_is_that_of_scipy(settings: dict[str, Any]) -> None:
    def f(x: Any) -> Any:
        outputs = mirror.logsumexp(x + 3j * x**2, **settings)
        value, sign = outputs if settings.get("return_sign") else (outputs, 0.0)
        return np.real(value) + 2 * np.imag(value) + np.imag(sign)

    np.testing.assert_allclose(f(mg.tensor(X)).numpy(), f(X), rtol=1e-12)
    np.testing.assert_allclose(mg.grad(f)(X), take_differences(f, X), rtol=1e-6)


def test_the_slope_of_stdtr_in_its_degrees_has_a_slope_at_the_center() -> None:
    def slope(t: Any) -> Any:
        return mg.grad(lambda df: special.stdtr(df, t))(2.0)

    density = mg.grad(lambda df: mg.grad(lambda t: special.stdtr(df, t))(0.0))(2.0)
    np.testing.assert_allclose(mg.grad(slope)(0.0), density, rtol=1e-9)


def test_the_sign_of_a_complex_sum_of_zero_is_zero() -> None:
    value, sign = mirror.logsumexp(mg.tensor([1j, 1j]), b=np.array([1.0, -1.0]), return_sign=True)
    assert (value.item(), sign.item()) == (-np.inf, 0)
