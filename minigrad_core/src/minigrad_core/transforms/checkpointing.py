"""Gradient checkpointing: drop intermediate results, and compute them again in backward."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from sys import getrefcount
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..array import Array
from ..contracts import Operation
from ..engine.backward import sweep
from ..engine.modes import Block, active_variables, enable_grad, in_checkpoint, recording
from ..engine.node import Context, node_numbers
from ..errors import ArgumentError, GradientError
from ..tensor import Tensor, freeze, make_output
from ..tensor.kinds import AssignedTensor
from ..tensor.reference_counts import ITEM
from . import trees
from .arguments import check_function
from .fingerprint import CallFingerprint, find_graph_point
from .paths import Paths, gradient_key
from .preserved_state import PreservedState
from .replay import make_replay_rule


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function like `f` that keeps only its inputs, and runs `f` again in backward.

    Arguments and value may be of any type. Gradients also reach the tensors that `f` closes over. A block of
    k layers then holds its input instead of k activations; about sqrt(n) blocks are best for a network of n
    layers (T. Chen et al., "Training deep nets with sublinear memory cost", 2016).

    `f` must compute the same result when it runs again. `checkpoint` restores two kinds of state for the
    second run: random generators, the global ones of NumPy and Python and all that can be reached from the
    arguments, closures, attributes and globals of `f` and of the functions that `f` calls; and buffers of
    modules, such as running means. `f` must not depend on other state that changes, such as a generator that
    another thread also draws from.

    Raises
    ------
    GradientError
        In backward: the second run of `f` made other calls, or computed with other tensors or values.

    Examples
    --------
    >>> import numpy as np
    >>> from minigrad_core import grad
    >>> grad(lambda x: np.sum(checkpoint(np.sin)(x)))(np.array([0.0]))
    array([1.])
    """
    check_function(f)

    @wraps(f)
    def run_segment(*args: Any, **kwargs: Any) -> Any:
        return Segment(f, args, kwargs).run() if recording.get() else f(*args, **kwargs)

    return run_segment


class Segment(Operation):
    """One call of `f`, recorded as one operation whose inputs are all tensors that the call depends on."""

    name = "checkpoint"

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        # The second run receives the current values, even if an argument is assigned to before that run.
        self.call = f, tuple(map(freeze, args)), {name: freeze(x) for name, x in kwargs.items()}
        self.outer_leaves = active_variables.get()
        self.state = PreservedState(f, args, kwargs)

    def run(self) -> Any:
        """Return the value of `f`; its tensors are outputs of one new node."""
        output, results, start = self._call_function()
        if not results:
            return output
        fingerprint = self.fingerprint = CallFingerprint(results, start)
        node = Context(self, (), {}, ())
        node.number = next(node_numbers)
        node.outputs = tuple((t.data.shape, t.data.dtype) for t in results)
        new_outputs = {id(t): make_output(node, data, i) for i, (t, data) in enumerate(_separate(results))}
        output = trees.map_leaves(output, lambda leaf: new_outputs.get(id(leaf), leaf))
        del results  # frees the graph of the call
        # If nothing else refers to a leaf, `f` made the leaf, and the second run makes another one.
        self.inputs = [k for k in range(len(fingerprint.outside)) if _is_input(fingerprint.outside, k)]
        node.inputs = tuple(fingerprint.outside[k] for k in self.inputs)
        fingerprint.outside.clear()
        node.needs = (True,) * len(node.inputs)
        node.save(*node.inputs)  # the engine then refuses backward after an optimizer's step
        return output

    def forward(self, ctx: Context, *inputs: Array) -> tuple[Array, ...]:  # noqa: ARG002 - the contract's
        """Return nothing: `run` has recorded the call."""
        return ()

    def backward(self, ctx: Context, *grads: Array) -> tuple[Array | None, ...]:
        """Run `f` again with recording on, and sweep through the graph of this run."""
        with enable_grad(), Block(active_variables, self.outer_leaves):
            _, results, start = self.state.run(self._call_function)
        self._check_same_calls(ctx, CallFingerprint(results, start))
        as_tensors = any(isinstance(g, Tensor) for g in grads)
        paths = Paths(start, outside=True, needs=None)
        rule = make_replay_rule(paths, constant=False) if as_tensors else None
        input_grads = sweep(zip(results, grads, strict=True), retain=as_tensors, until=start, rule=rule)
        return tuple(_get_gradient(x, input_grads) for x in ctx.inputs)

    def _call_function(self) -> tuple[Any, list[Tensor], int]:
        """Return the value of `f`, the tensors in it that `f` computed, and the number before their nodes."""
        start = next(node_numbers)
        f, args, kwargs = self.call
        with Block(in_checkpoint, True):
            output = f(*args, **kwargs)
        if any(isinstance(x, AssignedTensor) for x in (*args, *kwargs.values())):
            raise ArgumentError(
                f"checkpoint: {getattr(f, '__qualname__', repr(f))} assigns to its argument, and would do so "
                "again in its second run: assign to a copy, y = x.copy(); y[index] = value"
            )
        results = {
            id(leaf): leaf
            for leaf in trees.leaves(output)
            if isinstance(leaf, Tensor) and leaf.node is not None and leaf.node.number > start
        }
        return output, list(results.values()), start

    def _check_same_calls(self, ctx: Context, again: CallFingerprint) -> None:
        """Raise unless the second run made the calls of the first one, on the same tensors."""
        same = self.fingerprint.matches(again)
        pairs = [(again.outside[k], x) for k, x in zip(self.inputs, ctx.inputs, strict=True)] if same else []
        if not same or any(find_graph_point(x) != find_graph_point(y) for x, y in pairs):
            f = self.call[0]
            raise GradientError(
                f"checkpoint: {getattr(f, '__qualname__', repr(f))} computed something else, or with other "
                "tensors, when it ran again for its gradient. Pass random generators as arguments, and none "
                "that another thread draws from. Do not change the tensors and values it uses before "
                "backward. Pass the variable of a loop as an argument, checkpoint(layer)(x), since a "
                "function made in the loop sees its last value"
            )


def _separate(results: list[Tensor]) -> list[tuple[Tensor, NDArray[Any]]]:
    """Return the tensors with arrays that do not overlap: an assignment to one would not change the other."""
    pairs: list[tuple[Tensor, NDArray[Any]]] = []
    for t in results:
        overlaps = any(np.may_share_memory(t.data, data) for _, data in pairs)
        pairs.append((t, t.data.copy() if overlaps else t.data))
    return pairs


def _is_input(outside: list[Tensor], k: int) -> bool:
    """Return whether tensor `k` existed before the call; only `outside` refers to a leaf made by the call."""
    return outside[k].node is not None or getrefcount(outside[k]) > ITEM


def _get_gradient(x: Tensor, grads: dict[Any, Any]) -> Any:
    g = grads.get(gradient_key(x))
    return g.get(x.index) if isinstance(g, dict) else g  # a dict holds the gradients of several outputs
