"""Gradient checkpointing: intermediate results are dropped, and computed again in backward."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from sys import getrefcount
from typing import TYPE_CHECKING, Any

from ..contracts import Operation
from ..engine.backward import sweep
from ..engine.modes import Block, differentiated, recorded, recording
from ..engine.node import Context, numbers
from ..errors import GradientError
from ..tensor import Tensor, output_of
from . import trees
from .arguments import check_function
from .fingerprint import Fingerprint
from .paths import Paths, gradient_key
from .preserved_state import PreservedState
from .replay import replay_rule

if TYPE_CHECKING:
    from ..array import Array


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function like `f` that keeps its inputs only, and runs `f` again in backward.

    Arguments and value may be anything; gradients also reach the tensors that `f` closes over. A block of k
    layers then holds its input instead of k activations; about sqrt(n) blocks serve a network of n
    layers best (T. Chen et al., "Training deep nets with sublinear memory cost", 2016). `f` must compute the
    same when it is run again: generators in its arguments, its closure and their modules are rewound, and so
    are buffers of these modules, as running means; other state it must not have.

    Raises
    ------
    GradientError
        In backward: `f` made other calls when it was run again, or computed with other tensors or values.

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
    """One call of `f`, as a single operation on every tensor outside that the call reaches."""

    name = "checkpoint"

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.arguments = f, args, kwargs
        self.outer_leaves = differentiated.get()
        self.state = PreservedState(f, args, kwargs)

    def run(self) -> Any:
        """Return what `f` returns, behind a node of its own."""
        output, results, start = self._call_function()
        if not results:
            return output
        fingerprint = self.fingerprint = Fingerprint(results, start)
        node = Context(self, (), {}, ())
        node.number = next(numbers)
        node.outputs = tuple((t.data.shape, t.data.dtype) for t in results)
        twins = {id(t): output_of(node, t.data, i) for i, t in enumerate(results)}
        output = trees.map_leaves(output, lambda leaf: twins.get(id(leaf), leaf))
        del results  # and with it the graph
        # A leaf that nobody else holds was made by `f`, which will make another one.
        self.inputs = [k for k in range(len(fingerprint.outside)) if _is_input(fingerprint.outside, k)]
        node.inputs = tuple(fingerprint.outside[k] for k in self.inputs)
        fingerprint.outside.clear()
        node.needs = (True,) * len(node.inputs)
        node.save(*node.inputs)  # they are computed with again: an optimizer's step would be noticed
        return output

    def forward(self, ctx: Context, *inputs: Array) -> tuple[Array, ...]:  # noqa: ARG002 - the contract's
        """Do nothing: `run` has recorded the call."""
        return ()

    def backward(self, ctx: Context, *grads: Array) -> tuple[Array | None, ...]:
        """Run `f` again, recorded this time, and sweep through that."""
        with recorded(), Block(differentiated, self.outer_leaves):
            _, results, start = self.state.run(self._call_function)
        self._check_same_calls(ctx, Fingerprint(results, start))
        tracks = any(isinstance(g, Tensor) for g in grads)
        rule = replay_rule(Paths(start, outside=True, needs=None), constant=False) if tracks else None
        grads_of_leaves = sweep(zip(results, grads, strict=True), retain=tracks, until=start, rule=rule)
        return tuple(_gradient(grads_of_leaves, x) for x in ctx.inputs)

    def _call_function(self) -> tuple[Any, list[Tensor], int]:
        """Return the value of `f`, the tensors in it that it computed, and the number before their nodes."""
        start = next(numbers)
        f, args, kwargs = self.arguments
        output = f(*args, **kwargs)
        results = {
            id(leaf): leaf
            for leaf in trees.leaves(output)
            if isinstance(leaf, Tensor) and leaf.node is not None and leaf.node.number > start
        }
        return output, list(results.values()), start

    def _check_same_calls(self, ctx: Context, again: Fingerprint) -> None:
        inputs = [again.outside[k] for k in self.inputs] if self.fingerprint.matches(again) else []
        if len(inputs) != len(ctx.inputs) or any(x is not y for x, y in zip(inputs, ctx.inputs, strict=True)):
            function = self.arguments[0]
            raise GradientError(
                f"checkpoint: {getattr(function, '__qualname__', repr(function))} computed something "
                "else, or with other tensors, when it was run again for its gradient. Pass random generators "
                "as arguments, do not change what it computes with before backward, and pass the variable of "
                "a loop, whose last value a function made in it would see: checkpoint(layer)(x)"
            )


def _is_input(outside: list[Tensor], k: int) -> bool:
    """Return whether tensor `k` existed before the call; the list alone refers to a leaf made by the call."""
    return outside[k].node is not None or _count_references(outside, k) > _SINGLE_REFERENCE


def _count_references(things: list[Any], k: int) -> int:
    return getrefcount(things[k])


_SINGLE_REFERENCE = _count_references([object()], 0)  # what a list alone holds; interpreters count otherwise


def _gradient(grads_of_leaves: dict[Any, Any], x: Tensor) -> Any:
    g = grads_of_leaves.get(gradient_key(x))
    return g.get(x.index) if isinstance(g, dict) else g  # of one of several outputs
