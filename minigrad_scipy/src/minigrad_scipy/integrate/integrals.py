"""Integrals of functions, with derivatives in the limits and the parameters by Leibniz' rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation, Tensor
from minigrad_core.cases import Case, between
from minigrad_core.errors import ArgumentError, DifferentiabilityError
from minigrad_ops_basic.dtypes import detach

from .. import integrate
from ..binding import refuse_given
from ..closures import evaluate, find_closure, join, pull_back_parameters, refuse_non_finite
from ..precision import keep_precision
from ..tensors import has_tensor
from . import references
from .vector_integrals import integrate_values

_TOLERANCES: dict[str, Any] = {"epsabs": 1.49e-8, "epsrel": 1.49e-8, "limit": 50}  # the defaults of `quad`
_UNSUPPORTED = ("full_output", "weight", "complex_func")


class Integral(Operation):
    """The integral of fun(x, *parameters) over x from a to b, for a number or an array of values.

    a, b: (), which may be infinite. options: further arguments of SciPy's function. value: the result, if it
    is known. d/db = sum(grad * fun(b)); d/da = -sum(grad * fun(a)). The gradient of a parameter is the
    integral of its gradient at x, with the tolerances of the call.

    Raises
    ------
    DifferentiabilityError
        In backward: an infinite limit has a gradient.
    """

    def __init__(self, name: str, *cases: Case) -> None:
        self.name, self.cases, self.reference = name, cases, references.integrate

    def forward(
        self,
        ctx: Context,
        a: Array,
        b: Array,
        *parameters: Array,
        fun: Callable[..., Any],
        options: Mapping[str, Any] | None = None,
        value: Any = None,
    ) -> Array:
        if value is None:
            value = self.integrate(fun, *map(detach, (a, b, *parameters)), options=options)
        ctx.save(fun, dict(options or {}), a, b, *parameters)
        return keep_precision(np.array(value, float), a, b, *parameters)

    def integrate(self, fun: Any, a: Any, b: Any, *parameters: Any, options: Mapping[str, Any] | None) -> Any:
        """Return the integral of SciPy, for arrays."""
        refuse_non_finite(self.name, parameters)
        check_limits(self.name, a, b)
        if any(map(np.iscomplexobj, parameters)):
            raise ArgumentError(f"{self.name}: a parameter is complex")

        double = list(map(_widen, parameters))

        def call(x: Any) -> Any:
            return evaluate(fun, x, *double)

        return getattr(integrate, self.name)(call, float(a), float(b), **(options or {}))[0]

    def backward(self, ctx: Context, grad: Array) -> Any:
        fun, options, a, b, *parameters = ctx.saved
        grad_limits: list[Any] = [None, None]
        for k, limit in enumerate((a, b)):
            if ctx.needs[k]:
                if not np.isfinite(detach(limit)):
                    raise DifferentiabilityError(f"{self.name}: an infinite limit has no gradient")
                value = _call_like(grad, fun, limit, *parameters)
                grad_limits[k] = (np.sum(grad * value) * (1 if k else -1)).astype(limit.dtype)
        needs = ctx.needs[2:]
        if True not in needs:
            return (*grad_limits, *(None for _ in needs))
        return (*grad_limits, *_integrate_gradients(fun, options, a, b, parameters, needs, grad))


def check_limits(name: str, a: Any, b: Any) -> None:
    """Raise ArgumentError for limits that are complex or NaN."""
    if np.iscomplexobj(a) or np.iscomplexobj(b) or np.isnan(a) or np.isnan(b):
        raise ArgumentError(f"{name}: expected real limits, got {a} and {b}")


def _widen(x: Any) -> Any:
    """Return a parameter in float64: in float32 `quad_vec` would not converge, and evaluate 400,000 times."""
    return x.astype(np.float64) if x.dtype in (np.float16, np.float32) else x


def _call_like(grad: Any, fun: Any, *args: Any) -> Any:
    """Return the value of a function: a tensor if `grad` is one, else an array."""
    return join(fun(*args)) if isinstance(grad, Tensor) else evaluate(fun, *args)


def _integrate_gradients(
    fun: Any, options: dict[str, Any], a: Any, b: Any, parameters: list[Any], needs: Any, grad: Any
) -> tuple[Any, ...]:
    """Return the integrals of the gradients of the parameters, in one integral of all their values."""
    chosen = [x for x, needed in zip(parameters, needs, strict=True) if needed]
    double, grad = list(map(_widen, parameters)), _widen(grad)

    def pull(x: Any) -> Any:
        def formula(*parameters: Any) -> Any:
            return join(fun(x, *parameters))

        gradients = pull_back_parameters(fun, formula, double, needs, grad)
        pairs = zip(gradients, double, needs, strict=True)
        flat = [np.zeros(p.size) if g is None else np.reshape(g, (-1,)) for g, p, needed in pairs if needed]
        return np.concatenate(flat)

    names = (*_TOLERANCES, "points")
    known = _TOLERANCES | {name: options[name] for name in names if name in options}
    with np.errstate(divide="ignore", invalid="ignore"):  # nodes may round to a singular end
        if isinstance(grad, Tensor):
            total, _ = _integrate(vector_quadrature, pull, a, b, (), known, integrate_values)
        else:
            total, _ = integrate_values(pull, float(a), float(b), **known)
    positions = np.cumsum([x.size for x in chosen])[:-1]
    parts = zip(np.split(total, positions), chosen, strict=True)
    shaped = (np.reshape(part, x.shape).astype(x.dtype) for part, x in parts)
    return tuple(next(shaped) if needed else None for needed in needs)


def _wave(x: Any, k: Any) -> Any:
    return np.sin(k * x) + k


def _waves(x: Any, k: Any) -> Any:
    return np.sin(k * x) + k * x


def _ramp(x: Any, k: Any, c: Any) -> Any:
    return np.exp(k * x) * c[0] + c[1]


# Both iterate to a tolerance, here to nearly that of rounding errors.
quadrature = Integral(
    "quad",
    Case(
        a=between(-1, 0, ""),
        b=between(1, 2, ""),
        parameters=(between(0.5, 2, ""),),
        fun=_wave,
        options={"epsabs": 1e-11, "epsrel": 1e-11},
    ),
    Case(
        a=between(-1, 0, ""),
        b=between(1, 2, ""),
        parameters=(between(0.5, 2, ""), between(0.5, 2, "2")),
        fun=_ramp,
    ),
)
vector_quadrature = Integral(
    "quad_vec",
    Case(
        a=between(-1, 0, ""),
        b=between(1, 2, ""),
        parameters=(between(0.5, 2, "2"),),
        fun=_waves,
        options={"epsabs": 1e-11, "epsrel": 1e-11},
    ),
)
OPERATIONS: tuple[Operation, ...] = (quadrature, vector_quadrature)


def _integrate(
    op: Integral,
    func: Any,
    a: Any,
    b: Any,
    args: Any,
    options: dict[str, Any],
    compute: Callable[..., tuple[Any, Any]],
) -> tuple[Any, Any]:
    """Return the integral as a tensor, and the estimate of the error; `compute` returns both for arrays."""
    refuse_given(op.name, {name: options.pop(name, None) for name in _UNSUPPORTED})
    args = args if isinstance(args, tuple) else (args,)
    check_limits(op.name, detach(a), detach(b))
    plain = [float(detach(x)) for x in (a, b)]
    closure = find_closure(func, args, _find_inner_point(*plain))
    parameters = tuple(map(detach, closure.tensors))
    value, error = compute(
        lambda x: evaluate(closure, x, *parameters), *plain, **{k: detach(v) for k, v in options.items()}
    )
    limits = [x if has_tensor(x) else np.asarray(x, float) for x in (a, b)]
    return op(*limits, *closure.tensors, fun=closure, options=options, value=value), error


def _find_inner_point(a: float, b: float) -> float:
    """Return a point between the limits, at which a function is more often finite than at the limits."""
    if np.isfinite(a) and np.isfinite(b):
        return (a + b) / 2
    return a + 1 if np.isfinite(a) else b - 1 if np.isfinite(b) else 0.0


def quad(func: Any, a: Any, b: Any, args: Any = (), **options: Any) -> Any:
    """Return the integral of a function, and the estimate of its error."""
    return _integrate(quadrature, func, a, b, args, options, integrate.quad)


def quad_vec(
    f: Any, a: Any, b: Any, epsabs: float = 1e-200, epsrel: float = 1e-8, norm: str = "2", **options: Any
) -> Any:
    """Return the integral of a function with an array of values, and the estimate of its error."""
    args = options.pop("args", ())
    given = {"epsabs": epsabs, "epsrel": epsrel, "norm": norm, **options}
    return _integrate(vector_quadrature, f, a, b, args, given, integrate.quad_vec)


def dblquad(
    func: Any,
    a: Any,
    b: Any,
    gfun: Any,
    hfun: Any,
    args: Any = (),
    epsabs: float = 1.49e-8,
    epsrel: float = 1.49e-8,
) -> Any:
    """Return the integral over y from gfun(x) to hfun(x), and over x from a to b, and its error estimate."""

    def integrate_line(x: Any, *args: Any) -> Any:
        ends = [end(x) if callable(end) else end for end in (gfun, hfun)]
        line = lambda y, x, *args: func(y, x, *args)  # noqa: E731
        return integrate.quad(line, *ends, args=(x, *args), epsabs=epsabs, epsrel=epsrel)[0]

    return integrate.quad(integrate_line, a, b, args=args, epsabs=epsabs, epsrel=epsrel)


def fixed_quad(func: Any, a: Any, b: Any, args: Any = (), n: int = 5) -> Any:
    """Return the integral by n Gauss nodes, and None."""
    x, w = np.polynomial.legendre.leggauss(n)
    return (b - a) / 2 * np.sum(w * func((b - a) * (x + 1) / 2 + a, *args), axis=-1), None
