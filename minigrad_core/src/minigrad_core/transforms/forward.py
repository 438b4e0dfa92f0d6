"""`jvp` and `hvp`: derivatives along a direction, as pullbacks of pullbacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..array import shape_of
from ..tensor import Tensor
from . import trees
from .reverse import scalar_seed
from .tracing import Trace, refuse_complex, trace


def jvp(f: Callable[..., Any], primals: Any, tangents: Any) -> tuple[Any, Any]:
    """Return (value, tangent) of `f`: the tangent is the Jacobian times `tangents`.

    primals: a tuple (or list) of the arguments of `f`, or its one argument if that is neither; tangents: of
    the same form and shapes. The tangent mirrors the value. It costs more than the gradient.

    The pullback c -> c J is linear in c, so the pullback of the pullback is t -> J t
    (J. Townsend, "A new trick for calculating Jacobian vector products", 2017).

    Raises
    ------
    GradientError
        `tangents` does not have the form of `primals`.

    Examples
    --------
    >>> import numpy as np
    >>> jvp(np.sin, (np.array([0.0, 1.0]),), (np.array([2.0, 0.0]),))
    (array([0.        , 0.84147098]), array([2., 0.]))
    """
    args = arguments(primals)
    flat = trees.match_leaves(args, arguments(tangents), "the tangents")
    traced = trace(f, args, range(len(args)))
    return traced.value, trees.replace_leaves(traced.output, transpose(traced).pullback(flat))


def hvp(f: Callable[..., Any], primals: Any, vectors: Any) -> Any:
    """Return the Hessian of the scalar function `f` times `vectors`, without ever forming it.

    primals: a tuple (or list) of the arguments of `f`, or its one argument if that is neither; vectors: of
    the same form and shapes. The result mirrors `primals`. The product is the gradient of <grad f, vectors>,
    for a Hessian is symmetric; it costs a few gradients (`benchmarks second_order`).

    Raises
    ------
    GradientError
        `vectors` does not have the form of `primals`, or `f` does not return a scalar.

    Examples
    --------
    >>> import numpy as np
    >>> hvp(lambda x: np.sum(x**3), (np.array([1.0, 2.0]),), (np.array([1.0, 0.0]),))
    (array([6., 0.]),)
    """
    args = arguments(primals)
    flat = trees.match_leaves(args, arguments(vectors), "the vectors")
    traced = trace(f, args, range(len(args)))
    refuse_complex(traced, "hvp")
    gradient = traced.trace_pullback([scalar_seed(traced.output)])
    results = trees.replace_leaves(args, gradient.pullback(flat, retain=False))
    return results if args is primals else results[0]


def transpose(traced: Trace) -> Trace:
    """Return the trace of the pullback, whose own pullback takes tangents to tangents."""
    # Any point would do, for the pullback is linear. Ones: an infinite slope times zero would be masked.
    at = [np.ones(shape_of(out), float_dtype(out))[()] for out in traced.outputs]
    return trace(traced.pullback, [[Tensor(x) for x in at] if traced.as_tensors else at], (0,))


def float_dtype(x: Any) -> np.dtype[Any]:
    """Return the dtype of a floating point or complex leaf, float64 for others, whose derivative is zeros."""
    dtype = getattr(x, "dtype", None)
    return dtype if isinstance(dtype, np.dtype) and dtype.kind in "fc" else np.dtype(float)


def arguments(primals: Any) -> Sequence[Any]:
    """Return the arguments that stand for `primals`."""
    return primals if isinstance(primals, (tuple, list)) else (primals,)
