"""Functions of scipy.special by their definitions, for mpmath with 40 digits.

SciPy only gives the first guess for the inverse of a function.
"""

# ruff: noqa: E731 - short formulas with a name

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from scipy import special

mp: Any = importlib.import_module("mpmath")
mp.mp.dps = 40
PI = mp.pi


def ndtr(x: Any) -> Any:
    return mp.erfc(-x / mp.sqrt(2)) / 2


def gamma_p(a: Any, x: Any) -> Any:
    return mp.gammainc(a, 0, x, regularized=True)


def gamma_q(a: Any, x: Any) -> Any:
    return mp.gammainc(a, x, mp.inf, regularized=True)


def beta_i(a: Any, b: Any, x: Any) -> Any:
    return mp.betainc(a, b, 0, x, regularized=True)


def fdtr(n: Any, d: Any, x: Any) -> Any:
    return beta_i(n / 2, d / 2, n * x / (n * x + d))


def stdtr(df: Any, t: Any) -> Any:
    tail = beta_i(df / 2, mp.mpf(1) / 2, df / (df + t * t)) / 2
    return 1 - tail if t > 0 else tail


def chndtr(x: Any, df: Any, nc: Any) -> Any:
    weight: Any = lambda j: mp.exp(-nc / 2) * (nc / 2) ** j / mp.factorial(j)
    return mp.nsum(lambda j: weight(j) * gamma_p(df / 2 + j, x / 2), [0, 80], method="d")


def ncfdtr(n: Any, d: Any, nc: Any, f: Any) -> Any:
    weight: Any = lambda j: mp.exp(-nc / 2) * (nc / 2) ** j / mp.factorial(j)
    u = n * f / (n * f + d)
    return mp.nsum(lambda j: weight(j) * beta_i(n / 2 + j, d / 2, u), [0, 80], method="d")


def kolmogorov(y: Any) -> Any:
    return 2 * mp.nsum(lambda k: (-1) ** (int(k) - 1) * mp.exp(-2 * k * k * y * y), [1, 40], method="d")


def owens_t(h: Any, a: Any) -> Any:
    return mp.quad(lambda x: mp.exp(-h * h * (1 + x * x) / 2) / (1 + x * x), [0, a]) / (2 * PI)


def wofz(z: Any) -> Any:
    return mp.exp(-z * z) * mp.erfc(-1j * z)


def spherical(bessel: Callable[..., Any], n: Any, z: Any) -> Any:
    return mp.sqrt(PI / (2 * z)) * bessel(n + mp.mpf(1) / 2, z)


def modfresnel(x: Any) -> Any:
    return mp.sqrt(PI) / 2 * mp.expjpi(mp.mpf(1) / 4) * mp.erfc(x * mp.expjpi(-mp.mpf(1) / 4))


def voigt(x: Any, sigma: Any, gamma: Any) -> Any:
    return mp.re(wofz((x + 1j * gamma) / (sigma * mp.sqrt(2)))) / (sigma * mp.sqrt(2 * PI))


def boxcox(x: Any, k: Any) -> Any:
    return (x**k - 1) / k if k else mp.log(x)


def inv_boxcox(y: Any, k: Any) -> Any:
    return (1 + k * y) ** (1 / k) if k else mp.exp(y)


def sh_jacobi(n: Any, p: Any, q: Any, x: Any) -> Any:
    return mp.jacobi(n, p - q, q - 1, 2 * x - 1) / mp.binomial(2 * n + p - 1, n)


def wright_bessel(a: Any, b: Any, x: Any) -> Any:
    return mp.nsum(lambda k: x**k / (mp.factorial(k) * mp.gamma(a * k + b)), [0, 80], method="d")


def amplitude(u: Any, m: Any) -> Any:
    return mp.findroot(lambda phi: mp.ellipf(phi, m) - u, u)


def inverse(name: str, function: Callable[..., Any], place: int) -> Callable[..., Any]:
    """Return the inverse of a function in the argument at `place`; SciPy's `name` gives the guess."""

    def solve(*args: Any) -> Any:
        guess = mp.mpf(float(getattr(special, name)(*map(float, args))))
        others = [*args[:place], None, *args[place + 1 :]]
        p = args[place]
        f = lambda y: function(*(y if x is None else x for x in others)) - p
        return mp.findroot(f, (guess, guess * (1 + mp.mpf(10) ** -9)), solver="secant", tol=mp.mpf(10) ** -60)

    return solve


def swap(function: Callable[..., Any], order: tuple[int, ...]) -> Callable[..., Any]:
    """Return function(args[order[0]], ...)."""
    return lambda *args: function(*(args[i] for i in order))


