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
    """Return the probability below z of a symmetric distribution from that of both tails beyond |z|.

    |z| is at least 1e-20, since at 0 the slope of a power times that of gammaincc is 0 times infinity.
    """
    tails = find_tails(np.where(z > 0, z, -z) + 1e-20)
    return np.where(z > 0, 1 - tails / 2, tails / 2)


def raise_size(z: Any, beta: Any) -> Any:
    """Return |z|^beta, with the slope 0 at the cusp that it has at 0 for beta < 1, as |z| has."""
    is_cusp = (z == 0) & (beta < 1)
    return np.where(is_cusp, 0, np.abs(np.where(is_cusp, 1, z)) ** beta)


def find_gennorm_tails(u: Any, beta: Any) -> Any:
    """Return the probability beyond u and -u: gammaincc, and its first terms where the power underflows."""
    tiny = detach(u) ** detach(beta) < 1e-300
    tails = special.gammaincc(1 / beta, np.where(tiny, 1, u) ** beta)
    return np.where(tiny, 1 - u / special.gamma(1 + 1 / beta), tails)


def invert_gennorm(q: Any, beta: Any) -> Any:
    """Return the point below which q lies, from the probability of both tails.

    At the median the slope is 1 / density, 2 gamma(1 + 1 / beta): that of the tails is infinite or 0 there.
    """
    is_median = q == 0.5
    inner = np.where(is_median, 0.25, q)
    size = special.gammainccinv(1 / beta, 2 * np.minimum(inner, 1 - inner)) ** (1 / beta)
    return np.where(is_median, (2 * q - 1) * special.gamma(1 + 1 / beta), np.sign(inner - 0.5) * size)
