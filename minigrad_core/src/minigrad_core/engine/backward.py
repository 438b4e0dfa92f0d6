"""One reverse sweep over a graph.

Reachable nodes are visited in descending number: each once, without recursion, whatever the depth. Only nodes
that a gradient has reached enter the queue, so a branch that nothing flows through costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappop, heappush, heappushpop
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..array import unbroadcast
from ..dispatch.tables import describe
from ..errors import FreedGraphError, GradientError, MinigradError
from . import malloc, version_counter
from .node import match_to_inputs

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .node import Context

# How one node turns the gradients of its outputs into those of its inputs. None: by its own `backward`, on
# raw arrays. The transforms pass another rule, which works on tensors.
Rule: TypeAlias = "Callable[[Context, tuple[Any, ...]], Any]"
Key: TypeAlias = "Context | Tensor"

_ndarray = np.ndarray


def sweep(
    roots: Iterable[tuple[Tensor, Any]],
    *,
    retain: bool = False,
    until: int = 0,
    rule: Rule | None = None,
) -> dict[Any, Any]:
    """Return the gradient of each leaf that the sweep reaches, and of each node at which it stops.

    roots: (tensor, gradient) pairs to start from. Nodes numbered `until` or lower are not visited. A node
    drops what it holds as soon as it has been visited, unless `retain`. No gradient that an operation
    returned is ever written to: the second one to arrive is added out of place, later ones into that sum.

    Raises
    ------
    FreedGraphError
        A node was visited by an earlier sweep that did not retain the graph.
    StaleGraphError
        An optimizer wrote to what a node had saved.
    GradientError
        An operation returned gradients of a wrong number, shape or type.
    """
    if not malloc.is_configured:
        malloc.keep_freed_memory()
    grads: dict[Any, Any] = {}
    owned: set[Key] = set()
    queue: list[tuple[int, Context]] = []
    for tensor, seed in roots:
        _add_grad(grads, owned, queue, tensor, seed)
    _empty_queue(grads, owned, queue, retain, until, rule)
    return grads


def _empty_queue(
    grads: dict[Any, Any],
    owned: set[Key],
    queue: list[tuple[int, Context]],
    retain: bool,
    until: int,
    rule: Rule | None,
) -> None:
    """Empty the queue: take the gradient of each node, and hand those of its inputs on."""
    horizon = max(until, version_counter.latest)
    received: Any
    following: Context | None = None  # in a chain the only one, which needs no queue
    while following or queue:
        if following is None:
            node = heappop(queue)[1]
        elif queue:
            node = heappushpop(queue, (-following.number, following))[1]
        else:
            node = following
        following = None
        if node.number <= horizon:
            if node.number <= until:  # and so are all that are left
                break
            version_counter.refuse_stale(node, replayed=rule is not None)
        inputs = node.inputs
        try:
            if node.outputs is not None or not inputs:
                received = _call_with_output_grads(node, grads.pop(node), rule)
            elif rule is None:
                received = node.op.backward(node, grads.pop(node))
            else:
                received = rule(node, (grads.pop(node),))
        except Exception as error:
            if not isinstance(error, MinigradError):  # ours name the operation
                error.add_note(_describe_call(node, error))
            raise
        if type(received) is not tuple:
            received = (received,)
        if len(received) != len(inputs):
            received = _match_to_inputs(node, received)
        needs = node.needs
        for i, g in enumerate(received):  # a zip of three takes longer
            if g is not None and needs[i]:
                x = inputs[i]
                data = x.data
                if owned and x in owned and type(g) is _ndarray and g.size == data.size:
                    try:  # NumPy casts, and refuses what does not fit: no look at shape and dtype is needed
                        total = grads[x]
                        total += g
                        continue
                    except (TypeError, ValueError):  # said below, with names
                        pass
                try:
                    if g.shape != data.shape or g.dtype is not data.dtype:
                        g = _fit_to_input(node, received, x, g)
                except AttributeError:  # it is no array
                    g = _fit_to_input(node, received, x, g)
                key = x.node
                # The common cases of `_add_grad`, written out: a call per gradient is a tenth of a tiny op.
                if key is None:
                    if x not in grads:
                        grads[x] = g
                        continue
                elif key.outputs is None and key not in grads:
                    grads[key] = g
                    if following is None:
                        following = key
                    else:
                        heappush(queue, (-key.number, key))
                    continue
                _add_grad(grads, owned, queue, x, g)
        if not retain:
            node.saved = node.inputs = ()
            x = data = None  # what this node alone held is free before the next one needs memory


def _describe_call(node: Context, error: Exception) -> str:
    """Return what the author of an operation needs to know of an exception in its backward."""
    shapes = ", ".join(str(getattr(x, "shape", type(x).__name__)) for x in node.inputs)
    note = f"in the backward of {describe(node.op)}, for inputs {shapes}"
    if isinstance(error, IndexError):
        note += f"; ctx.needs has {len(node.needs)} entries, none for an input that was left out"
    return note


def _call_with_output_grads(node: Context, slots: dict[int, Any], rule: Rule | None) -> Any:
    """Return what the rule of a node with several outputs makes of their gradients; unused ones get zeros."""
    if not node.inputs:
        raise FreedGraphError(
            f"backward went through {describe(node.op)} before, and what it saved is gone: "
            "run the forward pass again, or pass retain_graph=True to the first backward"
        )
    outputs = enumerate(node.outputs or ())
    grads = tuple([slots[i] if i in slots else np.zeros(*output) for i, output in outputs])
    return node.op.backward(node, *grads) if rule is None else rule(node, grads)


def _match_to_inputs(node: Context, received: tuple[Any, ...]) -> tuple[Any, ...]:
    counted = match_to_inputs(node.op, node.inputs, received)
    if counted is None:
        raise GradientError(
            f"{describe(node.op)}: backward returned {len(received)} gradients for {len(node.inputs)} inputs"
        )
    return counted


def _add_grad(
    grads: dict[Any, Any], owned: set[Key], queue: list[tuple[int, Context]], x: Tensor, g: Any
) -> None:
    node = x.node
    key: Any = node or x
    if key not in grads:
        grads[key] = g if node is None or node.outputs is None else {x.index: g}
        if node is not None:
            heappush(queue, (-node.number, node))
    elif node is not None and node.outputs is not None:
        slots = grads[key]
        slots[x.index] = slots[x.index] + g if x.index in slots else g
    elif key in owned and isinstance(g, (np.ndarray, np.generic)):
        grads[key] += g
    else:
        total = grads[key] = grads[key] + g
        if type(total) is _ndarray:
            owned.add(key)
        else:  # scalars and tensors are added out of place
            owned.discard(key)


def _fit_to_input(node: Context, received: tuple[Any, ...], x: Tensor, g: Any) -> Any:
    """Return `g`, one of those received, in the shape and dtype of the input `x`, or say what is wrong."""
    given, shape, dtype = g, x.data.shape, x.data.dtype
    if not hasattr(g, "shape") or not hasattr(g, "dtype"):
        raise GradientError(
            f"{_describe_grad(node, received, x, g)}: "
            f"expected an array of shape {shape}, got {type(g).__name__}"
        )
    if g.shape != shape:
        if not (getattr(node.op, "broadcasts", False) and _is_broadcast(shape, g.shape)):
            raise GradientError(
                f"{_describe_grad(node, received, x, g)} has the wrong shape: expected {shape}, got {g.shape}"
            )
        g = unbroadcast(g, shape)
    if g.dtype.kind == "c" and dtype.kind == "f" and getattr(node.op, "takes_complex", False):
        g = np.real(g)
    if g.dtype != dtype:
        # Cast to integers, a gradient would lose its fractions in silence.
        if g.dtype.kind not in ("fiubc" if dtype.kind == "c" else "fiub") or dtype.kind not in "fc":
            raise GradientError(
                f"{_describe_grad(node, received, x, given)} has the wrong dtype: "
                f"expected {dtype}, got {g.dtype}"
                + ("" if dtype.kind in "fc" else f"; values of type {dtype} have no gradient")
                + ("; complex ones are for what says takes_complex" if g.dtype.kind == "c" else "")
            )
        g = g.astype(dtype)
    return g


def _describe_grad(node: Context, received: tuple[Any, ...], x: Tensor, g: Any) -> str:
    pairs = enumerate(zip(node.inputs, received, strict=True))
    index = next(i for i, (other, grad) in pairs if other is x and grad is g)
    return f"{describe(node.op)}: the gradient for input {index}"


def _is_broadcast(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    tail = to[len(to) - len(shape) :]
    return len(to) >= len(shape) and all(n in (m, 1) for n, m in zip(shape, tail, strict=True))
