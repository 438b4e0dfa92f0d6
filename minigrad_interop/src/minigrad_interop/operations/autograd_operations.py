"""Operations of minigrad as functions that autograd differentiates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np
from autograd.extend import defvjp_argnums, primitive
from autograd.tracer import getval, isbox

from .numeric import Numeric, bound, callable_of


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
    call = callable_of(op)

    @wraps(call, assigned=("__doc__", "__name__"), updated=())
    def function(*inputs: Any, **settings: Any) -> Any:
        places = [i for i, x in enumerate(inputs) if _is_float(x)]
        held = [np.asarray(x) if isinstance(x, list) else x for x in inputs]
        return _recorded(bound(op, held, places, settings), [inputs[i] for i in places])

    return function


def _recorded(numeric: Numeric, arrays: Sequence[Any]) -> Any:
    @primitive
    def called(*xs: Any) -> Any:
        return numeric(*map(np.asarray, xs))

    def rule(argnums: Sequence[int], ans: Any, args: Sequence[Any], kwargs: Any) -> Any:
        del kwargs
        outputs = getval(ans)
        whole = outputs if isinstance(outputs, tuple) else (outputs,)

        def pulled(grads: Any) -> Any:
            each = grads if isinstance(outputs, tuple) else (grads,)
            chosen = [each[k] for k, y in enumerate(whole) if np.asarray(y).dtype.kind in "fc"]
            received = _recorded(numeric.gradient(len(args)), [*args, *chosen])
            return tuple(received[i] for i in argnums)

        return pulled

    defvjp_argnums(called, rule)
    return called(*arrays)


def _is_float(x: Any) -> bool:
    value = getval(x) if isbox(x) else x
    return (
        isinstance(value, float | np.ndarray | np.floating | np.complexfloating)
        and np.asarray(value).dtype.kind in "fc"
    )
