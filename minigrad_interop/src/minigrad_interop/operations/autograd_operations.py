"""Operations of minigrad as functions that autograd differentiates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from autograd.extend import defjvp_argnums, defvjp_argnums, primitive
from autograd.tracer import getval, isbox

from minigrad_core.errors import DifferentiabilityError

from .array_function import ArrayFunction
from .wrapped_operation import WrappedOperation


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
    return AutogradOperation(op)


class AutogradOperation(WrappedOperation):
    """An operation of minigrad that autograd differentiates."""

    def __call__(self, *inputs: Any, **settings: Any) -> Any:
        """Call the operation, and record the call in autograd's graph."""
        return super().__call__(*map(_unpack, inputs), **settings)

    def is_variable(self, x: Any) -> bool:
        """Return whether an input is a float, or an array of floats."""
        value = getval(x)
        return (
            isinstance(value, float | np.ndarray | np.floating | np.complexfloating)
            and np.asarray(value).dtype.kind in "fc"
        )

    def is_traced(self, x: Any) -> bool:
        """Return whether autograd differentiates `x`."""
        return isbox(x)

    def convert(self, x: Any) -> Any:
        """Return `x`."""
        return x

    def record(self, function: ArrayFunction, variables: Sequence[Any]) -> Any:
        """Call a function as a primitive of autograd."""
        return _record_call(function, variables)


def _unpack(x: Any) -> Any:
    """Return the items of a list or tuple that autograd differentiates; any other value is unchanged."""
    kind = type(getval(x))
    return kind(map(_unpack, x)) if isbox(x) and kind in (list, tuple) else x


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
    defjvp_argnums(evaluate, _refuse_forward_mode)
    return evaluate(*arrays)


def _refuse_forward_mode(*_: Any) -> Any:
    raise DifferentiabilityError(
        "operations of minigrad have no forward mode in autograd: use autograd.grad, autograd.jacobian or "
        "autograd.hessian instead of autograd.make_jvp"
    )
