"""`jacobian` and `hessian`: whole matrices of derivatives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from math import prod
from typing import Any

import numpy as np

from ..array import shape_of
from . import trees
from .arguments import check_function, normalize_argnums
from .forward import float_dtype, transpose
from .reverse import grad
from .tracing import Trace, refuse_complex, trace


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
    chosen = normalize_argnums(argnums)

    @wraps(f)
    def matrix(*args: Any, **kwargs: Any) -> Any:
        traced = trace(f, args, chosen, kwargs)
        refuse_complex(traced, "jacobian")
        blocks = []
        for row in _blocks(traced):
            results = trees.replace_leaves(traced.primals, row)
            blocks.append(tuple(results) if isinstance(argnums, (tuple, list)) else results[0])
        return trees.replace_leaves(traced.output, blocks)

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
    outs, variables = traced.outputs, traced.variables
    # A sweep through the transpose visits about twice as many nodes.
    if 2 * sum(x.size for x in variables) >= sum(prod(shape_of(out)) for out in outs):
        return [_products(traced, outs, k, variables, axis=0) for k in range(len(outs))]
    linear = transpose(traced)
    columns = [_products(linear, variables, k, outs, axis=-1) for k in range(len(variables))]
    return [list(row) for row in zip(*columns, strict=True)]


def _products(traced: Trace, outputs: list[Any], k: int, inputs: list[Any], *, axis: int) -> list[Any]:
    """Return, for each input, the pullbacks of the unit vectors of the k-th output, stacked on `axis`."""
    out = shape_of(outputs[k])
    before, behind = [None] * k, [None] * (len(outputs) - k - 1)
    rows = [traced.pullback([*before, unit, *behind]) for unit in _units(outputs[k])]
    if out == ():
        return rows[0]
    shapes = [out + shape_of(x) if axis == 0 else shape_of(x) + out for x in inputs]
    if not rows:
        return [np.zeros(shape, float_dtype(x)) for shape, x in zip(shapes, inputs, strict=True)]
    parts = zip(shapes, zip(*rows, strict=True), strict=True)
    return [np.reshape(np.stack(part, axis=axis), shape) for shape, part in parts]


def _units(x: Any) -> Iterator[Any]:
    """Yield the unit vectors of the shape of x."""
    for i in range(prod(shape_of(x))):
        unit = np.zeros(shape_of(x), float_dtype(x))
        unit.reshape(-1)[i] = 1
        yield unit
