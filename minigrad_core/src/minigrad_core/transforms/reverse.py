"""Reverse mode: gradients, and products with the transposed Jacobian."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from math import prod
from typing import Any

import numpy as np

from ..array import shape_of
from ..errors import GradientError
from . import trees
from .tracing import Trace, trace


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return (value, pullback) of `f` at `primals`: pullback(c) is c times the Jacobian.

    `c` has the form and shapes of the value; the result mirrors `primals`, bare if there is one. The pullback may be called again,
    and differentiated. Where `f` does not depend on an input, its derivative is zeros.

    Raises
    ------
    GradientError
        `c` does not have the form of the value.

    Examples
    --------
    >>> import numpy as np
    >>> value, pullback = vjp(np.sin, np.array([0.0, 1.0]))
    >>> pullback(np.array([1.0, 0.0]))
    array([1., 0.])
    """
    traced = trace(f, primals, range(len(primals)))

    def pullback(cotangents: Any) -> Any:
        linked = traced.linked or _has_tensor(cotangents)
        results = trees.mirrored(traced.primals, traced.pullback(cotangents, linked=linked))
        return results[0] if len(primals) == 1 else tuple(results)

    return traced.value, pullback


def grad(
    f: Callable[..., Any], argnums: int | tuple[int, ...] = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """Return the function that gives the gradient of `f`, which returns a scalar.

    argnums: the position of the argument to differentiate by, or a tuple of them. Arguments are arrays, tensors, modules, or
    nested lists, tuples and dicts of them; the result mirrors them (a module becomes a dict of dotted names). Plain arrays
    give plain arrays; tensors give tensors, which can be differentiated again, as can everything inside another
    transform. With `has_aux`, `f` returns (scalar, anything) and the result is (gradient, anything).

    Raises
    ------
    GradientError
        `f` does not return a scalar.
    DifferentiabilityError
        An argument is not floating point.

    Examples
    --------
    >>> import numpy as np
    >>> grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
    array([2., 4.])
    >>> grad(grad(np.sin))(0.5) == -np.sin(0.5)
    np.True_
    """
    both = value_and_grad(f, argnums, has_aux=has_aux)

    @wraps(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, result = both(*args, **kwargs)
        return (result, value[1]) if has_aux else result

    return gradient


def value_and_grad(
    f: Callable[..., Any], argnums: int | tuple[int, ...] = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """Return the function that gives (value, gradient) of `f`; see `grad`.

    Examples
    --------
    >>> import numpy as np
    >>> value_and_grad(lambda x: np.sum(x * x))(np.array([3.0]))
    (np.float64(9.0), array([6.]))
    """
    chosen = (argnums,) if isinstance(argnums, int) else tuple(argnums)

    @wraps(f)
    def both(*args: Any, **kwargs: Any) -> Any:
        aux: list[Any] = []

        def scalar(*args: Any, **kwargs: Any) -> Any:
            out = f(*args, **kwargs)
            if has_aux:
                out, extra = out
                aux.append(extra)
            return out

        traced = trace(scalar, args, chosen, kwargs)
        results = trees.mirrored(traced.primals, traced.pullback(_one(traced)))
        value = (traced.value, aux[0]) if has_aux else traced.value
        return value, results[0] if isinstance(argnums, int) else tuple(results)

    return both


def _one(traced: Trace) -> Any:
    out = traced.output
    if isinstance(out, (list, tuple, dict)) or prod(shape_of(out)) != 1:
        shown = type(out).__name__ if isinstance(out, (list, tuple, dict)) else f"shape {shape_of(out)}"
        raise GradientError(
            f"grad needs a function that returns a scalar, this one returned {shown}; "
            "reduce it (np.sum, np.mean), or use vjp or jacobian"
        )
    return np.ones(shape_of(out), dtype=getattr(out, "dtype", float))


def _has_tensor(tree: Any) -> bool:
    return any(hasattr(leaf, "tracked") for leaf in trees.leaves(tree))
