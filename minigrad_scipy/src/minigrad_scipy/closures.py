"""Functions that are given to SciPy, and the tensors that they close over.

SciPy calls a function on arrays. The arguments `args`, and tensors that the function closes over, are
parameters of the result: `find_closure` finds them, an operation takes them as inputs, and
`pull_back_parameters` returns their gradients. `minigrad_core.checkpoint` does the search: it records a call
as one node, whose inputs are the tensors that the call depends on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigrad_core import Array, Tensor, checkpoint, no_grad, vjp
from minigrad_core.errors import ArgumentError, InputError
from minigrad_ops_basic.composite import Gradients, pull_back
from minigrad_ops_basic.dtypes import detach

from .tensors import has_tensor


@dataclass(frozen=True)
class Closure:
    """A function of arrays and of parameters: tensors in `args`, and tensors that the function closes over.

    The last arguments of a call are the values of the parameters. The values for `closed` are ignored, since
    the function reads these tensors itself.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...]
    positions: tuple[int, ...]  # in `args`
    closed: tuple[Tensor, ...]

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """The parameters."""
        return (*(self.args[i] for i in self.positions), *self.closed)

    def __call__(self, *arguments: Any) -> Any:
        count = len(arguments) - len(self.positions) - len(self.closed)
        args = list(self.args)
        for i, value in zip(self.positions, arguments[count:], strict=False):
            args[i] = value
        return self.function(*arguments[:count], *args)


def find_closure(function: Callable[..., Any], args: tuple[Any, ...], *arrays: Any) -> Closure:
    """Return `function`, and the tensors with a gradient on which `function(*arrays, *args)` depends."""
    positions = tuple(i for i, x in enumerate(args) if isinstance(x, Tensor) and x.requires_grad)
    refuse_non_finite("args", [detach(args[i]) for i in positions])
    value = checkpoint(lambda: join(function(*arrays, *args)))()
    known = {_find_point(args[i]) for i in positions}
    return Closure(
        function, args, positions, tuple(x for x in _list_inputs(value) if _find_point(x) not in known)
    )


def evaluate(function: Callable[..., Any], *args: Any) -> Any:
    """Return the value of `function` for arrays, as an array.

    Raises
    ------
    ArgumentError
        The value depends on a tensor with a gradient on which it did not depend when `find_closure` looked.
    """
    if isinstance(function, Closure) and function.closed:
        with no_grad():
            return detach(join(function(*args)))
    value = join(function(*args))
    if isinstance(value, Tensor) and value.requires_grad:
        raise ArgumentError(_DEPENDS_AT_TIMES)
    return detach(value)


def pull_back_parameters(
    function: Callable[..., Any],
    formula: Callable[..., Any],
    parameters: Sequence[Any],
    needs: Sequence[bool],
    grad: Array,
) -> Gradients:
    """Return the gradients of the parameters of `function`, given that of `formula(*parameters)`.

    `formula` passes its parameters to the function as the last arguments.
    """
    if not isinstance(function, Closure) or not function.closed:
        return pull_back(formula, parameters, needs, grad)
    value = _record(formula, function.tensors)
    if not _list_inputs(value):
        return (None,) * len(parameters)
    node = value.node
    gradients = dict(zip(map(_find_point, node.inputs), node.op.backward(node, grad), strict=True))
    known = [_find_point(x) for x in function.tensors]
    if not isinstance(grad, Tensor) and not gradients.keys() <= set(known):
        raise ArgumentError(_DEPENDS_AT_TIMES)
    return tuple(gradients.get(point) for point in known)


def _record(formula: Callable[..., Any], tensors: tuple[Tensor, ...]) -> Any:
    """Return the value of a checkpoint of `formula`, recorded also under `no_grad`.

    `vjp` turns recording on. Under `no_grad` a checkpoint records nothing, and the gradients would be zero.
    """
    values: list[Any] = []

    def run(_: Any) -> Any:
        values.append(checkpoint(formula)(*tensors))
        return values[0]

    vjp(run, np.zeros(()))
    return values[0]


def join(values: Any) -> Any:
    """Return the values of a function, an array or a list or tuple of numbers, as one array or tensor."""
    if isinstance(values, (list, tuple)) and has_tensor(values):
        return np.stack([join(x) for x in values])
    return values


def refuse_non_finite(name: str, parameters: Sequence[Any]) -> None:
    """Raise InputError for NaN and infinities, with which SciPy's solvers may never end."""
    if not all(np.all(np.isfinite(x)) for x in parameters):
        raise InputError(f"{name}: an argument has a value that is not finite")


def _list_inputs(value: Any) -> tuple[Tensor, ...]:
    """Return the tensors with a gradient that the value of a `checkpoint` depends on."""
    node = value.node if isinstance(value, Tensor) else None
    return () if node is None else node.inputs


def _find_point(x: Tensor) -> Any:
    """Return a key of the position of a tensor in the graph."""
    return id(x) if x.node is None else (id(x.node), x.node.outputs and x.index)


_DEPENDS_AT_TIMES = (
    "the function depends on a tensor with a gradient at some arguments, and not at the first: pass the "
    "tensor in args, or use it at all arguments, for example with np.where"
)
