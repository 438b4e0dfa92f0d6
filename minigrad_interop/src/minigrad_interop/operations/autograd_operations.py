"""Operations of minigrad as functions that autograd differentiates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np
from autograd.extend import defvjp_argnums, primitive
from autograd.tracer import getval, isbox

from .array_function import ArrayFunction, as_callable, bind_operation


def to_autograd(op: Any) -> Callable[..., Any]:
    """Return an operation of minigrad as a function that autograd differentiates, to any order.

    Examples
    --------
    >>> import autograd
    >>> from minigrad_core import ops
    >>> square = to_autograd(ops["basic::square"])
    >>> float(autograd.grad(square)(3.0)), float(autograd.grad(autograd.grad(square))(3.0))
    (6.0, 2.0)
    """
    call = as_callable(op)

    @wraps(call, assigned=("__doc__", "__name__"), updated=())
    def function(*inputs: Any, **settings: Any) -> Any:
        argnums = [i for i, x in enumerate(inputs) if _is_float(x)]
        arrays = [np.asarray(x) if isinstance(x, list) else x for x in inputs]
        return _record_call(bind_operation(op, arrays, argnums, settings), [inputs[i] for i in argnums])

    return function


def _record_call(function: ArrayFunction, arrays: Sequence[Any]) -> Any:
    """Call a function as a primitive of autograd."""

    @primitive
    def evaluate(*xs: Any) -> Any:
        return function(*map(np.asarray, xs))

    def make_vjp(argnums: Sequence[int], ans: Any, args: Sequence[Any], kwargs: Any) -> Any:
        del kwargs
        outputs = getval(ans)
        has_tuple = isinstance(outputs, tuple)
        is_float = [np.asarray(y).dtype.kind in "fc" for y in (outputs if has_tuple else (outputs,))]

        def pull_back(grads: Any) -> Any:
            pairs = zip(grads if has_tuple else (grads,), is_float, strict=True)
            float_grads = [g for g, differentiable in pairs if differentiable]
            gradients = _record_call(function.gradient_function(len(args)), [*args, *float_grads])
            return tuple(gradients[i] for i in argnums)

        return pull_back

    defvjp_argnums(evaluate, make_vjp)
    return evaluate(*arrays)


def _is_float(x: Any) -> bool:
    value = getval(x) if isbox(x) else x
    return (
        isinstance(value, float | np.ndarray | np.floating | np.complexfloating)
        and np.asarray(value).dtype.kind in "fc"
    )
