"""`solve_ivp`, with derivatives in the initial values, the times and the parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation, Tensor
from minigrad_core.cases import Case, between
from minigrad_core.errors import ArgumentError
from minigrad_ops_basic.dtypes import detach

from .. import integrate
from ..binding import refuse_given
from ..closures import evaluate, find_closure, join, refuse_non_finite
from ..precision import keep_precision
from ..tensors import has_tensor, read_constant
from . import adjoint, references


def _decay(t: Any, y: Any, k: Any) -> Any:
    return np.cos(t) - k * y


class SolveIvp(Operation):
    """The states at the times t of the system y' = fun(t, y, *parameters), with y0 at t0.

    y0: (n,); t0: (); t: (m,), sorted away from t0; the result: (n, m). options: those of the solver, such as
    `rtol`. run: the result of SciPy for this call, if it is known.

    The gradients are those of the adjoint method, with the tolerances of the solver: see `adjoint`. That of
    t[k] is <grad[:, k], fun(t[k], y[:, k])>.
    """

    name = "solve_ivp"
    takes_complex = True
    # Bounded values: the gradient has the absolute error of the solver, and is tiny for k = 1000.
    cases = (
        Case(
            y0=between(-2, 2, "1"),
            t0=np.array(0.25),
            t=np.array([0.2578125]),
            parameters=(between(0.5, 2, ""),),
            fun=_decay,
            options={"rtol": 1e-11, "atol": 1e-12},
        ),
    )

    reference = staticmethod(references.solve_ivp)

    def forward(
        self,
        ctx: Context,
        y0: Array,
        t0: Array,
        t: Array,
        *parameters: Array,
        fun: Callable[..., Any],
        method: Any = "RK45",
        options: Mapping[str, Any] | None = None,
        run: Any = None,
    ) -> Array:
        inputs = y0, t0, t, *parameters
        run = run or _solve(*map(detach, inputs), fun=fun, method=method, options=options or {})
        settings = {"fun": fun, "method": method, "options": options, "run": run}
        y = self(*inputs, **settings) if has_tensor(inputs) else keep_precision(run.y, y0, *parameters)
        ctx.save(settings, y, y0, t0, t, *parameters)
        return y

    def backward(self, ctx: Context, grad: Array) -> Any:
        settings, y, y0, t0, t, *parameters = ctx.saved
        fun, method, options, run = settings.values()
        scale = float(np.max(np.abs(detach(grad)), initial=0))
        if not np.isfinite(scale):
            return tuple(np.full_like(x, np.nan) for x in (y0, t0, t, *parameters))
        system = adjoint.System(fun, tuple(parameters), method, dict(options or {}), run)
        grad_y0, nodes = adjoint.sweep(system, t0, t, y, grad / (scale or 1))  # `atol` is absolute
        grad_parameters = adjoint.integrate_parameters(system, nodes, ctx.needs[3:])
        grad_t0 = grad_t = None
        derive = system.derive if isinstance(grad, Tensor) else system.evaluate
        if ctx.needs[1]:
            grad_t0 = -np.real(np.sum(grad_y0 * derive(t0, y0)))
        if ctx.needs[2]:
            slopes = np.stack([derive(t[k], y[:, k]) for k in range(t.shape[0])], axis=1)
            grad_t = np.real(np.sum(grad * slopes, axis=0)) / (scale or 1)
        gradients = grad_y0, grad_t0, grad_t, *grad_parameters
        inputs = y0, t0, t, *parameters
        return tuple(
            None if g is None else (g * scale).astype(x.dtype) for g, x in zip(gradients, inputs, strict=True)
        )


integrate_system = SolveIvp()


def _solve(
    y0: Any, t0: Any, t: Any, *parameters: Any, fun: Any, method: Any, options: Mapping[str, Any]
) -> Any:
    """Return the result of SciPy, with dense output, at the times t."""
    run = _run(fun, (t0, t[-1]), y0, parameters, method, t, options)
    if not run.success:
        raise ArgumentError(f"solve_ivp: {run.message}")
    return run


def _run(
    fun: Any, t_span: Any, y0: Any, parameters: Any, method: Any, t_eval: Any, options: Mapping[str, Any]
) -> Any:
    """Return the result of SciPy, with dense output, for arrays.

    Raises
    ------
    InputError
        A time or a parameter is not finite.
    ArgumentError
        A time is complex, or `fun` is complex and y0 is not.
    """
    times = t_span if t_eval is None else (*t_span, t_eval)
    refuse_non_finite("solve_ivp", (*times, *parameters))
    if any(map(np.iscomplexobj, times)):
        raise ArgumentError("solve_ivp: the times are complex")

    def derive(t: Any, y: Any) -> Any:
        slope = evaluate(fun, t, y, *parameters)
        if np.iscomplexobj(slope) and not np.iscomplexobj(y0):
            raise ArgumentError("solve_ivp: fun returned complex values for real y0; make y0 complex")
        return slope

    return integrate.solve_ivp(derive, t_span, y0, method, t_eval, dense_output=True, **options)


def solve_ivp(
    fun: Any,
    t_span: Any,
    y0: Any,
    method: Any = "RK45",
    t_eval: Any = None,
    dense_output: bool = False,
    events: Any = None,
    vectorized: bool = False,
    args: Any = None,
    **options: Any,
) -> Any:
    """Return SciPy's result, with tensors `y` and `t`."""
    given = {"dense_output": dense_output, "events": events, "vectorized": vectorized}
    refuse_given("solve_ivp", given)
    options = {name: read_constant("solve_ivp", name, value) for name, value in options.items()}
    args = () if args is None else (*args,)
    jac = options.get("jac")
    if callable(jac):
        options["jac"] = lambda t, y: evaluate(jac, t, y, *map(detach, args))
    start, end = t_span
    plain = np.asarray(detach(join(y0)))
    closure = find_closure(fun, args, float(detach(start)), plain)
    parameters = tuple(map(detach, closure.tensors))
    times = None if t_eval is None else np.asarray(detach(join(t_eval)))
    run = _run(closure, (detach(start), detach(end)), plain, parameters, method, times, options)
    t = _join_times(run, start, end) if t_eval is None else join(t_eval) if has_tensor(t_eval) else run.t
    if len(run.t) < len(t):  # the solver failed
        t = t[: len(run.t)]
    result = copy(run)
    settings = {"fun": closure, "method": method, "options": options, "run": run}
    result.y = integrate_system(join(y0), start, t, *closure.tensors, **settings)
    result.t, result.sol = t, None
    return result


