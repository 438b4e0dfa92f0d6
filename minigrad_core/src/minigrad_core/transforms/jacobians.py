"""`jacobian` and `hessian`: whole matrices of derivatives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from math import prod
from typing import Any

import numpy as np

from ..array import get_shape
from . import trees
from .arguments import check_function, normalize_argnums
from .forward import get_float_dtype, transpose
from .reverse import grad
from .tracing import Trace, refuse_complex, trace


def jacobian(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """Return the function that computes the Jacobian of `f`, which returns an array or a tree of arrays.

    The result has the structure of the value. Each leaf of the value is replaced by a tree with the structure
    of the argument (a tuple of such trees if `argnums` is a tuple), whose arrays have the shape of the
    value's leaf followed by the shape of the argument's leaf, and the dtype of the argument's leaf. See
    `grad` for the types of arguments. One backward pass computes the row of one element of the value. If the
    arguments have less than half as many elements as the value, one backward pass computes the column of one
    element of the arguments.

    Examples
    --------
    >>> import numpy as np
    >>> jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    check_function(f)
    positions = normalize_argnums(argnums)

    @wraps(f)
    def compute_jacobian(*args: Any, **kwargs: Any) -> Any:
        traced = trace(f, args, positions, kwargs)
        refuse_complex(traced, "jacobian")
        blocks = []
        for row in _compute_blocks(traced):
            results = trees.replace_leaves(traced.primals, row)
            blocks.append(tuple(results) if isinstance(argnums, (tuple, list)) else results[0])
        return trees.replace_leaves(traced.output, blocks)

    return compute_jacobian


def hessian(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """Return the function that computes the Hessian of the scalar function `f`.

    The Hessian is the Jacobian of the gradient: for one array of shape s, an array of shape s + s. See
    `jacobian`.

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


def _compute_blocks(traced: Trace) -> list[list[Any]]:
    """Return, for each leaf of the output, its derivatives with respect to each variable."""
    outs, variables = traced.outputs, traced.variables
    # A sweep through the transpose visits about twice as many nodes.
    if 2 * sum(x.size for x in variables) >= sum(prod(get_shape(out)) for out in outs):
        return [_pull_back_units(traced, outs, k, variables, axis=0) for k in range(len(outs))]
    linear = transpose(traced)
    columns = [_pull_back_units(linear, variables, k, outs, axis=-1) for k in range(len(variables))]
    return [list(row) for row in zip(*columns, strict=True)]


def _pull_back_units(traced: Trace, outputs: list[Any], k: int, inputs: list[Any], *, axis: int) -> list[Any]:
    """Return, for each input, the pullbacks of the unit vectors of the k-th output, stacked on `axis`."""
    out = get_shape(outputs[k])
    before, after = [None] * k, [None] * (len(outputs) - k - 1)
    rows = [traced.pullback([*before, unit, *after]) for unit in _make_unit_vectors(outputs[k])]
    if out == () and axis == 0:
        return rows[0]
    results = []
    for i, x in enumerate(inputs):
        shape = out + get_shape(x) if axis == 0 else get_shape(x) + out
        dtype = get_float_dtype(x if axis == 0 else outputs[k])
        parts = [row[i] for row in rows]
        stacked = np.stack(parts, axis=axis, dtype=dtype) if parts else np.zeros(shape, dtype)
        results.append(np.reshape(stacked, shape))
    return results


def _make_unit_vectors(x: Any) -> Iterator[Any]:
    """Yield the arrays of the shape of `x` with a single one among zeros."""
    for i in range(prod(get_shape(x))):
        unit = np.zeros(get_shape(x), get_float_dtype(x))
        unit.reshape(-1)[i] = 1
        yield unit
