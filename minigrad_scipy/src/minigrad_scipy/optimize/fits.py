"""Fits to data: `curve_fit`, `lsq_linear` and `nnls`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation, jacobian, no_grad
from minigrad_core.cases import Case, real
from minigrad_ops_basic.composite import pull_back
from minigrad_ops_basic.dtypes import detach

from .. import linalg, optimize
from ..binding import refuse_given
from ..closures import find_closure, join
from ..precision import keep_precision, widen_each
from ..tensors import read_constant
from . import references
from .solutions import is_inside, least_squares


def curve_fit(
    f: Callable[..., Any],
    xdata: Any,
    ydata: Any,
    p0: Any = None,
    sigma: Any = None,
    absolute_sigma: bool = False,
    check_finite: Any = None,
    bounds: Any = (-np.inf, np.inf),
    method: str | None = None,
    jac: Any = None,
    *,
    full_output: bool = False,
    nan_policy: str | None = None,
    **kwargs: Any,
) -> Any:
    """Return the parameters with the least squares, and their covariance; SciPy finds the former."""
    loss = kwargs.get("loss", "linear") != "linear"
    given = {"full_output": full_output, "nan_policy": nan_policy, "loss": loss, "jac": callable(jac)}
    refuse_given("curve_fit", given)

    @wraps(f)
    def evaluate(*args: Any) -> Any:
        with no_grad():
            return detach(join(f(*args)))

    plain = [None if x is None else detach(join(x)) for x in (xdata, ydata, p0, sigma)]
    rest = {"absolute_sigma": absolute_sigma, "check_finite": check_finite, "bounds": bounds, **kwargs}
    rest = {name: read_constant("curve_fit", name, value) for name, value in rest.items()}
    x, _ = optimize.curve_fit(evaluate, *plain, method=method, jac=jac, **rest)

    def find_residuals(p: Any, xdata: Any, ydata: Any, sigma: Any) -> Any:
        rest = join(f(xdata, *(p[i] for i in range(len(x))))) - ydata
        if sigma is None:
            return rest
        if sigma.ndim < 2:
            return rest / sigma
        return linalg.solve_triangular(linalg.cholesky(sigma, lower=True), rest, lower=True)

    data = tuple(None if x is None else join(x) for x in (xdata, ydata, sigma))
    data = tuple(np.asarray(x) if isinstance(x, (list, tuple, int, float)) else x for x in data)
    closure = find_closure(find_residuals, data, x)
    bounds = rest["bounds"]
    lower, upper = (bounds.lb, bounds.ub) if hasattr(bounds, "lb") else bounds
    popt = least_squares(*closure.tensors, fun=closure, start=None, x=x, is_free=is_inside(x, lower, upper))
    slopes = jacobian(lambda p: find_residuals(p, *data))(popt)
    pcov = np.linalg.inv(np.swapaxes(slopes, 0, 1) @ slopes)
    if not absolute_sigma:
        rest = find_residuals(popt, *data)
        degrees = rest.size - len(x)
        pcov = pcov * (np.sum(rest**2) / degrees) if degrees else np.full_like(pcov, np.inf)  # as in SciPy
    return popt, pcov


def _fit_columns(is_positive: Any, a: Any, b: Any) -> Any:
    """Return the least squares of the chosen columns of a, zeros for the others, and the norm of the rest."""
    q, r = np.linalg.qr(a[:, is_positive])
    unit_vectors = np.eye(len(is_positive), dtype=a.dtype)[:, is_positive]
    x = unit_vectors @ np.linalg.solve(r, np.swapaxes(q, 0, 1) @ b)
    return x, np.linalg.norm(a @ x - b)


def _choose_best_fit(A: Any, b: Any, *, maxiter: int | None = None) -> Any:
    """Return the best fit by a choice of columns: the reference."""
    return _fit_columns(references.find_positive(A, b), A, b)


class NonNegative(Operation):
    """The x >= 0 with the least |A x - b|, and this norm. A: (m, n); b: (m,).

    The gradients are those of least squares with the columns of A for which x > 0.

    Raises
    ------
    numpy.linalg.LinAlgError
        In backward: these columns are linearly dependent.
    """

    name = "nnls"
    reference = staticmethod(_choose_best_fit)
    cases = (
        Case(A=np.array([[1.0, 0.5], [0.25, -1.0], [0.5, 0.75]]), b=real("3")),
        Case(A=np.eye(3, 2), b=real("3")),
    )

    def forward(self, ctx: Context, A: Array, b: Array, *, maxiter: int | None = None) -> tuple[Array, ...]:
        plain = detach(optimize.nnls(detach(A), detach(b), maxiter=maxiter)[0])
        ctx.save(plain > 0, A, b)
        x, norm = optimize.nnls(A, b, maxiter=maxiter)
        norm = np.asarray(norm) if isinstance(norm, float) else norm
        return keep_precision(x, A, b), keep_precision(norm, A, b)

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Any:
        is_positive, *inputs = ctx.saved
        wide = widen_each(inputs)
        return pull_back(partial(_fit_columns, is_positive), wide, ctx.needs, (grad, *grads))


OPERATIONS: tuple[Operation, ...] = (NonNegative(),)
FUNCTIONS: dict[Callable[..., Any], tuple[str, ...]] = {curve_fit: ("xdata", "ydata", "sigma")}
