"""Whole matrices of derivatives."""

from __future__ import annotations

from functools import wraps
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from ..array import shape_of
from . import trees
from .arguments import check_function, positions
from .forward import float_like, transposed
from .reverse import grad
from .tracing import Trace, refuse_complex, trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def jacobian(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """Return the function that gives the Jacobian of `f`, which returns an array or a tree of arrays.

    The result mirrors the value, with the mirror of the argument (a tuple of them, if `argnums` is one) in
    the place of each leaf: arrays of the value's shape followed by the argument's. See `grad` for what
    arguments may be. One sweep for each element of the value, or of the arguments where these are much fewer.

    Examples
    --------
    >>> import numpy as np
    >>> jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    check_function(f)
    chosen = positions(argnums)

    @wraps(f)
    def matrix(*args: Any, **kwargs: Any) -> Any:
        traced = trace(f, args, chosen, kwargs)
        refuse_complex(traced, "jacobian")
        blocks = []
        for row in _blocks(traced):
            results = trees.mirrored(traced.primals, row)
            blocks.append(tuple(results) if isinstance(argnums, (tuple, list)) else results[0])
        return trees.mirrored(traced.output, blocks)

    return matrix


def hessian(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """Return the function that gives the Hessian of the scalar function `f`.

    It is the Jacobian of the gradient: for one array of shape s, an array of shape s + s. See `jacobian`.

    Raises
    ------
    GradientError
        `f` does not return a scalar.

    Examples
    --------
    >>> import numpy as np
    >>> hessian(lambda x: x[0] * x[1] ** 2)(np.array([1.0, 2.0]))
    array([[0., 4.],
           [4., 2.]])
    """
    return jacobian(grad(f, argnums), argnums)


def _blocks(traced: Trace) -> list[list[Any]]:
    """Return, for each leaf of the output, the derivative by each variable."""
    outs, variables = traced.ends, traced.variables
    # A sweep through the transpose visits about twice as many nodes.
    if 2 * sum(x.size for x in variables) >= sum(prod(shape_of(out)) for out in outs):
        return [_products(traced, outs, k, variables, axis=0) for k in range(len(outs))]
    linear = transposed(traced)
    columns = [_products(linear, variables, k, outs, axis=-1) for k in range(len(variables))]
    return [list(row) for row in zip(*columns, strict=True)]


def _products(traced: Trace, ends: list[Any], k: int, starts: list[Any], *, axis: int) -> list[Any]:
    """Return, for each of `starts`, the pullbacks of the units of the k-th of `ends`, stacked on `axis`."""
    end = shape_of(ends[k])
    rows = [traced.pullback([None] * k + [unit] + [None] * (len(ends) - k - 1)) for unit in _units(ends[k])]
    if end == ():
        return rows[0]
    shapes = [end + shape_of(x) if axis == 0 else shape_of(x) + end for x in starts]
    if not rows:
        return [np.zeros(shape, float_like(x)) for shape, x in zip(shapes, starts, strict=True)]
    parts = zip(shapes, zip(*rows, strict=True), strict=True)
    return [np.reshape(np.stack(part, axis=axis), shape) for shape, part in parts]


def _units(end: Any) -> Iterator[Any]:
    for i in range(prod(shape_of(end))):
        unit = np.zeros(shape_of(end), float_like(end))
        unit.reshape(-1)[i] = 1
        yield unit
