"""Operations of minigrad as functions of PyTorch's tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch.autograd import Function
from torch.autograd.forward_ad import unpack_dual

from minigrad_core.errors import DifferentiabilityError, InputError

from ..subjects.torch_tensors import conjugate, is_float
from .array_function import ArrayFunction
from .wrapped_operation import WrappedOperation


def to_torch(op: Any) -> Callable[..., Any]:
    """Return an operation of minigrad as a function of PyTorch's tensors, with gradients of any order.

    The function takes the arguments of the operation, with tensors instead of arrays, and returns tensors.
    Inputs may be nested in lists, as for `concatenate`; a setting has no gradient. NumPy computes on the CPU.
    `torch.compile` breaks the graph at the call. The transforms of `torch.func` and forward mode raise
    DifferentiabilityError: use `torch.autograd.grad` and `torch.autograd.functional` instead. The function
    can be pickled.

    Examples
    --------
    >>> import torch
    >>> from minigrad_core import ops
    >>> gelu = to_torch(ops["nn::gelu"])
    >>> x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradcheck(gelu, x)
    True
    """
    return TorchOperation(op)


class TorchOperation(WrappedOperation):
    """An operation of minigrad as a function of PyTorch's tensors."""

    __call__ = torch.compiler.disable(WrappedOperation.__call__)

    def is_variable(self, x: Any) -> bool:
        """Return whether an input is a float tensor."""
        return isinstance(x, torch.Tensor) and is_float(x)

    def is_traced(self, x: Any) -> bool:
        """Return whether PyTorch differentiates `x`."""
        return isinstance(x, torch.Tensor) and x.requires_grad and torch.is_grad_enabled()

    def convert(self, x: Any) -> Any:
        """Return a tensor as an array, and any other value unchanged."""
        return as_array(x)

    def record(self, function: ArrayFunction, variables: Sequence[Any]) -> Any:
        """Call a function of float tensors, and record the call in PyTorch's graph."""
        return record_call(function, variables)


def record_call(function: ArrayFunction, tensors: Sequence[torch.Tensor]) -> Any:
    """Call a function of float tensors, and record the call in PyTorch's graph."""
    arrays = [as_array(x) for x in tensors]
    if not any(x.requires_grad for x in tensors) or not torch.is_grad_enabled():
        return _tensors(function(*arrays))
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


_ADVICE = (
    "use torch.autograd.grad with create_graph=True, or torch.autograd.functional (jacobian, hessian, vjp, "
    "jvp; without vectorize=True), and a loop instead of vmap"
)


def as_array(x: Any) -> Any:
    """Return a tensor as an array, and any other value unchanged.

    Raises
    ------
    InputError
        NumPy has no such array.
    DifferentiabilityError
        A transform of `torch.func`, or forward mode, runs.
    """
    if not isinstance(x, torch.Tensor):
        return x
    if x.device.type != "cpu" or x.layout is not torch.strided:
        raise InputError(
            f"minigrad computes with NumPy: expected a dense tensor on the CPU, got {x.device} {x.layout}"
        )
    if x.dtype is torch.bfloat16:
        raise InputError("NumPy has no bfloat16: pass x.float()")
    try:
        array = x.detach().resolve_conj().resolve_neg().numpy()
    except RuntimeError as error:  # a tensor without values of its own
        raise DifferentiabilityError(
            f"the transforms of torch.func, and vectorize=True, do not see a call of NumPy: {_ADVICE}"
        ) from error
    if unpack_dual(x).tangent is not None:
        raise DifferentiabilityError(f"forward mode of PyTorch does not see a call of NumPy: {_ADVICE}")
    return array


def _tensors(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_tensors, value))
    array = np.asarray(value)
    return torch.from_numpy(
        array if array.flags.writeable and min(array.strides, default=0) >= 0 else array.copy()
    )
