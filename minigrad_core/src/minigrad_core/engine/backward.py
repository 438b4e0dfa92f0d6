"""Backpropagation: one reverse sweep over a recorded graph.

The sweep visits nodes in descending number, which is a reverse topological order. It visits each node once,
without recursion, so a graph may have any depth. A node enters the queue when the first gradient reaches it,
so a branch that no gradient reaches costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappop, heappush, heappushpop
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..array import ARRAY_TYPES, unbroadcast
from ..dispatch.tables import describe
from ..errors import FreedGraphError, GradientError, MinigradError
from . import assignments, malloc, version_counter
from .node import Context, match_to_inputs

if TYPE_CHECKING:
    from ..array import Shape
    from ..tensor import Tensor

# A rule computes the gradients of a node's inputs from those of its outputs. The default, None, calls the
# `backward` of the node's operation on raw arrays. The transforms pass a rule that works on tensors.
Rule: TypeAlias = Callable[[Context, tuple[Any, ...]], Any]

# The sweep stores the gradient of a tensor under the node that computed it, and the gradient of a leaf under
# the leaf. A node with several outputs has a dict from the index of an output to its gradient.
Key: TypeAlias = "Context | Tensor"
Grads: TypeAlias = dict[Any, Any]
Queue: TypeAlias = list[tuple[int, Context]]  # a heap of (-number, node)


def sweep(
    roots: Iterable[tuple[Tensor, Any]],
    *,
    retain: bool = False,
    until: int = 0,
    rule: Rule | None = None,
) -> Grads:
    """Return the gradient of each leaf that the sweep reaches, and of each node at which it stops.

    roots: (tensor, gradient) pairs to start from. The sweep does not visit nodes whose number is at most
    `until`. A visited node drops its inputs and saved values, unless `retain`. The sweep never writes to a
    gradient that an operation returned: it adds the second gradient of a tensor out of place, and later ones
    into that sum.

    Raises
    ------
    FreedGraphError
        An earlier sweep visited a node and did not retain the graph.
    StaleGraphError
        An optimizer wrote to an array that a node had saved.
    GradientError
        An operation returned gradients of a wrong number, shape or type.
    """
    if not malloc.is_configured:
        malloc.keep_freed_memory()
    grads: Grads = {}
    owned: set[Key] = set()  # the keys whose gradient is a sum that this sweep made, and may write to
    queue: Queue = []
    for tensor, grad in roots:
        _add_grad(grads, owned, queue, tensor, grad)
    _visit_nodes(grads, owned, queue, retain, until, rule)
    return grads


def _visit_nodes(
    grads: Grads, owned: set[Key], queue: Queue, retain: bool, until: int, rule: Rule | None
) -> None:
    """Take nodes from the queue, the latest first, and pass the gradients of each on to its inputs."""
    horizon = max(until, version_counter.latest, assignments.latest)  # newer nodes need none of the checks
    next_node: Context | None = None  # in a chain of nodes the heap stays empty
    input_grads: Any

    while next_node or queue:
        if next_node is None:
            node = heappop(queue)[1]
        elif queue:
            node = heappushpop(queue, (-next_node.number, next_node))[1]
        else:
            node = next_node
        next_node = None

        if node.number <= horizon:
            if node.number <= until:  # the other nodes in the queue have lower numbers
                break
            if node.number <= version_counter.latest:
                version_counter.refuse_stale(node, replayed=rule is not None)
            if node.number <= assignments.latest:
                assignments.restore_inputs(node)
                # Drop the references from the node before: the rule of an assignment writes into its gradient
                # if nothing else refers to the gradient.
                input_grads = g = None

        inputs = node.inputs
        try:
            if not inputs:
                raise make_freed_error(node)
            if node.outputs is not None:  # `forward` returned a tuple
                input_grads = _call_rule(node, grads.pop(node), rule)
            elif rule is None:
                input_grads = node.op.backward(node, grads.pop(node))
            else:
                input_grads = rule(node, (grads.pop(node),))
        except Exception as error:
            if not isinstance(error, MinigradError):  # the messages of minigrad name the operation
                error.add_note(_describe_call(node, error))
            raise
        if type(input_grads) is not tuple:
            input_grads = (input_grads,)
        if len(input_grads) != len(inputs):
            input_grads = _check_count(node, input_grads)

        needs = node.needs
        for i, g in enumerate(input_grads):  # a zip of three is slower
            if g is None or not needs[i]:
                continue
            x = inputs[i]
            data = x.data
            if owned and x in owned and type(g) in ARRAY_TYPES and g.size == data.size:
                try:  # NumPy casts `g`, and raises if the shape or dtype does not fit: no check is needed
                    total = grads[x]
                    total += g
                    continue
                except (TypeError, ValueError):  # `_fit_to_input` converts `g`, or names the input
                    pass
            try:
                if g.shape != data.shape or g.dtype is not data.dtype:
                    g = _fit_to_input(node, input_grads, x, g)
            except AttributeError:  # `g` is not an array
                g = _fit_to_input(node, input_grads, x, g)

            key = x.node
            # The common cases of `_add_grad`, written out: calls would make small operations 10 % slower.
            if key is None:
                if x not in grads:
                    grads[x] = g
                    continue
            elif key.outputs is None and key not in grads:
                grads[key] = g
                if next_node is None:
                    next_node = key
                else:
                    heappush(queue, (-key.number, key))
                continue
            _add_grad(grads, owned, queue, x, g)

        if not retain:
            node.saved = node.inputs = ()
            x = data = None  # frees the arrays of this node before the next one allocates its own


def _add_grad(grads: Grads, owned: set[Key], queue: Queue, x: Tensor, g: Any) -> None:
    """Add `g` to the gradient of `x`. The first gradient that reaches a node puts the node into the queue."""
    node = x.node
    key: Any = node or x
    if key not in grads:
        grads[key] = g if node is None or node.outputs is None else {x.index: g}
        if node is not None:
            heappush(queue, (-node.number, node))
    elif node is not None and node.outputs is not None:
        output_grads = grads[key]
        output_grads[x.index] = output_grads[x.index] + g if x.index in output_grads else g
    elif key in owned and isinstance(g, (np.ndarray, np.generic)):
        grads[key] += g
    else:
        total = grads[key] + g
        if total.dtype is not g.dtype:  # NumPy adds big-endian numbers to native ones
            total = total.astype(g.dtype)
        grads[key] = total
        if type(total) in ARRAY_TYPES:
            owned.add(key)
        else:  # a scalar cannot be changed in place, and a tensor should not
            owned.discard(key)


def _call_rule(node: Context, output_grads: dict[int, Any], rule: Rule | None) -> Any:
    """Call the rule of a node with several outputs; an output without a gradient gets zeros."""
    outputs = enumerate(node.outputs or ())
    grads = tuple([output_grads[i] if i in output_grads else np.zeros(*output) for i, output in outputs])
    return node.op.backward(node, *grads) if rule is None else rule(node, grads)


def make_freed_error(node: Context) -> FreedGraphError:
    """Return the error for a node whose inputs an earlier sweep dropped."""
    return FreedGraphError(
        f"backward went through {describe(node.op)} before, and its saved values are gone: "
        "run the forward pass again, or pass retain_graph=True to the first backward"
    )


def _describe_call(node: Context, error: Exception) -> str:
    """Return the note for an exception that the `backward` of an operation raised."""
    shapes = ", ".join(str(getattr(x, "shape", type(x).__name__)) for x in node.inputs)
    note = f"in the backward of {describe(node.op)}, for inputs {shapes}"
    if isinstance(error, IndexError):
        note += f"; ctx.needs has {len(node.needs)} entries, none for an input that was left out"
    return note


def _check_count(node: Context, input_grads: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return one gradient per input, or raise a GradientError."""
    matched = match_to_inputs(node.op, node.inputs, input_grads)
    if matched is None:
        raise GradientError(
            f"{describe(node.op)}: "
            f"backward returned {len(input_grads)} gradients for {len(node.inputs)} inputs"
        )
    return matched


