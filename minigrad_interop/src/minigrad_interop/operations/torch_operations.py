"""Operations of minigrad as functions of PyTorch's tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np
import torch
from torch.autograd import Function

from minigrad_core.errors import InputError

from ..subjects.torch_tensors import conjugate, is_float
from .array_function import ArrayFunction, as_callable, bind_operation


def to_torch(op: Any) -> Callable[..., Any]:
    """Return an operation of minigrad as a function of PyTorch's tensors, with gradients of any order.

    The function takes the arguments of the operation, with tensors instead of arrays, and returns tensors.
    NumPy computes on the CPU. `torch.compile` breaks the graph at the call, and functorch's transforms raise.

    Examples
    --------
    >>> import torch
    >>> from minigrad_core import ops
    >>> gelu = to_torch(ops["nn::gelu"])
    >>> x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradcheck(gelu, x)
    True
    """
    call = as_callable(op)

    @torch.compiler.disable
    @wraps(call, assigned=("__doc__", "__name__"), updated=())
    def function(*inputs: Any, **settings: Any) -> Any:
        argnums = [i for i, x in enumerate(inputs) if isinstance(x, torch.Tensor) and is_float(x)]
        arrays = [None if i in argnums else as_array(x) for i, x in enumerate(inputs)]
        function = bind_operation(
            op, arrays, argnums, {name: as_array(value) for name, value in settings.items()}
        )
        return record_call(function, [inputs[i] for i in argnums])

    return function


def record_call(function: ArrayFunction, tensors: Sequence[torch.Tensor]) -> Any:
    """Call a function of float tensors, and record the call in PyTorch's graph."""
    if not any(x.requires_grad for x in tensors) or not torch.is_grad_enabled():
        return _tensors(function(*map(as_array, tensors)))
    return _RecordedCall.apply(function, *tensors)


class _RecordedCall(Function):
    """A call of a function of minigrad in PyTorch's graph; its backward records such a call too."""

    @staticmethod
    def forward(ctx: Any, function: ArrayFunction, *tensors: torch.Tensor) -> Any:
        value, ctx.pullback = function.vjp_of(*map(as_array, tensors))
        ctx.function, outputs = function, _tensors(value)
        ctx.save_for_backward(*tensors)
        all_outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        ctx.mark_non_differentiable(*(y for y in all_outputs if not is_float(y)))
        ctx.is_float = [is_float(y) for y in all_outputs]
        return outputs

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        tensors = ctx.saved_tensors  # raises if one of them was changed in place
        float_grads = [
            conjugate(g) for g, differentiable in zip(grads, ctx.is_float, strict=True) if differentiable
        ]
        if torch.is_grad_enabled():
            received = record_call(ctx.function.gradient_function(len(tensors)), [*tensors, *float_grads])
        else:
            received = _tensors(ctx.pullback(*map(as_array, float_grads)))
        return None, *map(conjugate, received)


def as_array(x: Any) -> Any:
    """Return a tensor as an array, and any other value unchanged.

    Raises
    ------
    InputError
        NumPy has no such array.
    """
    if not isinstance(x, torch.Tensor):
        return x
    if x.device.type != "cpu" or x.layout is not torch.strided:
        raise InputError(
            f"minigrad computes with NumPy: expected a dense tensor on the CPU, got {x.device} {x.layout}"
        )
    if x.dtype is torch.bfloat16:
        raise InputError("NumPy has no bfloat16: pass x.float()")
    return x.detach().resolve_conj().resolve_neg().numpy()


def _tensors(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_tensors, value))
    array = np.asarray(value)
    return torch.from_numpy(
        array if array.flags.writeable and min(array.strides, default=0) >= 0 else array.copy()
    )
