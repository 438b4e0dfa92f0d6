"""Operations of minigrad as functions of PyTorch's tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np
import torch
from torch.autograd import Function

from minigrad_core.errors import InputError

from ..subjects.torch_tensors import conjugated
from .numeric import Numeric, bound, callable_of


def to_torch(op: Any) -> Callable[..., Any]:
    """Return an operation of minigrad as a function of PyTorch's tensors, with gradients of any order.

    It takes what the operation takes, tensors in the place of arrays, and returns tensors. Computed with
    NumPy on the CPU; `torch.compile` breaks the graph there, and functorch's transforms refuse it.

    Examples
    --------
    >>> import torch
    >>> from minigrad_core import ops
    >>> gelu = to_torch(ops["nn::gelu"])
    >>> x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradcheck(gelu, x)
    True
    """
    call = callable_of(op)

    @torch.compiler.disable
    @wraps(call, assigned=("__doc__", "__name__"), updated=())
    def function(*inputs: Any, **settings: Any) -> Any:
        places = [i for i, x in enumerate(inputs) if isinstance(x, torch.Tensor) and _is_float(x)]
        held = [None if i in places else as_array(x) for i, x in enumerate(inputs)]
        numeric = bound(op, held, places, {name: as_array(value) for name, value in settings.items()})
        return recorded(numeric, [inputs[i] for i in places])

    return function


def recorded(numeric: Numeric, tensors: Sequence[torch.Tensor]) -> Any:
    """Return a function of float tensors, recorded in PyTorch's graph."""
    if not any(x.requires_grad for x in tensors) or not torch.is_grad_enabled():
        return _tensors(numeric(*map(as_array, tensors)))
    return _Recorded.apply(numeric, *tensors)


class _Recorded(Function):
    """A function of minigrad in PyTorch's graph; its backward is one, too."""

    @staticmethod
    def forward(ctx: Any, numeric: Numeric, *tensors: torch.Tensor) -> Any:
        value, ctx.pullback = numeric.pulled(*map(as_array, tensors))
        ctx.numeric, outputs = numeric, _tensors(value)
        ctx.save_for_backward(*tensors)
        each = outputs if isinstance(outputs, tuple) else (outputs,)
        ctx.mark_non_differentiable(*(y for y in each if not _is_float(y)))
        ctx.floats = [_is_float(y) for y in each]
        return outputs

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        tensors = ctx.saved_tensors  # it sees whether one of them was changed in place
        chosen = [conjugated(g) for g, is_float in zip(grads, ctx.floats, strict=True) if is_float]
        if torch.is_grad_enabled():
            received = recorded(ctx.numeric.gradient(len(tensors)), [*tensors, *chosen])
        else:
            received = _tensors(ctx.pullback(*map(as_array, chosen)))
        return None, *map(conjugated, received)


def _is_float(x: torch.Tensor) -> bool:
    return x.is_floating_point() or x.is_complex()


def as_array(x: Any) -> Any:
    """Return a tensor as an array; InputError where NumPy has no such array."""
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
