"""The call of an operation: unwrap the tensors, run `forward` on arrays, record the call, wrap the output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch.tables import describe
from ..engine.modes import recording, tracing
from ..engine.node import Context, node_numbers
from ..errors import ArgumentError, DifferentiabilityError
from .call_errors import explain_error
from .containers import unwrap_settings
from .kinds import AssignedTensor, ComplexTensor
from .operand import check_elementwise, convert_items, convert_operand, takes_sequence
from .tensor_class import Tensor

if TYPE_CHECKING:
    from ..contracts import Operation

# Python finds a global of this module faster than an attribute of another one.
_ndarray = np.ndarray
_new = object.__new__
_DOUBLE, _SINGLE = np.dtype(np.float64), np.dtype(np.float32)
PLAIN_TENSORS: set[type] = {Tensor}  # the classes whose tensors are unwrapped as they are; `Parameter` is one
_NUMBER_TYPES = frozenset([int, float, bool])
_PLAIN_RESULTS = frozenset([int, bool])  # types of results that stay as they are, as of np.allclose
_get_blocks = recording.blocks.get  # faster than recording.get(): no block means that recording is on
_get_traces = tracing.blocks.get


def apply(op: Operation, /, *inputs: Any, **settings: Any) -> Any:
    """Call `op` on tensors and arrays, and return a tensor, or a tuple of tensors.

    If recording is on and an input requires a gradient (`tracked`), the call is recorded: `ctx` becomes a
    node of the graph. A call of an operation with `differentiable = False` is never recorded.

    This is the hot path of small programs. It sets slots by hand, since a call of a class takes 100 ns more.
    `call_errors` explains errors, and a call that succeeds does not enter it.
    """
    if settings:
        settings = unwrap_settings(op, settings)

    arrays: Sequence[Any]
    needs: tuple[bool, ...]
    match inputs:  # the common cases without a list: a call with a number takes 0.85 of the time
        case x, y if type(x) is Tensor and type(y) is Tensor:
            arrays, needs = (x.data, y.data), (x.tracked, y.tracked)
        case (x,) if type(x) is Tensor:
            arrays, needs = (x.data,), (x.tracked,)
        case x, y if type(x) is Tensor and type(y) in _NUMBER_TYPES:
            arrays, needs = (x.data, y), (x.tracked, False)
        case x, y if type(y) is Tensor and type(x) in _NUMBER_TYPES:
            arrays, needs = (x, y.data), (False, y.tracked)
        case _:
            inputs, arrays, needs = _unwrap_inputs(op, inputs)

    record = True in needs
    if _get_blocks():  # under `no_grad`, say, or while `mg.compile` traces
        record = record and recording.get()
        if _get_traces() and (tracer := tracing.get()) is not None:
            op = tracer.replace_operation(op)
    ctx: Context = _new(Context)
    ctx.op = op
    ctx.inputs = inputs
    ctx.settings = settings
    ctx.needs = needs if record else (False,) * len(needs)
    ctx.saved = ()

    try:
        match arrays:  # written out, since CPython is slower at a call with *arrays
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
            del explanation  # it refers to this frame, and the cycle would keep all arrays alive

    if not op.differentiable:
        record = False
        if type(out) is _ndarray and out.dtype.hasobject:  # as of floor_divide by a Fraction
            raise ArgumentError(
                f"{describe(op)}: the result is an array of objects; float(x) converts a number"
            )
    if type(out) is not _ndarray:
        if isinstance(out, tuple):
            return _wrap_outputs(op, ctx, out, record)
        if type(out) in _PLAIN_RESULTS and not op.differentiable:
            return out
        out = _convert_output(op, out, inputs)

    cls = Tensor
    if record and (dtype := out.dtype) is not _DOUBLE and dtype is not _SINGLE:
        cls = _choose_class(op, dtype)
    tensor: Tensor = _new(cls)
    tensor.data = out
    tensor.tracked = record
    if record:  # `index` stays unset: the node has one output. `_grad` stays unset: the tensor is not a leaf
        tensor.node = ctx
        ctx.outputs = None
        ctx.number = next(node_numbers)
    else:
        tensor.node = tensor._grad = None  # noqa: SLF001
        # `squeeze` may return its input. Assignment recognizes a view by its base, so the output becomes one.
        if arrays and out is arrays[0]:
            tensor.data = out.view()
    return tensor


def _unwrap_inputs(
    op: Operation, inputs: tuple[Any, ...]
) -> tuple[tuple[Any, ...], list[Any], tuple[bool, ...]]:
    """Return the inputs for the graph, the arrays for `forward`, and which inputs require a gradient.

    An input that is neither a tensor, an array nor a number is converted first.
    """
    arrays: list[Any] = []
    needs: list[bool] = []
    for x in inputs:
        kind = type(x)
        if kind in PLAIN_TENSORS:
            arrays.append(x.data)
            needs.append(x.tracked)
        elif kind in _NUMBER_TYPES or (kind is _ndarray and not x.dtype.hasobject):
            arrays.append(x)
            needs.append(False)
        elif (replaced := _replace_input(op, x, inputs)) is not None:
            return _unwrap_inputs(op, replaced)
        else:
            is_tensor = isinstance(x, Tensor)
            arrays.append(x.data if is_tensor else x)
            needs.append(is_tensor and x.tracked)
    return inputs, arrays, tuple(needs)


def _replace_input(op: Operation, x: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Return the inputs with `x` converted; None if `x` needs no conversion."""
    if isinstance(x, Tensor):
        if type(x) is AssignedTensor:
            return tuple([y.take_snapshot() if type(y) is AssignedTensor else y for y in inputs])
        if type(x) is ComplexTensor:
            check_complex(op)
        return None
    if len(inputs) == 1 and type(x) in (list, tuple) and takes_sequence(op):
        return convert_items(op, x)
    converted = convert_operand(op, x)  # of a list of tensors, say, a tensor
    if converted is x:
        return None
    return tuple([converted if y is x else y for y in inputs])


