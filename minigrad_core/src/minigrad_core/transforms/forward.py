"""`jvp` and `hvp`: derivatives along a direction, as pullbacks of pullbacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..array import get_shape
from ..tensor import Tensor
from . import trees
from .reverse import make_seed
from .tracing import Trace, refuse_complex, trace


def jvp(f: Callable[..., Any], primals: Any, tangents: Any) -> tuple[Any, Any]:
    """Return (value, tangent) of `f`: the tangent is the Jacobian times `tangents`.

    primals: a tuple (or list) of the arguments of `f`, or a single argument that is neither tuple nor list.
    tangents: the same structure and shapes as `primals`. The returned tangent has the structure of the value.
    `jvp` costs more than the gradient.

    The pullback c -> c J is linear in c, so the pullback of the pullback is t -> J t
    (J. Townsend, "A new trick for calculating Jacobian vector products", 2017).

    Raises
    ------
    GradientError
        `tangents` differs from `primals` in structure or shapes.

    Examples
    --------
    >>> import numpy as np
    >>> jvp(np.sin, (np.array([0.0, 1.0]),), (np.array([2.0, 0.0]),))
    (array([0.        , 0.84147098]), array([2., 0.]))
    """
    args = _as_arguments(primals)
    directions = trees.match_leaves(args, _as_arguments(tangents), "the tangents")
    traced = trace(f, args, range(len(args)))
    return traced.value, trees.replace_leaves(traced.output, transpose(traced).pullback(directions))


def hvp(f: Callable[..., Any], primals: Any, vectors: Any) -> Any:
    """Return the Hessian of the scalar function `f` times `vectors`, without computing the Hessian.

    primals: a tuple (or list) of the arguments of `f`, or a single argument that is neither tuple nor list.
    vectors: the same structure and shapes as `primals`. The result has the structure of `primals`. The
    product is the gradient of <grad f, vectors>, since a Hessian is symmetric; it costs a few gradients
    (`benchmarks second_order`).

    Raises
    ------
    GradientError
        `vectors` differs from `primals` in structure or shapes, or `f` does not return a scalar.

    Examples
    --------
    >>> import numpy as np
    >>> hvp(lambda x: np.sum(x**3), (np.array([1.0, 2.0]),), (np.array([1.0, 0.0]),))
    (array([6., 0.]),)
    """
    args = _as_arguments(primals)
    directions = trees.match_leaves(args, _as_arguments(vectors), "the vectors")
    traced = trace(f, args, range(len(args)))
    refuse_complex(traced, "hvp")
    gradient = traced.trace_pullback([make_seed(traced.output)])
    products = trees.replace_leaves(args, gradient.pullback(directions, retain=False))
    return products if args is primals else products[0]


def transpose(traced: Trace) -> Trace:
    """Return the trace of the pullback as a function of the cotangents; its pullback takes tangents.

    The pullback is linear, so it may be traced at any cotangents. This uses ones, because zeros would
    hide an infinite slope.
    """
    ones = [np.ones(get_shape(out), get_float_dtype(out))[()] for out in traced.outputs]
    arguments = [[Tensor(x) for x in ones] if traced.as_tensors else ones]
    return trace(traced.pullback, arguments, (0,), may_join_graph=traced.in_outer_graph)


def get_float_dtype(x: Any) -> np.dtype[Any]:
    """Return the dtype of a floating point or complex leaf; float64 for others, whose derivative is zeros."""
    dtype = getattr(x, "dtype", None)
    return dtype if isinstance(dtype, np.dtype) and dtype.kind in "fc" else np.dtype(float)


def _as_arguments(primals: Any) -> Sequence[Any]:
    return primals if isinstance(primals, (tuple, list)) else (primals,)
