"""Assignment to a part of a tensor, `x[index] = value`, as a step of the graph (ADR 28).

A tensor is a value: assignment changes `x` alone, and nothing that was computed from `x` before. After the
assignment, `x` is the output of a new call. Calls that were recorded before keep the old values:

* After its first assignment a tensor is an `AssignedTensor`, and each call records a snapshot of it. `apply`
  takes its slow path for this class, so other tensors pay nothing.
* Calls before the first assignment recorded the tensor itself. `x.history` has the tensor before the
  assignment, and a sweep replaces `x` by that tensor in older calls (`engine/assignments.py`).

If nothing else refers to the array of `x`, the assignment writes to this array. Otherwise it copies the array
first. So a loop that fills a buffer takes linear time, and arrays that operations saved do not change.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from itertools import islice
from operator import call
from sys import getrefcount
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..dispatch.functions import FUNCTIONS
from ..engine.assignments import note_assignment
from ..engine.modes import recording
from ..engine.node import Context, node_numbers
from ..errors import ArgumentError, DifferentiabilityError
from ..indices import find_last_writes, pull_back_written
from .containers import has_tensor, unwrap
from .kinds import AssignedTensor, ComplexTensor, copy_handle
from .ownership import is_held_once, is_view, is_writable, note_former_owner
from .reference_counts import OWNER
from .tensor_class import Tensor

if TYPE_CHECKING:
    from ..array import Array

_MOST_CALLS = 1000  # 0.5 ms; assignments to many tensors of one large graph search this graph each time
_COPY_FIRST = "assign to a copy, y = x.copy(); y[index] = value"


class Assignment:
    """The operation of an assignment: `x` with `value` at `index`.

    d/dx = grad, zero at the index; d/dvalue = grad at the index. If the index names a position twice, NumPy
    keeps the last value, and only the last value gets a gradient. The operation is linear, so `backward`
    needs no values.
    """

    name = "assignment"
    broadcasts = once_differentiable = False
    differentiable = takes_complex = True
    implements = ()

    def forward(self, ctx: Context, x: Array, value: Array, *, index: Any) -> Array:
        """Return a copy of `x` with `value` at `index`."""
        ctx.save(find_last_writes(x.shape, index))
        y = np.copy(x)
        y[index] = value
        return y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Return the gradients of `x` and `value`. The first may reuse the array of `grad`."""
        (last_writes,), index = ctx.saved, ctx.settings["index"]
        grad_x = grad_value = None
        if ctx.needs[1]:
            grad_value = pull_back_written(grad, index, last_writes, np.shape(ctx.inputs[1]))
            if not isinstance(grad_value, Tensor):
                grad_value = np.copy(grad_value)  # it may be a view of `grad`, which is written to below
        if ctx.needs[0]:
            grad_x = grad if is_held_once(grad) else np.copy(grad)
            grad_x[index] = 0
        return grad_x, grad_value


_assignment: Any = Assignment()


def assign(x: Tensor, index: Any, value: Any) -> None:
    """Write `value` to `x[index]`, and make `x` the output of a recorded call of `Assignment`.

    Raises
    ------
    ArgumentError
        `x` is a view of another tensor, since NumPy would change the other tensor too; `x` is an argument of
        a function that is being differentiated; or `value` is complex and `x` is not.
    DifferentiabilityError
        `x` is a parameter or another leaf that requires a gradient; or `value` requires one, and `x` holds
        integers.
    """
    may_be_recorded = getrefcount(x) > OWNER
    if is_view(x) and _selects_nothing(x, index):
        return
    _check_target(x)
    value = _take_value(x, value)
    _check_value(x, value)
    values = _convert_values(value, x.data.dtype)
    needs = (x.tracked, isinstance(value, Tensor) and value.tracked)
    record = True in needs and recording.get()
    earlier = None
    if isinstance(x, AssignedTensor):
        x.snapshot = None
    elif may_be_recorded or (x.tracked and not record):
        earlier = copy_handle(x, x.data)
    if is_writable(x):  # before a variable here refers to the array, too
        data = x.data
    else:
        note_former_owner(x.data, x)
        data = x.data.copy()
    number = next(node_numbers)
    note_assignment(number)
    index = unwrap(index)
    node = _make_node(x, data, value, index, needs, number) if record else None
    slots: dict[str, Any] = {"data": data, "node": node, "tracked": record, "__class__": AssignedTensor}
    if node is None and x.node is not None:
        slots["_grad"] = None  # a leaf from now on
    if earlier is not None:
        slots["history"] = (number, earlier)
    steps = [
        partial(data.__setitem__, index, values),  # first, since NumPy may raise here
        *[partial(setattr, x, *slot) for slot in slots.items()],
    ]
    deque(map(call, steps), maxlen=0)  # one call in C: Ctrl-C interrupts before or after all steps
    if node is not None and earlier is not None:
        _replace_in_calls(x, earlier, value)