def _join_times(run: Any, start: Any, end: Any) -> Any:
    """Return the times of the steps, of which the first and the last are those of `t_span`."""
    if not has_tensor([start, end]):
        return run.t
    last = end if run.success else run.t[-1]
    return np.concatenate([np.reshape(start, (1,)), run.t[1:-1], np.reshape(last, (1,))])


def odeint(func: Any, y0: Any, t: Any, args: Any = (), tfirst: bool = False, **options: Any) -> Any:
    """Return the states of a system, (m, n), by `solve_ivp` with the method and the tolerances of `odeint`.

    rtol, atol: 1.49e-8 each if None.
    """
    tolerances = {name: options.pop(name, None) for name in ("rtol", "atol")}
    refuse_given("odeint", {name: options[name] for name in options if name not in ("mxordn", "mxords")})
    fun = func if tfirst else lambda s, y, *args: func(y, s, *args)
    t = join(t) if has_tensor(t) else np.asarray(t, float)
    given: dict[str, Any] = {
        name: 1.49012e-8 if value is None else value for name, value in tolerances.items()
    }
    args = args if isinstance(args, tuple) else (args,)
    y0 = np.reshape(y0, (1,)) if np.ndim(y0) == 0 else y0
    run = solve_ivp(fun, (t[0], t[-1]), y0, "LSODA", t_eval=t, args=args, **given)
    if not run.success:
        raise ArgumentError(f"odeint: {run.message}")
    return np.swapaxes(run.y, 0, 1)
