"""`solve` with a factorization that the transposed system uses again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad_core import Tensor

from .. import linalg
from .structure import GENERAL

Solver = Callable[[Any], Any]


def solve_and_factor(
    a: Any, b: Any, *, assume_a: str | None, lower: bool, transposed: bool
) -> tuple[Any, Solver | None]:
    """Return the value of `scipy.linalg.solve`, and a function that solves the transposed system.

    The function is None if nothing was factored: for tensors, stacks and structures other than the general
    one; and for matrices that are singular or nearly so, for which SciPy has an error or a warning.
    """
    is_plain = not isinstance(a, Tensor) and not isinstance(b, Tensor)
    if is_plain and assume_a in GENERAL and a.ndim == 2 and 0 < b.ndim < 3 and a.size > 1:
        solvers = _factor(a, b)
        if solvers is not None:
            solve, solve_transposed = solvers[::-1] if transposed else solvers
            return solve(b), solve_transposed
    return linalg.solve(a, b, assume_a=assume_a, lower=lower, transposed=transposed), None


def _factor(a: Any, b: Any) -> tuple[Solver, Solver] | None:
    """Return functions that solve with a and its transpose, None unless a is regular and b fits."""
    if a.shape[0] != a.shape[1] or b.shape[0] != a.shape[0] or not np.all(np.isfinite(a)) or not b.size:
        return None
    if np.result_type(a, b).kind in "iub":
        a = a.astype(np.float64)  # as in SciPy; LAPACK's functions for small integers have single precision
    getrf, gecon, getrs = linalg.get_lapack_funcs(("getrf", "gecon", "getrs"), (a, b))
    lu, pivots, info = getrf(a)
    if info or not gecon(lu, np.max(np.sum(np.abs(a), axis=0)))[0] >= np.finfo(lu.dtype).eps:
        return None
    return lambda b: _solve_finite(getrs, lu, pivots, b, 0), lambda b: _solve_finite(getrs, lu, pivots, b, 1)


def _solve_finite(getrs: Any, lu: Any, pivots: Any, b: Any, trans: int) -> Any:
    if not np.all(np.isfinite(b)):
        raise ValueError("array must not contain infs or NaNs")  # as SciPy says
    return getrs(lu, pivots, b, trans=trans)[0]
