"""The adjoint method: gradients of the solution of y' = f(t, y, p) from a second system, backward in time.

With the gradients g_k of y(t_k), the adjoint a solves a' = -(df/dy)^T a backward from the last time, and
grows by g_k at t_k. At t_0 it is the gradient of y(t_0). The gradient of p is the integral of (df/dp)^T a.
SciPy's solver integrates a, with the tolerances of the forward run, and the integral is a sum over Gauss
nodes on the steps of a: R. T. Q. Chen et al., Neural ordinary differential equations (2018), and, for the
integral, S. Kim et al., Stiff neural ordinary differential equations (2021).

For arrays, y comes from the dense output of the forward run. For tensors, where y depends on p, the solver
integrates y and a together, from the values of y at the output times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from minigrad_core import Tensor, no_grad, vjp
from minigrad_core.errors import DifferentiabilityError
from minigrad_ops_basic.composite import Gradients
from minigrad_ops_basic.dtypes import detach

from .. import integrate
from ..closures import evaluate, join, pull_back_parameters

_CHUNK = 32  # nodes of which the graphs are in memory at a time
# Nodes on each step: enough for the order of the dense output of each method.
_NODES = {"RK23": 3, "RK45": 4, "DOP853": 7, "Radau": 4, "BDF": 4, "LSODA": 7}


@dataclass(frozen=True)
class System:
    """The system y' = fun(t, y, *parameters), and the arguments of its solver.

    run: the result of the forward run, with dense output.
    """

    fun: Callable[..., Any]
    parameters: tuple[Any, ...]
    method: Any
    options: dict[str, Any]
    run: Any

    def derive(self, t: Any, y: Any) -> Any:
        """Return y'."""
        return join(self.fun(t, y, *self.parameters))

    def evaluate(self, t: Any, y: Any) -> Any:
        """Return y' as an array, for arrays."""
        return evaluate(self.fun, t, y, *self.parameters)

    def pull_back(self, t: Any, y: Any, a: Any) -> tuple[Any, Any]:
        """Return y' and (df/dy)^T a."""
        value, pullback = vjp(lambda y: self.derive(t, y), y)
        return value, pullback(a)


@dataclass(frozen=True)
class Nodes:
    """Nodes of the quadrature: times (k,), weights (k,), states (n, k) and adjoints (n, k)."""

    t: Any
    weights: Any
    y: Any
    a: Any


def sweep(system: System, t0: Any, t: Any, y: Any, grads: Any) -> tuple[Any, list[Nodes]]:
    """Return the gradient of the state at t0, and the nodes of the integral over the parameters.

    t: (m,); y, grads: (n, m), the states at these times and their gradients.
    """
    is_plain = isinstance(grads, np.ndarray)
    segment = _integrate_plain if is_plain else _integrate_tensors
    # For arrays, the solver does not stop where nothing is added.
    stops = [k for k in range(t.shape[0]) if not is_plain or np.any(grads[:, k])]
    a, nodes = np.zeros_like(grads[:, 0]), []
    for i in reversed(range(len(stops))):
        k, end = stops[i], t[stops[i - 1]] if i else t0
        a = a + grads[:, k]
        if detach(t[k]) != detach(end):
            a, more = segment(system, t[k], end, y[:, k], a)
            nodes.append(more)
    return a, nodes


def integrate_parameters(system: System, nodes: list[Nodes], needs: Any) -> Gradients:
    """Return the integral of (df/dp)^T a for each parameter p that needs a gradient, else None."""
    totals: list[Any] = [None] * len(system.parameters)
    for group in nodes:
        for start in range(0, len(group.t), _CHUNK):
            part = slice(start, start + _CHUNK)
            t, y, a = group.t[part], group.y[:, part], group.a[:, part] * group.weights[part]

            def formula(*parameters: Any, t: Any = t, y: Any = y, a: Any = a) -> Any:
                slopes = [join(system.fun(t[k], y[:, k], *parameters)) for k in range(len(t))]
                return np.sum(np.stack(slopes, axis=1) * a)

            one = np.ones((), a.dtype)
            seed = one if isinstance(a, np.ndarray) else Tensor(one)
            new = pull_back_parameters(system.fun, formula, system.parameters, needs, seed)
            totals = [_add(*pair) for pair in zip(totals, new, strict=True)]
    return tuple(totals)


def _add(x: Any, y: Any) -> Any:
    """Return the sum; None means zeros."""
    return y if x is None else x if y is None else x + y


