"""SciPy's solvers under their own names. Each solves with arrays, and passes the solution to an operation.

The derivative of a solution in its start and bracket is zero, so tensors there count as arrays. A bound with
a gradient is refused, since a solution may lie at the bound, and so is the scale of a loss. The value of the
function in a result is a tensor, too. Other parts of a result, such as `jac` and `cov_x`, are SciPy's arrays.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any

import numpy as np

from minigrad_core import no_grad
from minigrad_ops_basic.dtypes import detach

from .. import optimize
from ..binding import name_arguments, refuse_given
from ..closures import evaluate, find_closure, join, refuse_non_finite
from ..tensors import get_array, read_constant
from .solutions import (
    LeastSquares,
    Solution,
    fixed_point,
    is_inside,
    least_squares,
    minimize,
    minimize_scalar,
    root,
    root_scalar,
)

# Functions among the arguments that take the same `args` as the first one.
_DERIVATIVES = ("jac", "hess", "hessp", "fprime", "fprime2", "Dfun")
_SCALAR_ROOTS = ("root_scalar", "brentq", "brenth", "bisect", "ridder", "toms748", "newton")
_MINIMA = ("minimize", "fmin", "fmin_bfgs", "fmin_cg", "fmin_powell")
_SCALAR_MINIMA = ("minimize_scalar", "fminbound", "brent", "golden")
SOLVERS: dict[str, Solution] = {
    **dict.fromkeys(("root", "fsolve"), root),
    **dict.fromkeys(_SCALAR_ROOTS, root_scalar),
    "fixed_point": fixed_point,
    **dict.fromkeys(_MINIMA, minimize),
    **dict.fromkeys(_SCALAR_MINIMA, minimize_scalar),
    **dict.fromkeys(("least_squares", "leastsq"), least_squares),
}


def solve(name: str, *args: Any, **kwargs: Any) -> Any:
    """Return the result of SciPy's function, with tensors for the solution and the value of the function."""
    given = name_arguments(name, inspect.signature(getattr(optimize, name)), args, kwargs)
    refuse_given(name, {"constraints": len(np.atleast_1d(given.get("constraints", ())))})
    for key in ("x1", "x2") if name == "fminbound" else ("bounds", "f_scale"):
        read_constant(name, key, given.get(key))
    first = next(iter(given))
    fun, extra = given[first], given.pop("args", ())
    extra = extra if isinstance(extra, tuple) else (extra,)
    fun = partial(fun, **(given.pop("kwargs", None) or {}))
    returns_gradient = given.get("jac") is True or given.get("fprime") is True

    def value(*x: Any) -> Any:
        return fun(*x)[0] if returns_gradient else fun(*x)

    plain = {key: get_array(x) for key, x in given.items()}
    closure = find_closure(value, extra, _find_start(name, plain))
    parameters = tuple(map(detach, closure.tensors))
    refuse_non_finite(name, parameters)
    on_arrays = partial(_on_arrays, tuple(map(get_array, extra)))
    plain[first] = on_arrays(fun) if returns_gradient else lambda x: evaluate(closure, x, *parameters)
    plain |= {key: on_arrays(plain[key]) for key in _DERIVATIVES if callable(plain.get(key))}
    result = getattr(optimize, name)(**plain)

    x, put_back = _open_result(name, result)
    options: dict[str, Any] = {key: plain[key] for key in ("loss", "f_scale") if key in plain}
    is_free = _find_free(result, x, plain.get("bounds"))
    solution = SOLVERS[name](*closure.tensors, fun=closure, start=None, options=options, x=x, is_free=is_free)
    return put_back(solution, lambda: join(value(solution, *extra)), options)


def _on_arrays(extra: tuple[Any, ...], function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of arrays that returns an array, or a tuple of them; extra: its last arguments."""

    def call(*x: Any) -> Any:
        with no_grad():
            value = function(*x, *extra)
            return tuple(detach(join(v)) for v in value) if isinstance(value, tuple) else detach(join(value))

    return call


def _find_start(name: str, plain: dict[str, Any]) -> Any:
    """Return a point at which SciPy evaluates the function: x0, or the end of the bracket or interval."""
    if (x0 := plain.get("x0")) is not None:
        x0 = np.asarray(x0, float)
        is_scalar = SOLVERS[name] in (root_scalar, fixed_point) and not x0.ndim
        return float(x0) if is_scalar else np.atleast_1d(x0)
    for key in ("a", "x1", "bracket", "brack", "bounds"):
        if plain.get(key) is not None:
            return float(np.ravel(plain[key])[0])
    return 0.0


def _open_result(name: str, result: Any) -> tuple[Any, Callable[..., Any]]:
    """Return the solution in a result, and a function that puts a tensor in its place."""
    if isinstance(result, tuple):  # full_output: the solution, and a report

        def replace_first(solution: Any, evaluate: Callable[[], Any], _: Any) -> Any:
            first, *rest = (_fill_report(x, solution, evaluate) for x in result[1:])
            if name in (*_MINIMA, *_SCALAR_MINIMA) and not isinstance(first, list):  # a list has all steps
                first = evaluate()
            items = (solution, first, *rest)
            return type(result)(*items) if hasattr(result, "_fields") else items

        return result[0], replace_first
    if hasattr(result, "root"):
        return result.root, lambda solution, *_: _replace(result, root=solution)
    if not hasattr(result, "x"):
        return result, lambda solution, *_: solution

    def replace_x(solution: Any, evaluate: Callable[[], Any], options: dict[str, Any]) -> Any:
        value = evaluate()
        changes = {"x": solution, "fun": value}
        if "cost" in result:
            changes["cost"] = LeastSquares.compute_cost(value, **options)
        return _replace(result, **changes)

    return result.x, replace_x


def _fill_report(item: Any, solution: Any, evaluate: Callable[[], Any]) -> Any:
    """Return an item of a report with tensors for the root and for the residuals."""
    if hasattr(item, "root"):
        return _replace(item, root=solution)
    return {**item, "fvec": evaluate()} if isinstance(item, dict) and "fvec" in item else item


def _replace(result: Any, **changes: Any) -> Any:
    result = copy(result)
    for name, value in changes.items():
        setattr(result, name, value)
    return result


def _find_free(result: Any, x: Any, bounds: Any) -> Any:
    """Return a mask of the values that are not at a bound, None if there are no bounds."""
    if bounds is None or np.ndim(x) == 0:
        return None
    if "active_mask" in result:
        return result.active_mask == 0
    if hasattr(bounds, "lb"):
        lower, upper = bounds.lb, bounds.ub
    else:
        pairs = [(-np.inf if lo is None else lo, np.inf if up is None else up) for lo, up in bounds]
        lower, upper = np.array(pairs, float).T
    return is_inside(x, lower, upper)


def _make_function(name: str) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        return solve(name, *args, **kwargs)

    function.__name__ = name
    return function


FUNCTIONS: dict[Callable[..., Any], tuple[str, ...]] = {_make_function(name): ("args",) for name in SOLVERS}