def _fit_to_input(node: Context, input_grads: tuple[Any, ...], x: Tensor, g: Any) -> Any:
    """Return `g`, one of `input_grads`, in the shape and dtype of the input `x`, or raise a GradientError."""
    returned, shape, dtype = g, x.data.shape, x.data.dtype
    if not hasattr(g, "shape") or not hasattr(g, "dtype"):
        raise GradientError(
            f"{_describe_grad(node, input_grads, x, g)}: "
            f"expected an array of shape {shape}, got {type(g).__name__}"
        )
    if g.shape != shape:
        if not (getattr(node.op, "broadcasts", False) and _is_broadcast(shape, g.shape)):
            raise GradientError(
                f"{_describe_grad(node, input_grads, x, g)} has the wrong shape: "
                f"expected {shape}, got {g.shape}"
            )
        g = unbroadcast(g, shape)
    if g.dtype.kind == "c" and dtype.kind == "f" and getattr(node.op, "takes_complex", False):
        g = np.real(g)
    if g.dtype != dtype:
        # A cast to integers would drop the fractions of a gradient without a message.
        if g.dtype.kind not in ("fiubc" if dtype.kind == "c" else "fiub") or dtype.kind not in "fc":
            raise GradientError(
                f"{_describe_grad(node, input_grads, x, returned)} has the wrong dtype: "
                f"expected {dtype}, got {g.dtype}"
                + ("" if dtype.kind in "fc" else f"; values of type {dtype} have no gradient")
                + ("; complex gradients need an operation with takes_complex" if g.dtype.kind == "c" else "")
            )
        g = g.astype(dtype)
    return g


def _describe_grad(node: Context, input_grads: tuple[Any, ...], x: Tensor, g: Any) -> str:
    """Return "nn::relu (minigrad-ops-nn 0.1.0): the gradient for input 0"."""
    pairs = enumerate(zip(node.inputs, input_grads, strict=True))
    index = next(i for i, (other, grad) in pairs if other is x and grad is g)
    return f"{describe(node.op)}: the gradient for input {index}"


def _is_broadcast(shape: Shape, to: Shape) -> bool:
    """Return whether NumPy broadcasts an array of `shape` to the shape `to`."""
    tail = to[len(to) - len(shape) :]
    return len(to) >= len(shape) and all(n in (m, 1) for n, m in zip(shape, tail, strict=True))