def expand_mathieu(even: bool, m: int, q: Any) -> tuple[list[int], Any]:
    """Return the orders and the coefficients of the series of ce_m, or of se_m. DLMF 28.4."""
    first = m % 2 if even else 2 - m % 2
    orders = [first + 2 * i for i in range(30)]
    a = mp.matrix(30, 30)
    for i, n in enumerate(orders):
        a[i, i] = mp.mpf(n) ** 2
        if i:
            a[i, i - 1] = a[i - 1, i] = q * (mp.sqrt(2) if n == 2 and even else 1)
    if first == 1:
        a[0, 0] += q if even else -q
    v = mp.eigsy(a)[1][:, (m - first) // 2]
    v = [x / mp.sqrt(2) if n == 0 else x for n, x in zip(orders, v, strict=True)]
    sign = mp.sign(sum_at_zero(even, orders, v))
    return orders, [x * sign for x in v]


def sum_at_zero(even: bool, orders: Any, v: Any) -> Any:
    """Return ce_m(0), or se_m'(0)."""
    return mp.fsum(x * (1 if even else n) for n, x in zip(orders, v, strict=True))


def mathieu(even: bool) -> Callable[..., Any]:
    """Return ce_m(q, x), or se_m(q, x), at x degrees."""

    def function(m: Any, q: Any, x: Any) -> Any:
        orders, v = expand_mathieu(even, int(m), q)
        wave = mp.cos if even else mp.sin
        return mp.fsum(c * wave(n * x * PI / 180) for n, c in zip(orders, v, strict=True))

    return function


def modified_mathieu(even: bool, bessel: Callable[..., Any]) -> Callable[..., Any]:
    """Return Mc_m or Ms_m, as a series of Bessel functions of 2 sqrt(q) cosh(x). DLMF 28.23.6 to 28.23.13."""

    def function(m: Any, q: Any, x: Any) -> Any:
        orders, v = expand_mathieu(even, int(m), q)
        z = 2 * mp.sqrt(q) * mp.cosh(x)
        terms = (
            (-1) ** i * c * (1 if even else n) * bessel(n, z)
            for i, (n, c) in enumerate(zip(orders, v, strict=True))
        )
        sign = (-1) ** ((int(m) - orders[0]) // 2)
        return sign * mp.fsum(terms) / sum_at_zero(even, orders, v) * (1 if even else mp.tanh(x))

    return function


def legendre_p(m: int, x: Any) -> list[Any]:
    """Return P_l^m(x) for |x| <= 1 and l from m to m + 59, without the sign (-1)^m. DLMF 14.10.3."""
    p = [mp.fac2(2 * m - 1) * (1 - x * x) ** (mp.mpf(m) / 2)]
    p.append(x * (2 * m + 1) * p[0])
    for k in range(m + 2, m + 60):
        p.append(((2 * k - 1) * x * p[-1] - (k + m - 1) * p[-2]) / (k - m))
    return p


def expand_spheroidal(m: int, n: int, square: Any) -> tuple[list[int], list[Any]]:
    """Return the degrees l and the coefficients of S_mn in P_l^m: eigenvectors of l (l + 1) + square x^2.

    Flammer's scale: S_mn and P_n^m have the same value at 0, or the same slope where both are odd.
    """
    degrees = [m + (n - m) % 2 + 2 * i for i in range(20)]
    weight: Any = lambda k: mp.sqrt((mp.mpf(k) ** 2 - m * m) / (4 * mp.mpf(k) ** 2 - 1))
    a = mp.matrix(20, 20)
    for i, k in enumerate(degrees):
        a[i, i] = k * (k + 1) + square * (weight(k) ** 2 + weight(k + 1) ** 2)
        if i:
            a[i, i - 1] = a[i - 1, i] = square * weight(k) * weight(k - 1)
    v = mp.eigsy(a)[1][:, (n - m) // 2]
    v = [
        x * mp.sqrt((2 * k + 1) * mp.factorial(k - m) / mp.factorial(k + m))
        for k, x in zip(degrees, v, strict=True)
    ]
    at: Any = lambda k: legendre_p(m, mp.mpf(0))[k - m]
    if (n - m) % 2:
        at = lambda k: mp.diff(lambda x: legendre_p(m, x)[k - m], 0)
    scale = at(n) / mp.fsum(x * at(k) for k, x in zip(degrees, v, strict=True))
    return degrees, [x * scale for x in v]


def spheroidal_angular(sign: int) -> Callable[..., Any]:
    """Return S_mn(c, x), prolate for the sign 1 and oblate for -1. DLMF 30.8."""

    def function(m: Any, n: Any, c: Any, x: Any) -> Any:
        degrees, d = expand_spheroidal(int(m), int(n), sign * c * c)
        p = legendre_p(int(m), x)
        return mp.fsum(v * p[k - int(m)] for k, v in zip(degrees, d, strict=True))

    return function


def spheroidal_radial(sign: int) -> Callable[..., Any]:
    """Return R_mn(c, x) of the first kind, as a series of spherical Bessel functions. DLMF 30.11.3."""

    def function(m: Any, n: Any, c: Any, x: Any) -> Any:
        m, n = int(m), int(n)
        degrees, d = expand_spheroidal(m, n, sign * c * c)
        w = [v * mp.factorial(k + m) / mp.factorial(k - m) for k, v in zip(degrees, d, strict=True)]
        terms = (
            (-1) ** ((k - n) // 2) * v * spherical(mp.besselj, k, c * x)
            for k, v in zip(degrees, w, strict=True)
        )
        return (1 - sign / x**2) ** (mp.mpf(m) / 2) * mp.fsum(terms) / mp.fsum(w)

    return function


def with_slope(function: Callable[..., Any], unit: Any = 1) -> tuple[Callable[..., Any], ...]:
    """Return the function, and its derivative in the last argument, for x in units of `unit`."""
    return function, lambda *args: mp.diff(lambda x: function(*args[:-1], x), args[-1]) / unit
