"""The call of an operation: unwrap the tensors, run `forward`, record, wrap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch.tables import describe
from ..engine.modes import recording
from ..engine.node import Context, numbers
from ..errors import ArgumentError, DifferentiabilityError
from .diagnosis import explain_error, refuse_tensor_settings
from .operand import check_elementwise, convert_operand
from .tensor_class import Tensor

if TYPE_CHECKING:
    from ..contracts import Operation

_ndarray = np.ndarray
_new = object.__new__
_DOUBLE, _SINGLE = np.dtype(np.float64), np.dtype(np.float32)
_NUMBERS = frozenset([int, float, bool])
_blocks = recording.blocks.get


class ComplexTensor(Tensor):
    """Complex values in the middle of a graph.

    A class of its own, so that `apply` tells it from most tensors by their type alone: rules that are right
    for real numbers may be wrong for complex ones, and an operation has to say that its own are not.
    """

    __slots__ = ()


def check_complex(op: Operation) -> None:
    """Raise if a call with a complex tensor would be recorded, and `op` is for real numbers.

    Raises
    ------
    DifferentiabilityError
        It does not say `takes_complex`.
    """
    if op.differentiable and not op.takes_complex and recording.get():
        raise DifferentiabilityError(
            f"{describe(op)} is for real numbers, and has no gradient for complex ones: give it z.real, "
            "z.imag or np.abs(z), or leave the graph on purpose: z.numpy()"
        )


def apply(op: Operation, /, *inputs: Any, **settings: Any) -> Any:
    """Call `op` on tensors and arrays: a tensor comes back, or a tuple of them.

    This is the hot path: slots are set by hand, since a call of a class takes 100 ns more, and everything
    that goes wrong is explained in `diagnosis`, at no cost to what goes right.
    """
    if settings:
        refuse_tensor_settings(op, settings)
    arrays: Sequence[Any]
    needs: tuple[bool, ...]
    match inputs:  # mostly two tensors, or one: without the lists an operation takes a twentieth less
        case x, y if type(x) is Tensor and type(y) is Tensor:
            arrays, needs = (x.data, y.data), (x.tracked, y.tracked)
        case (x,) if type(x) is Tensor:
            arrays, needs = (x.data,), (x.tracked,)
        case _:
            inputs, arrays, needs = _unwrap_inputs(op, inputs)
    record = True in needs and (not _blocks() or recording.get())
    ctx: Context = _new(Context)
    ctx.op = op
    ctx.inputs = inputs
    ctx.settings = settings
    ctx.needs = needs if record else (False,) * len(needs)
    ctx.saved = ()
    try:
        match arrays:  # written out: with *arrays CPython would call through C, which is slower
            case a, b if not settings:
                out = op.forward(ctx, a, b)
            case (a,) if not settings:
                out = op.forward(ctx, a)
            case a, b, c if not settings:
                out = op.forward(ctx, a, b, c)
            case _:
                out = op.forward(ctx, *arrays, **settings)
    except Exception as error:
        explanation = explain_error(op, arrays, settings, error)
        try:
            if explanation is error:
                raise
            raise explanation from error
        finally:
            del explanation  # it holds this frame, which would hold it, and all arrays, until a collection
    if type(out) is not _ndarray:
        if not op.differentiable:
            return out
        if isinstance(out, tuple):
            return _wrap_outputs(op, ctx, out, record)
        out = _convert_output(op, out, inputs)
    elif not op.differentiable:
        return out
    kind = Tensor
    if record and (dtype := out.dtype) is not _DOUBLE and dtype is not _SINGLE:
        kind = _choose_class(op, dtype)
    tensor: Tensor = _new(kind)
    tensor.data = out
    tensor.tracked = record
    if record:  # the constructor, by hand; `index` is for one of several outputs, a gradient for leaves
        tensor.node = ctx
        ctx.outputs = None
        ctx.number = next(numbers)
    else:
        tensor.node = tensor._grad = None  # noqa: SLF001
    return tensor


def _unwrap_inputs(
    op: Operation, inputs: tuple[Any, ...]
) -> tuple[tuple[Any, ...], list[Any], tuple[bool, ...]]:
    """Return the inputs as graph and `forward` see them, their arrays, and which require a gradient."""
    arrays: list[Any] = []
    needs: list[bool] = []
    for x in inputs:
        if isinstance(x, Tensor):  # a parameter, say
            if type(x) is ComplexTensor:
                check_complex(op)
            arrays.append(x.data)
            needs.append(x.tracked)
            continue
        if type(x) not in _NUMBERS and (type(x) is not _ndarray or x.dtype.hasobject):
            plain = convert_operand(op, x)
            if plain is not x:  # of a sequence, say
                return _unwrap_inputs(op, tuple([plain if y is x else y for y in inputs]))
        arrays.append(x)
        needs.append(False)
    return inputs, arrays, tuple(needs)


def _choose_class(op: Operation, dtype: np.dtype[Any]) -> type[Tensor]:
    """Return the class of a tensor of `dtype` that requires a gradient: for integers there is none."""
    if dtype.kind == "f":
        return Tensor
    if dtype.kind != "c":  # as astype does: a result without a gradient would lose it silently
        raise DifferentiabilityError(
            f"{describe(op)}: values of type {dtype} have no gradient; leave the graph on purpose: x.numpy()"
        )
    check_complex(op)
    return ComplexTensor


def _wrap_outputs(op: Operation, ctx: Context, outs: tuple[Any, ...], record: bool) -> tuple[Tensor, ...]:
    arrays = [out if type(out) is _ndarray else _convert_output(op, out, ctx.inputs) for out in outs]
    if record:
        ctx.outputs = tuple([(a.shape, a.dtype) for a in arrays])
        ctx.number = next(numbers)
    # An output of integers, such as an index, has no gradient.
    made = [
        make_output(ctx, a, i)
        if record and a.dtype.kind in "fc" and _choose_class(op, a.dtype)
        else Tensor(a)
        for i, a in enumerate(arrays)
    ]
    return tuple(made) if type(outs) is tuple else type(outs)(*made)  # NumPy's named ones, such as EighResult


def make_output(node: Context, data: Any, index: int = 0) -> Tensor:
    """Return an output of a recorded call, floating point or complex."""
    tensor: Tensor = _new(ComplexTensor if data.dtype.kind == "c" else Tensor)
    tensor.data, tensor.node, tensor.index, tensor.tracked = data, node, index, True
    return tensor


def _convert_output(op: Operation, out: Any, inputs: tuple[Any, ...]) -> Any:
    if isinstance(out, (np.generic, int, float)):  # of an operator on Python numbers
        return np.asarray(out)
    if isinstance(out, Tensor) or not hasattr(out, "__array_function__"):
        kind = type(out).__name__
        if type(out) is not Tensor and any(hasattr(x, "toarray") for x in inputs):  # a sparse array
            raise ArgumentError(f"{describe(op)}: a {kind} beside a tensor: pass its array, x.toarray()")
        raise ArgumentError(f"{describe(op)}: forward returned {kind}, not an array")
    return check_elementwise(out)