def _integrate_plain(system: System, start: float, end: float, _: Any, a: Any) -> tuple[Any, Nodes]:
    """Return the adjoint at `end` and the nodes on its steps, for arrays."""
    solution = system.run.sol

    def derive(t: float, a: Any) -> Any:
        return -detach(system.pull_back(t, solution(t), a)[1])

    with no_grad():
        run = integrate.solve_ivp(
            derive, (start, end), a, system.method, dense_output=True, **transpose_options(system)
        )
    _check_success(run)
    t, weights = _place_nodes(system.method, run.t)
    return run.y[:, -1], Nodes(t, weights, solution(t), run.sol(t))


def _integrate_tensors(system: System, start: Any, end: Any, y: Any, a: Any) -> tuple[Any, Nodes]:
    """Return the result of `_integrate_plain` as tensors that depend on times, state, `a` and parameters."""
    plain = replace(system, parameters=tuple(map(detach, system.parameters)))
    plain_start, plain_end = detach(start), detach(end)
    _, nodes = _integrate_plain(plain, plain_start, plain_end, None, detach(a))
    n, length = y.shape[0], plain_end - plain_start
    # The nodes move with the ends of the interval.
    t = start + (nodes.t - plain_start) / length * (end - start)
    weights = nodes.weights / length * (end - start)

    def derive(t: Any, z: Any) -> Any:
        slope, pulled = system.pull_back(t, z[:n], z[n:])
        return np.concatenate([slope, -pulled])

    stops = np.concatenate([t, np.reshape(end, (1,))])
    options = double_options(system)
    run = integrate.solve_ivp(derive, (start, end), np.concatenate([y, a]), system.method, stops, **options)
    _check_success(run)
    _check_state(system, detach(run.y)[:n, -1], detach(end), np.finfo(y.dtype).eps)
    states, adjoints = run.y[:n, :-1], run.y[n:, :-1]
    return run.y[n:, -1], Nodes(t, weights, states, adjoints)


def _place_nodes(method: Any, steps: Any) -> tuple[Any, Any]:
    """Return Gauss nodes on each of the steps, and their weights for an integral against the steps."""
    x, w = np.polynomial.legendre.leggauss(_NODES.get(method, 7))
    middle, half = (steps[1:] + steps[:-1])[:, None] / 2, np.diff(steps)[:, None] / 2
    return np.ravel(middle + half * x), np.ravel(-half * w)


def _check_success(run: Any) -> None:
    if not run.success:
        raise DifferentiabilityError(f"solve_ivp: the adjoint system has no solution: {run.message}")


def _check_state(system: System, y: Any, t: Any, eps: float) -> None:
    """Raise if the solver, going backward for a second derivative, has lost the state.

    eps: the relative error of the state from which the solver started.
    """
    expected = system.run.sol(t)
    rtol, atol = system.options.get("rtol", 1e-3), system.options.get("atol", 1e-6)
    if np.any(np.abs(y - expected) > 1000 * (atol + (rtol + eps) * np.max(np.abs(expected)))):
        raise DifferentiabilityError(
            "solve_ivp: no second derivative: the system is unstable backward in time, so that the solver "
            "does not find the state again. Use more times in t_eval, or smaller rtol and atol"
        )


def transpose_options(system: System) -> dict[str, Any]:
    """Return the options of the solver for the adjoint system, with the transposed Jacobian."""
    options = {k: v for k, v in system.options.items() if k != "first_step"}
    jac, sparsity = options.pop("jac", None), options.pop("jac_sparsity", None)
    bands = {"lband": options.pop("uband", None), "uband": options.pop("lband", None)}
    if callable(jac):
        options["jac"] = lambda t, a: -np.asarray(jac(t, system.run.sol(t))).T  # noqa: ARG005
    elif jac is not None:
        options["jac"] = -jac.T if hasattr(jac, "T") else -np.asarray(jac).T
    if sparsity is not None:
        options["jac_sparsity"] = sparsity.T
    return options | {k: v for k, v in bands.items() if v is not None}


def double_options(system: System) -> dict[str, Any]:
    """Return the options of the solver for the state and the adjoint together."""
    unknown = ("first_step", "jac", "jac_sparsity", "lband", "uband")
    options = {k: v for k, v in system.options.items() if k not in unknown}
    if np.ndim(options.get("atol", 0)):
        options["atol"] = np.tile(options["atol"], 2)
    return options
