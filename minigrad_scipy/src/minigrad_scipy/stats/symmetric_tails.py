"""Symmetric distributions: one tail from the other, or both from the probability of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_ops_basic.dtypes import detach

_OPPOSITE = {"cdf": "sf", "sf": "cdf", "logcdf": "logsf", "logsf": "logcdf", "ppf": "isf", "isf": "ppf"}


def reflect(formulas: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Return the formulas of the distribution of -z: its probability below z is that above -z."""

    def negate(name: str, f: Callable[..., Any]) -> Callable[..., Any]:
        if name in ("ppf", "isf"):
            return lambda q, *shapes: -f(q, *shapes)
        return lambda z, *shapes: f(-z, *shapes)

    return {_OPPOSITE.get(name, name): negate(name, f) for name, f in formulas.items()}


def complete_symmetric(formulas: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Return the formulas of a symmetric distribution, those of the upper tail from the lower one."""
    return {**reflect(formulas), **formulas}


def halve_tails(z: Any, find_tails: Callable[..., Any]) -> Any:
    """Return the probability below z of a symmetric distribution from that of both tails beyond |z|."""
    tails = find_tails(np.where(z > 0, z, -z))
    return np.where(z > 0, 1 - tails / 2, tails / 2)


def raise_size(z: Any, beta: Any) -> Any:
    """Return |z|^beta, with the slope 0 at the cusp that it has at 0 for beta < 1, as |z| has.

    From beta = 2 on it is a power of z^2: the second derivative of a power of |z| is 0 at 0.
    """
    is_cusp, has_curve = (z == 0) & (beta < 1), beta >= 2
    base = np.where(has_curve, z * z, np.abs(np.where(is_cusp, 1, z)))
    return np.where(is_cusp, 0, base ** np.where(has_curve, beta / 2, beta))


def measure_gennorm(z: Any, beta: Any) -> Any:
    """Return the probability below z, from that of both tails, or from the first terms of its series.

    Where x = |z|^beta is small, the slope of x times that of gammaincc(1 / beta, x) is 0 times infinity.
    DLMF 8.7.1 with a = 1 / beta: z exp(-x) / gamma(a + 1) (1 + x / (a + 1) + x^2 / (a + 1) / (a + 2) + ...).
    """
    close = raise_size(detach(z), detach(beta)) < 1e-5
    near, a = np.where(close, z, 0), 1 / beta
    x = raise_size(near, beta)
    series = near * np.exp(-x) * (1 + x / (a + 1) * (1 + x / (a + 2))) / special.gamma(a + 1)
    far = halve_tails(np.where(close, 1, z), lambda u: special.gammaincc(a, u**beta))
    return np.where(close, 0.5 + series / 2, far)


def invert_gennorm(q: Any, beta: Any) -> Any:
    """Return the point below which q lies, from the probability of both tails.

    At the median the slope is 1 / density, 2 gamma(1 + 1 / beta): that of the tails is infinite or 0 there.
    """
    is_median = q == 0.5
    inner = np.where(is_median, 0.25, q)
    size = special.gammainccinv(1 / beta, 2 * np.minimum(inner, 1 - inner)) ** (1 / beta)
    return np.where(is_median, (2 * q - 1) * special.gamma(1 + 1 / beta), np.sign(inner - 0.5) * size)
