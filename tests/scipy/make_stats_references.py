"""Write stats.json: slopes of the distributions of minigrad_scipy.stats, by mpmath with 30 digits in the differences.

Run this script with a Python that has mpmath: `python tests/scipy/make_stats_references.py`. The cumulative
probability is the integral, or the sum, of the density; the quantile's slopes follow from its slopes.
"""

# ruff: noqa: E501 - one line for each distribution

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

mp: Any = importlib.import_module("mpmath")
mp.mp.dps = 15
PI, inf = mp.pi, mp.inf
LOC, SCALE = mp.mpf("0.3"), mp.mpf("1.7")


def normal(z: Any) -> Any:
    return mp.exp(-z * z / 2) / mp.sqrt(2 * PI)


def gumbel(z: Any) -> Any:
    return mp.exp(-z - mp.exp(-z))


def weibull(z: Any, c: Any) -> Any:
    return c * z ** (c - 1) * mp.exp(-(z**c))


# Name -> (density in standard form, low end, shapes, point). Below -8, and -20, two densities are under 1e-300.
DENSITIES: dict[str, tuple[Callable[..., Any], Any, tuple[float, ...], float]] = {
    "norm": (normal, -inf, (), 0.4),
    "expon": (lambda z: mp.exp(-z), 0, (), 0.4),
    "gamma": (lambda z, a: z ** (a - 1) * mp.exp(-z) / mp.gamma(a), 0, (2.3,), 1.4),
    "beta": (lambda z, a, b: z ** (a - 1) * (1 - z) ** (b - 1) / mp.beta(a, b), 0, (1.7, 2.4), 0.3),
    "t": (lambda z, n: (1 + z * z / n) ** (-(n + 1) / 2) / (mp.sqrt(n) * mp.beta(n / 2, mp.mpf(1) / 2)), -inf, (3.5,), 0.4),
    "chi2": (lambda z, k: z ** (k / 2 - 1) * mp.exp(-z / 2) / (2 ** (k / 2) * mp.gamma(k / 2)), 0, (4.2,), 2.4),
    "f": (lambda z, m, n: (m / n) ** (m / 2) * z ** (m / 2 - 1) * (1 + m * z / n) ** (-(m + n) / 2) / mp.beta(m / 2, n / 2), 0, (3.5, 6.5), 0.8),
    "uniform": (lambda z: mp.mpf(1), 0, (), 0.4),
    "laplace": (lambda z: mp.exp(-abs(z)) / 2, -inf, (), -0.4),
    "logistic": (lambda z: mp.exp(-z) / (1 + mp.exp(-z)) ** 2, -inf, (), 0.4),
    "lognorm": (lambda z, s: normal(mp.log(z) / s) / (s * z), 0, (0.7,), 1.4),
    "cauchy": (lambda z: 1 / (PI * (1 + z * z)), -inf, (), 0.4),
    "invgamma": (lambda z, a: z ** (-a - 1) * mp.exp(-1 / z) / mp.gamma(a), 0, (2.2,), 0.6),
    "halfnorm": (lambda z: 2 * normal(z), 0, (), 0.4),
    "halfcauchy": (lambda z: 2 / (PI * (1 + z * z)), 0, (), 0.4),
    "rayleigh": (lambda z: z * mp.exp(-z * z / 2), 0, (), 0.4),
    "maxwell": (lambda z: 2 * z * z * normal(z), 0, (), 0.9),
    "loggamma": (lambda z, c: mp.exp(c * z - mp.exp(z)) / mp.gamma(c), -inf, (1.6,), 0.4),
    "gennorm": (lambda z, b: b * mp.exp(-(abs(z) ** b)) / (2 * mp.gamma(1 / b)), -inf, (1.7,), -0.4),
    "powerlaw": (lambda z, a: a * z ** (a - 1), 0, (1.6,), 0.4),
    "skewnorm": (lambda z, a: normal(z) * mp.erfc(-a * z / mp.sqrt(2)), -inf, (1.3,), 0.4),
    "truncnorm": (lambda z, a, b: 2 * normal(z) / (mp.erf(b / mp.sqrt(2)) - mp.erf(a / mp.sqrt(2))), None, (-1.1, 1.9), 0.4),
    "vonmises": (lambda z, k: mp.exp(k * mp.cos(z)) / (2 * PI * mp.besseli(0, k)), -PI, (1.4,), 0.4),
    "wrapcauchy": (lambda z, c: (1 - c * c) / (2 * PI * (1 + c * c - 2 * c * mp.cos(z))), 0, (0.4,), 0.4),
    "fisk": (lambda z, c: c * z ** (c - 1) / (1 + z**c) ** 2, 0, (1.6,), 0.4),
    "invgauss": (lambda z, m: mp.exp(-((z - m) ** 2) / (2 * z * m * m)) / mp.sqrt(2 * PI * z**3), 0, (1.3,), 0.9),
    "triang": (lambda z, c: 2 * z / c if z < c else 2 * (1 - z) / (1 - c), 0, (0.4,), 0.3),
    "weibull_min": (weibull, 0, (1.8,), 0.4),
    "weibull_max": (lambda z, c: weibull(-z, c), -inf, (1.8,), -0.4),
    "pareto": (lambda z, b: b * z ** (-b - 1), 1, (2.5,), 1.4),
    "gumbel_r": (gumbel, -8, (), 0.4),
    "gumbel_l": (lambda z: gumbel(-z), -inf, (), 0.4),
    "genextreme": (lambda z, c: mp.exp(-((1 - c * z) ** (1 / c))) * (1 - c * z) ** (1 / c - 1), -20, (0.2,), 0.4),
    "genpareto": (lambda z, c: (1 + c * z) ** (-1 / c - 1), 0, (-0.1,), 0.4),
}  # fmt: skip
# Name -> (probability of k, shapes, k, the first shape that has a slope).
MASSES: dict[str, tuple[Callable[..., Any], tuple[float, ...], int, int]] = {
    "bernoulli": (lambda k, p: p**k * (1 - p) ** (1 - k), (0.3,), 0, 0),
    "binom": (lambda k, n, p: mp.binomial(n, k) * p**k * (1 - p) ** (n - k), (6, 0.35), 2, 1),
    "nbinom": (lambda k, n, p: mp.binomial(k + n - 1, k) * p**n * (1 - p) ** k, (4.5, 0.4), 2, 1),
    "geom": (lambda k, p: p * (1 - p) ** (k - 1) if k > 0 else mp.mpf(0), (0.3,), 2, 0),
    "poisson": (lambda k, m: m**k * mp.exp(-m) / mp.factorial(k), (2.6,), 2, 0),
    "betabinom": (lambda k, n, a, b: mp.binomial(n, k) * mp.beta(k + a, n - k + b) / mp.beta(a, b), (6, 1.7, 2.5), 2, 1),
}  # fmt: skip


