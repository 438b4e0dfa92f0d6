"""Second derivatives along a direction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import trees
from .forward import arguments
from .reverse import scalar_seed
from .tracing import refuse_complex, trace

if TYPE_CHECKING:
    from collections.abc import Callable


def hvp(f: Callable[..., Any], primals: Any, vectors: Any) -> Any:
    """Return the Hessian of the scalar function `f` times `vectors`, without ever forming it.

    primals: a tuple (or list) of the arguments of `f`, or its one argument if that is neither; vectors: of
    the same form and shapes. The result mirrors `primals`. The product is the gradient of <grad f, vectors>,
    for a Hessian is symmetric; it costs about three times what the gradient does.

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
    flat = trees.matched(args, arguments(vectors), "the vectors")
    traced = trace(f, args, range(len(args)))
    refuse_complex(traced, "hvp")
    gradient = traced.derived([scalar_seed(traced.output)])
    results = trees.mirrored(args, gradient.pullback(flat, retain=False))
    return results if args is primals else results[0]