def _replace_in_calls(x: Tensor, earlier: Tensor, value: Any) -> None:
    """Replace `x` by `earlier` in the latest calls that led to `value`, as a sweep would do.

    After `y[1:] = 2 * y[:-1]` the call of `y[:-1]` has the input y, whose node leads to this call: a cycle.
    If no sweep visits the call, only the garbage collector frees such a graph, and it counts objects rather
    than bytes.
    """
    start = 0 if earlier.node is None else earlier.node.number  # calls with the input x have larger numbers
    nodes = [value.node] if isinstance(value, Tensor) else []
    found = set(nodes)
    for node in islice(nodes, _MOST_CALLS):  # the list grows
        if node is not None and node.number > start:
            node.inputs = tuple([earlier if parent is x else parent for parent in node.inputs])
            more = {parent.node for parent in node.inputs if isinstance(parent, Tensor)} - found
            nodes.extend(more)
            found |= more


def _take_value(x: Tensor, value: Any) -> Any:
    """Return the value as it is now, with a list of tensors as one tensor."""
    if value is x:
        return copy_handle(x, x.data)
    if isinstance(value, AssignedTensor):
        return value.take_snapshot()
    if isinstance(value, (list, tuple)) and has_tensor(value, tracked=True):
        return FUNCTIONS[np.array](value)
    return value


def _make_node(
    x: Tensor, data: NDArray[Any], value: Any, index: Any, needs: tuple[bool, ...], number: int
) -> Context:
    """Return the record of an assignment to `data`, the array that `x` has afterwards."""
    index = _copy_index(index)
    node = Context(_assignment, (copy_handle(x, _placeholder(data)), value), {"index": index}, needs)
    node.save(find_last_writes(data.shape, index))
    node.number, node.outputs = number, None
    return node


def _check_target(x: Tensor) -> None:
    if type(x) not in (Tensor, AssignedTensor, ComplexTensor) or (x.tracked and x.node is None):
        target = f"an instance of {type(x).__name__}"
        if x.tracked:
            target = "a parameter or another leaf that requires a gradient"
        raise DifferentiabilityError(
            f"cannot assign to {target}: write x.data[index] = value outside of the graph, or {_COPY_FIRST}"
        )
    if x.node is not None and getattr(x.node.op, "makes_variable", False):
        raise ArgumentError(
            f"cannot assign to an argument of a function that is being differentiated: {_COPY_FIRST}"
        )
    if is_view(x):
        raise ArgumentError(
            "this tensor is a view of another one: NumPy would also change the other array, and minigrad "
            "would not. Assign to the other tensor, y[0, 1] = value instead of y[0][1] = value; or "
            f"{_COPY_FIRST}"
        )


def _selects_nothing(x: Tensor, index: Any) -> bool:
    """Return whether an index is a mask of the shape of `x` without a True."""
    mask = unwrap(index)
    is_mask = isinstance(mask, np.ndarray) and mask.dtype == bool and mask.shape == x.data.shape
    return is_mask and not mask.any()


def _check_value(x: Tensor, value: Any) -> None:
    if np.iscomplexobj(value) and x.data.dtype.kind != "c":
        raise ArgumentError(
            f"cannot assign a complex value to a tensor of {x.data.dtype}, since the imaginary part would be "
            "lost: take z.real, or make the tensor complex first, x = x.astype(complex)"
        )
    if isinstance(value, Tensor) and value.tracked and x.data.dtype.kind not in "fc" and recording.get():
        raise DifferentiabilityError(
            f"cannot assign a value that requires a gradient to a tensor of {x.data.dtype}: "
            "convert the tensor first, x = x.astype(float)"
        )


def _convert_values(value: Any, dtype: np.dtype[Any]) -> Any:
    """Return the values to write, as numbers: NumPy could fail at a string after it wrote other values."""
    values = unwrap(value)
    if isinstance(values, (int, float, complex)) or getattr(values, "dtype", np.dtype("O")).kind in "biufc":
        return values
    return np.asarray(values, dtype)


def _placeholder(like: NDArray[Any]) -> NDArray[Any]:
    """Return an array of the same shape and dtype without memory: a sweep reads no values of this input."""
    return np.ndarray(like.shape, like.dtype, _ZEROS, strides=(0,) * like.ndim)


def is_placeholder(array: Any) -> bool:
    """Return whether an array is a placeholder for values that an assignment has overwritten."""
    return array.base is _ZEROS


_ZEROS = bytes(32)


def _copy_index(index: Any) -> Any:
    """Return the index with copies of its arrays and lists, since the caller may change them in a loop."""
    if isinstance(index, tuple):
        return tuple(map(_copy_index, index))
    return index.copy() if isinstance(index, (np.ndarray, list)) else index


FUNCTIONS.assign = assign