def slopes(f: Callable[..., Any], args: list[Any], first: int = 0) -> list[float]:
    """Return the derivatives in the arguments from `first` on."""
    return [float(mp.diff(lambda x, i=i: f(*args[:i], x, *args[i + 1 :]), args[i])) for i in range(first, len(args))]  # fmt: skip


def main() -> None:
    table: dict[str, Any] = {}
    for name, (density, low, shapes, z) in DENSITIES.items():

        def log_density(x: Any, *rest: Any, density: Any = density) -> Any:
            *given, loc, scale = rest
            return mp.log(density((x - loc) / scale, *given) / scale)

        def probability(x: Any, *rest: Any, density: Any = density, low: Any = low) -> Any:
            *given, loc, scale = rest
            start, end = given[0] if low is None else low, (x - loc) / scale
            cuts = [start, end - 3, end - 1, end] if start == -inf else [start, (start + end) / 2, end]
            return mp.quad(lambda u: density(u, *given), cuts)

        x = LOC + SCALE * mp.mpf(z)
        args = [x, *map(mp.mpf, shapes), LOC, SCALE]
        table[name] = {
            "at": [*map(float, args)],
            "logpdf": slopes(log_density, args),
        }
        if name not in ("skewnorm", "vonmises", "wrapcauchy"):  # their cdf has no formula for tensors
            table[name]["cdf"] = slopes(probability, args)
    for name, (mass, shapes, k, first) in MASSES.items():
        args = list(map(mp.mpf, shapes))
        table[name] = {
            "at": [k, *shapes],
            "logpmf": slopes(lambda *p, k=k, mass=mass: mp.log(mass(k, *p)), args, first),
        }  # fmt: skip
    Path(__file__).with_name("stats.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
