"""Derivatives of the gamma, digamma and zeta functions at poles and for complex numbers. DLMF 5, 25."""

from __future__ import annotations

from math import factorial, pi
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array

# Bernoulli's numbers B_2, B_4, ..., for the series of Euler and Maclaurin.
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798)


def differentiate_rgamma(x: Any) -> Any:
    """Return the derivative of 1 / gamma(x), finite where gamma has a pole."""
    low = np.real(x) < 0.5
    z = 1 - np.where(low, x, 0.5)
    # rgamma(x) = sin(pi x) gamma(1 - x) / pi, DLMF 5.5.3: at a pole the factor of digamma is 0.
    reflected = special.gamma(z) * (np.cos(pi * x) - np.sin(pi * x) / pi * special.psi(z))
    return np.where(low, reflected, -special.rgamma(x) * special.psi(np.where(low, 0.5, x)))


def trigamma(x: Any) -> Any:
    """Return the derivative of digamma: SciPy has it for real numbers as zeta(2, x), DLMF 5.15.1."""
    if x.dtype.kind != "c":
        return special._zeta(2.0, x)
    low = np.real(x) < 0.5
    z = np.where(low, 1 - x, x)
    total: Any = 0.0
    count = 15
    for k in range(count):
        total = total + 1 / (z + k) ** 2
    z = z + count
    total = total + 1 / z + 1 / (2 * z * z)
    for k, number in enumerate(BERNOULLI, start=1):  # DLMF 5.15.8
        total = total + number / z ** (2 * k + 1)
    return np.where(low, (pi / np.sin(pi * np.where(low, x, 0.5))) ** 2 - total, total)


def differentiate_zeta(s: Any, q: Any) -> Any:
    """Return the derivative of Hurwitz's zeta function in s, for q > 0, by Euler and Maclaurin: DLMF 25.11.

    The first 20 terms are summed, and the rest is an integral with corrections. d/ds n^-s = -log(n) n^-s.
    """
    total: Any = 0.0
    for k in range(20):
        total = total - np.log(q + k) * (q + k) ** -s
    n = q + 20
    log, power = np.log(n), n**-s
    total = total - n * power * (log / (s - 1) + 1 / (s - 1) ** 2) - log * power / 2
    factor, slope = s * power / n, (1 - s * log) * power / n  # s n^(-s - 1), and its derivative in s
    for k, number in enumerate(BERNOULLI, start=1):
        scale = number / factorial(2 * k)
        total = total + scale * slope
        for step in (2 * k - 1, 2 * k):  # factor (s + step) / n, by the product rule
            factor, slope = factor * (s + step) / n, (slope * (s + step) + factor) / n
    return total


def differentiate_riemann_zeta(s: Array) -> Array:
    """Return the derivative of Riemann's zeta function, below -0.5 by reflection: DLMF 25.4.1."""
    low = s < -0.5
    t = 1 - np.where(low, s, -0.5)  # zeta(1 - t) = 2 (2 pi)^-t cos(pi t / 2) gamma(t) zeta(t)
    right = differentiate_zeta(np.where(low, t, s), 1.0)
    scale = 2 * np.exp(special.gammaln(t) - t * np.log(2 * pi))
    zeta, logs = special._riemann_zeta(t), np.log(2 * pi) - special.psi(t)
    cosine, sine = np.cos(pi * t / 2), np.sin(pi * t / 2)
    reflected = scale * (cosine * (logs * zeta - right) + pi / 2 * sine * zeta)
    return np.where(low, reflected, right)


def subtract_digamma(x: Array, m: Array) -> Array:
    """Return digamma(x + m) - digamma(x), finite for a whole m where both are infinite: DLMF 5.5.4."""
    low = (x < 0.5) & (x + m < 0.5) & (m == np.floor(m))
    z = np.where(low, 1 - x, x)
    shift = np.where(low, -m, m)
    return special.psi(z + shift) - special.psi(z)
