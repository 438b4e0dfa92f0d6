"""Reverse mode: gradients, and products with the transposed Jacobian."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from math import prod
from typing import Any

import numpy as np

from ..array import get_shape
from ..errors import ArgumentError, DifferentiabilityError, GradientError
from . import trees
from .arguments import check_function, normalize_argnums
from .tracing import trace


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return (value, pullback) of `f` at `primals`: pullback(c) is the cotangent c times the Jacobian.

    `c` has the structure and shapes of the value. The result has the structure of `primals`; for a single
    primal the result is not a tuple. The pullback may be called again, and differentiated. It reads the
    arrays of `primals`: write to them after its last call. If `f` does not depend on an input, the derivative
    of this input is zeros.

    The gradient of a complex z = x + iy is dL/dx - i dL/dy, and the cotangent of a complex value is given in
    the same convention, as in autograd and JAX: for a holomorphic `f` the pullback is c f'(z).

    Raises
    ------
    GradientError
        `c` differs from the value in structure or shapes.

    Examples
    --------
    >>> import numpy as np
    >>> value, pullback = vjp(np.sin, np.array([0.0, 1.0]))
    >>> pullback(np.array([1.0, 0.0]))
    array([1., 0.])
    """
    traced = trace(f, primals, range(len(primals)))

    def pullback(cotangents: Any) -> Any:
        seeds = trees.match_leaves(traced.output, cotangents, "the cotangents of the value")
        results = trees.replace_leaves(traced.primals, traced.pullback(seeds))
        return results[0] if len(primals) == 1 else tuple(results)

    return traced.value, pullback


def grad(
    f: Callable[..., Any], argnums: int | tuple[int, ...] = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """Return the function that computes the gradient of `f`, which returns a scalar.

    Arguments of `f` are arrays, tensors, modules, or nested lists, tuples and dicts of these. The gradient
    has the structure of the argument; that of a module is a dict from dotted names to gradients. A module is
    not copied, so attributes that `f` assigns stay assigned. The gradient of a parameter covers all its uses,
    also where `f` closes over it: use `p.detach()` for a constant.

    For arrays, parameters and modules the gradients are plain arrays, and for tensors they are tensors. If
    `f` reads another tensor that requires a gradient, such as a parameter that it closes over, the gradients
    are tensors in its graph, unless `no_grad` is around the call. Inside another transform all gradients can
    be differentiated again; a thread that is started there counts as inside if it runs in a copy of the
    context (`contextvars.copy_context().run`).

    The gradient of a complex argument x + iy is dL/dx - i dL/dy.

    `pickle` refuses the returned function, as it refuses every function that a call returns, unless `grad`
    decorates `f`: pickle `f`, and call `grad` after loading.

    Parameters
    ----------
    argnums : int or tuple of int
        The position of the argument to differentiate with respect to. For a tuple the result is a tuple.
    has_aux : bool
        Whether `f` returns (scalar, anything); the result is then (gradient, anything).

    Raises
    ------
    GradientError
        `f` does not return a scalar.
    DifferentiabilityError
        An argument or the scalar is not floating point.
    ArgumentError
        `argnums` is not an integer, is out of range, or names an argument twice; or `has_aux` is true and `f`
        does not return a pair.

    Examples
    --------
    >>> import numpy as np
    >>> grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
    array([2., 4.])
    >>> grad(grad(np.sin))(0.5) == -np.sin(0.5)
    np.True_
    """
    function = value_and_grad(f, argnums, has_aux=has_aux)

    @wraps(f)
    def compute_gradient(*args: Any, **kwargs: Any) -> Any:
        value, gradient = function(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return compute_gradient


def value_and_grad(
    f: Callable[..., Any], argnums: int | tuple[int, ...] = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """Return the function that computes (value, gradient) of `f`; see `grad`.

    With `has_aux` the result is ((value, anything), gradient).

    Examples
    --------
    >>> import numpy as np
    >>> value_and_grad(lambda x: np.sum(x * x))(np.array([3.0]))
    (np.float64(9.0), array([6.]))
    """
    check_function(f)
    positions = normalize_argnums(argnums)

    @wraps(f)
    def compute_both(*args: Any, **kwargs: Any) -> Any:
        aux: list[Any] = []

        def scalar(*args: Any, **kwargs: Any) -> Any:
            result = f(*args, **kwargs)
            if not has_aux:
                return result
            if not isinstance(result, tuple) or len(result) != 2:
                raise ArgumentError(
                    f"with has_aux=True the function returns (scalar, anything), got {type(result).__name__}"
                )
            aux.append(result[1])
            return result[0]

        traced = trace(scalar, args, positions, kwargs)
        # The value is read first, since the pullback frees the graph, unless `aux` needs it.
        value, retain = traced.value, False
        if has_aux:
            detached, retain = traced.detach_aux(aux[0])
            value = value, detached
        gradients = traced.pullback([make_seed(traced.output)], retain=retain)
        results = trees.replace_leaves(traced.primals, gradients)
        return value, tuple(results) if isinstance(argnums, (tuple, list)) else results[0]

    return compute_both


def make_seed(out: Any) -> Any:
    """Return the seed of a scalar output, which is floating point or a constant Python number."""
    if isinstance(out, (list, tuple, dict)) or out is None or prod(get_shape(out)) != 1:
        shown = f"shape {get_shape(out)}" if hasattr(out, "shape") else f"a {type(out).__name__}"
        if out is None:
            shown = "None (is its return missing?)"
        raise GradientError(
            f"expected a function that returns a scalar, this one returned {shown}; "
            "reduce it (np.sum, np.mean), or use vjp or jacobian, and jacobian(jacobian(f)) for hessian(f)"
        )
    dtype = getattr(out, "dtype", np.dtype(type(out) if isinstance(out, (bool, complex)) else float))
    if dtype.kind != "f":
        raise DifferentiabilityError(
            f"expected a function that returns a floating point scalar, this one returned {dtype}: "
            "comparisons, counts and positions have no gradient; for complex numbers take the gradient of "
            "z.real, z.imag or np.abs(z)"
        )
    return np.full(get_shape(out), 1, dtype) if get_shape(out) else np.array(1, dtype)