def check_complex(op: Operation) -> None:
    """Raise if a call with complex values would be recorded, and its gradient rule is for real numbers only.

    Raises
    ------
    DifferentiabilityError
        `op` does not declare `takes_complex`.
    """
    if op.differentiable and not op.takes_complex and recording.get():
        raise DifferentiabilityError(
            f"{describe(op)} is for real numbers, and has no gradient for complex ones: give it z.real, "
            "z.imag or np.abs(z), or leave the graph on purpose: z.numpy()"
        )


def _choose_class(op: Operation, dtype: np.dtype[Any]) -> type[Tensor]:
    """Return the class of a tensor of `dtype` that requires a gradient.

    Raises
    ------
    DifferentiabilityError
        The values are not floating point numbers, as after `astype(int)`: the gradient would be lost
        silently.
    """
    if dtype.kind == "f":
        return Tensor
    if dtype.kind != "c":
        raise DifferentiabilityError(
            f"{describe(op)}: values of type {dtype} have no gradient; leave the graph on purpose: x.numpy()"
        )
    check_complex(op)
    return ComplexTensor


def _wrap_outputs(op: Operation, ctx: Context, outs: tuple[Any, ...], record: bool) -> tuple[Tensor, ...]:
    """Return the tensors of an operation with several outputs; an output of integers requires no gradient."""
    arrays = [out if type(out) is _ndarray else _convert_output(op, out, ctx.inputs) for out in outs]
    if record:
        if any(a.dtype.kind == "c" for a in arrays):
            check_complex(op)
        ctx.outputs = tuple([(a.shape, a.dtype) for a in arrays])
        ctx.number = next(node_numbers)
    tensors = [
        make_output(ctx, a, i) if record and a.dtype.kind in "fc" else Tensor(a) for i, a in enumerate(arrays)
    ]
    if type(outs) is not tuple:  # a named tuple, such as EighResult
        return type(outs)(*tensors)
    return tuple(tensors)


def make_output(node: Context, data: Any, index: int = 0) -> Tensor:
    """Return the tensor of one output of a recorded call. The values `data` are real or complex floats."""
    tensor: Tensor = _new(ComplexTensor if data.dtype.kind == "c" else Tensor)
    tensor.data, tensor.node, tensor.index, tensor.tracked = data, node, index, True
    return tensor


def _convert_output(op: Operation, out: Any, inputs: tuple[Any, ...]) -> Any:
    """Convert a scalar to an array, and return an array of another library unchanged.

    Raises
    ------
    ArgumentError
        `out` is neither a scalar nor an array, or its class overrides the operators of `ndarray`.
    """
    if isinstance(out, (np.generic, int, float)):  # `np.sum` returns a scalar
        return np.asarray(out)
    if isinstance(out, Tensor) or not hasattr(out, "__array_function__"):
        kind = type(out).__name__
        if type(out) is not Tensor and any(hasattr(x, "toarray") for x in inputs):  # a sparse array
            raise ArgumentError(
                f"{describe(op)}: a {kind} together with a tensor: pass its array, x.toarray()"
            )
        raise ArgumentError(f"{describe(op)}: forward returned {kind}, not an array")
    return check_elementwise(out)
