"""Windows of M points, in their parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from minigrad_core import Operation
from minigrad_core.cases import Case, between, real
from minigrad_core.errors import InputError

from ...composites import Composite


def _center(M: int, sym: bool) -> Any:
    """Return the distances of the points from the center; without `sym`, those of a period of M points."""
    return np.arange(M) - (M - 1 if sym else M) / 2


def shape_gaussian(std: Any, *, M: int, sym: bool = True) -> Any:
    """exp(-n^2 / (2 std^2)) at the distances n from the center. std: one number -> (M,)."""
    return np.exp(-(_center(M, sym) ** 2) / (2 * std * std))


def shape_general_gaussian(p: Any, sig: Any, *, M: int, sym: bool = True) -> Any:
    """exp(-|n / sig|^(2 p) / 2) at the distances n from the center. p, sig: one number each -> (M,)."""
    return np.exp(-0.5 * np.abs(_center(M, sym) / sig) ** (2 * p))


def shape_exponential(tau: Any = None, *, M: int, center: float | None = None, sym: bool = True) -> Any:
    """exp(-|n - center| / tau) at the points n. tau: one number, 1 by default -> (M,)."""
    n = _center(M, sym)
    n = n if center is None else np.arange(M) - center
    return np.exp(-np.abs(n) / (1.0 if tau is None else tau))


def shape_kaiser(beta: Any, *, M: int, sym: bool = True) -> Any:
    """I_0(beta sqrt(1 - (n / c)^2)) / I_0(beta) at the distances n up to c. beta: one number -> (M,)."""
    n = _center(M, sym)
    root = np.sqrt(1 - (n / n[0]) ** 2)
    return special.i0(beta * root) / special.i0(beta)


def shape_cosines(a: Any, *, M: int, sym: bool = True) -> Any:
    """The sum of a_k cos(k t) for t from -pi to pi. a: (k,) -> (M,)."""
    turns = _center(M, sym) * (2 * np.pi / (M - 1 if sym else M))
    return np.cos(np.multiply.outer(turns, np.arange(a.shape[0]))) @ a


def shape_hamming(alpha: Any, *, M: int, sym: bool = True) -> Any:
    """Alpha + (1 - alpha) cos(t) for t from -pi to pi. alpha: one number -> (M,)."""
    return shape_cosines(np.stack([alpha, 1 - alpha]), M=M, sym=sym)


class ParametricWindow(Composite):
    """A window of two or more points; that of one point is constant."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        if settings["M"] < 2:
            raise InputError(f"{self.function_name}: expected M >= 2 for tensors, got {settings['M']}")
        return super().compute(*inputs, **settings)


_NUMBER = between(0.5, 2, "")
OPERATIONS: tuple[Operation, ...] = tuple(
    ParametricWindow(
        f"signal.windows.{name}",
        formula,
        [Case(**arguments, M=5), Case(**arguments, M=4, sym=False)],
        name=f"windows_{name}",
        real=True,
    )
    for name, formula, arguments in (
        ("gaussian", shape_gaussian, {"std": _NUMBER}),
        ("general_gaussian", shape_general_gaussian, {"p": _NUMBER, "sig": _NUMBER}),
        ("exponential", shape_exponential, {"tau": _NUMBER}),
        ("kaiser", shape_kaiser, {"beta": _NUMBER}),
        ("general_cosine", shape_cosines, {"a": real("3")}),
        ("general_hamming", shape_hamming, {"alpha": _NUMBER}),
    )
)
