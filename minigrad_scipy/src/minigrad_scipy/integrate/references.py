"""Slow and obvious versions of the functions of `scipy.integrate`, with which the contract kit compares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_STEPS = 40


def solve_ivp(y0: Any, t0: Any, t: Any, *parameters: Any, fun: Callable[..., Any], **_: Any) -> Any:
    """Return the states at the times t by the classical method of Runge and Kutta, in 40 steps for each."""
    y, states = y0, []
    for end in t:
        h = (end - t0) / _STEPS
        for k in range(_STEPS):
            s = t0 + k * h
            k1 = fun(s, y, *parameters)
            k2 = fun(s + h / 2, y + h / 2 * k1, *parameters)
            k3 = fun(s + h / 2, y + h / 2 * k2, *parameters)
            k4 = fun(s + h, y + h * k3, *parameters)
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        states.append(y)
        t0 = end
    return np.stack(states, axis=1)


def integrate(a: Any, b: Any, *parameters: Any, fun: Callable[..., Any], **_: Any) -> Any:
    """Return the integral by 40 Gauss nodes."""
    nodes = zip(*np.polynomial.legendre.leggauss(40), strict=True)
    middle, half = (a + b) / 2, (b - a) / 2
    values = [w * fun(middle + half * x, *parameters) for x, w in nodes]
    return (np.sum(values, axis=0) * half).astype(np.result_type(a, b, *parameters))
