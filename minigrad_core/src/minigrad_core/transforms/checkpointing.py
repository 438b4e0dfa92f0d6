"""Memory for time: what a function computes on the way is forgotten, and computed again in backward."""

from __future__ import annotations

from functools import wraps
from sys import getrefcount
from typing import TYPE_CHECKING, Any

import numpy as np

from ..contracts import Operation
from ..engine.backward import sweep
from ..engine.modes import Recording, recording
from ..engine.node import Context, next_number
from ..errors import GradientError
from ..parameter import Parameter
from ..tensor import ComplexTensor, Tensor
from . import trees
from .arguments import check_function
from .paths import Paths
from .replay import replay
from .rewinding import Rewound, states
from .tracing import Nested

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ..array import Array


# As `getrefcount` counts: its inputs, what it saved, a variable and the argument.
_HELD_BY_THE_NODE = 4


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function like `f` that keeps its inputs only, and runs `f` again in backward.

    Arguments and value may be anything; gradients also reach the tensors that `f` closes over. A block of k
    layers then holds its input in the place of k activations; about sqrt(n) blocks serve a network of n
    layers best (T. Chen et al., "Training deep nets with sublinear memory cost", 2016). `f` must compute the
    same when it is run again: generators in its arguments, its closure and their modules are rewound, and so
    are buffers of these modules, as running means; other state it must not have.

    Raises
    ------
    GradientError
        In backward: `f` computed something else when it was run again.

    Examples
    --------
    >>> import numpy as np
    >>> from minigrad_core import grad
    >>> grad(lambda x: np.sum(checkpoint(np.sin)(x)))(np.array([0.0]))
    array([1.])
    """
    check_function(f)

    @wraps(f)
    def forgetful(*args: Any, **kwargs: Any) -> Any:
        return Segment(f, args, kwargs).run() if recording.get() else f(*args, **kwargs)

    return forgetful


class Segment(Operation):
    """One call of `f`, as a single operation on every tensor outside that the call reaches."""

    name = "checkpoint"

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.call = f, args, kwargs
        self.nested = Nested()
        self.states = states(f, args, kwargs)
        self.samples: list[NDArray[Any]] = []

    def run(self) -> Any:
        """Return what `f` returns, behind a node of its own."""
        output, start = self._called()
        made = _made(output, start)
        if not made:
            return output
        self.samples = [_sample(t.data) for t in made]
        inputs = _reached(made, start)
        node = Context(self, inputs, {}, (True,) * len(inputs))
        node.number = next_number()
        node.save(*inputs)  # they are computed with again: an optimizer's step on the way would be noticed
        node.outputs = tuple((t.data.shape, t.data.dtype) for t in made)
        twins = {id(t): _output(t.data, node, i) for i, t in enumerate(made)}
        return trees.mapped(output, lambda leaf: twins.get(id(leaf), leaf))

    def forward(self, ctx: Context, *inputs: Array) -> tuple[Array, ...]:  # noqa: ARG002 - the contract's
        """Do nothing: `run` has recorded the call."""
        return ()

    def backward(self, ctx: Context, *grads: Array) -> tuple[Array | None, ...]:
        """Run `f` again, recorded this time, and sweep through that."""
        with Recording(True), self.nested.again(), Rewound(self.states):
            output, start = self._called()
        made = _made(output, start)
        self._check_repeated(made)
        tracks = any(isinstance(g, Tensor) for g in grads)
        if not tracks:
            self._check_reached(ctx, {id(x) for x in _reached(made, start)})
        rule = replay(Paths(start, outside=True, narrowed=None), constant=False) if tracks else None
        found = sweep(zip(made, grads, strict=True), retain=tracks, until=start, rule=rule)
        return tuple(_gradient(found, x) for x in ctx.inputs)

    def _called(self) -> tuple[Any, int]:
        """Return the value of `f`, and the number above which its nodes are."""
        start = next_number()
        f, args, kwargs = self.call
        return trees.without_objects(f(*args, **kwargs)), start

    def _check_repeated(self, made: list[Tensor]) -> None:
        again = [_sample(t.data) for t in made]
        if len(again) != len(self.samples) or not all(map(_alike, self.samples, again)):
            raise GradientError(
                f"checkpoint: {self._named} computed something else when it was run again for its gradient. "
                "Pass random generators as arguments, and do not change state in a checkpointed function"
            )

    def _check_reached(self, ctx: Context, again: set[int]) -> None:
        """Raise if a parameter was used in the first run alone, unless that made it and nobody holds it."""
        for x in ctx.inputs:
            if id(x) not in again and isinstance(x, Parameter) and getrefcount(x) > _HELD_BY_THE_NODE:
                raise GradientError(
                    f"checkpoint: {self._named} did not use a parameter of shape {x.shape} when it was run "
                    "again for its gradient. A function made in a loop sees the loop's last values then; "
                    "pass what it computes with: checkpoint(layer)(x)"
                )

    @property
    def _named(self) -> str:
        return getattr(self.call[0], "__qualname__", repr(self.call[0]))


def _made(output: Any, start: int) -> list[Tensor]:
    """Return the tensors among the outputs that were computed since `start`, each once."""
    made = {
        id(leaf): leaf
        for leaf in trees.leaves(output)
        if isinstance(leaf, Tensor) and leaf.node is not None and leaf.node.number > start
    }
    return list(made.values())


def _reached(made: list[Tensor], start: int) -> tuple[Tensor, ...]:
    """Return the tensors that require a gradient, were there before `start`, and lead to those made since."""
    stack = [t.node for t in made if t.node]
    seen: set[Context] = set()
    reached: dict[int, Tensor] = {}
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        for x, needed in zip(node.inputs, node.needs, strict=True):
            if needed and (x.node is None or x.node.number <= start):
                reached[id(x)] = x
            elif needed:
                stack.append(x.node)
    return tuple(reached.values())


def _output(data: Any, node: Context, index: int) -> Tensor:
    tensor = Tensor(data) if data.dtype.kind != "c" else ComplexTensor(data)
    tensor.node, tensor.index, tensor.tracked = node, index, True
    return tensor


def _gradient(found: dict[Any, Any], x: Tensor) -> Any:
    if x.node is None:
        return found.get(x)
    g = found.get(x.node)
    return g if x.node.outputs is None or g is None else g.get(x.index)


def _sample(data: NDArray[Any]) -> NDArray[Any]:
    """Return a copy of about 64 values, enough to tell another random mask from the same one."""
    return data.flat[:: max(1, data.size // 64)]


def _alike(a: NDArray[Any], b: NDArray[Any]) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    tolerance = float(np.sqrt(np.finfo(a.dtype).eps))
    return np.allclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True)
