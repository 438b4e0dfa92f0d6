"""A differentiable function of arrays: an operation with its settings bound, or the gradient of one.

Another framework sees arrays only. What it calls is minigrad, and the gradient of what it calls is minigrad's
`vjp`, a function of arrays again. So double backward, and any further one, needs no rule of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Tensor, vjp
from minigrad_core.contracts.adapters import OperationAdapter
from minigrad_core.errors import ArgumentError


@dataclass(frozen=True)
class ArrayFunction:
    """A function of float arrays that minigrad can differentiate.

    Attributes
    ----------
    f : callable
        Takes arrays or minigrad's tensors, by position; returns one or a tuple.
    """

    f: Callable[..., Any]

    def __call__(self, *arrays: Any) -> Any:
        """Return what `f` gives, as new arrays: one or a tuple."""
        with np.errstate(all="ignore"):
            return to_arrays(self.f(*arrays), arrays)

    def vjp_of(self, *arrays: Any) -> tuple[Any, Callable[..., tuple[Any, ...]]]:
        """Return the outputs, and the function that gives the gradients for those of the outputs."""
        outputs: list[Any] = []

        def f(*xs: Any) -> Any:
            outputs.append(self.f(*xs))  # once: it may draw random numbers, or move a running mean
            return float_outputs(outputs[-1])

        with np.errstate(all="ignore"):
            _, pullback = vjp(f, *arrays)

        def gradients(*grads: Any) -> tuple[Any, ...]:
            received = pullback(tuple(grads))
            received = received if isinstance(received, tuple) else (received,)
            return tuple(map(np.asarray, received))

        return to_arrays(outputs[-1], arrays), gradients

    def gradient_function(self, count: int) -> ArrayFunction:
        """Return the gradients, as a function of `count` arrays and of the gradients of the float outputs."""

        def f(*arguments: Any) -> Any:
            _, pullback = vjp(lambda *xs: float_outputs(self.f(*xs)), *arguments[:count])
            received = pullback(tuple(arguments[count:]))
            return received if isinstance(received, tuple) else (received,)

        return ArrayFunction(f)


def bind_operation(
    op: Any, inputs: Sequence[Any], argnums: Sequence[int], settings: Mapping[str, Any]
) -> ArrayFunction:
    """Return an operation as a function of the inputs at `argnums`, the others held constant."""
    call = as_callable(op)

    def f(*arrays: Any) -> Any:
        given = list(inputs)
        for place, array in zip(argnums, arrays, strict=True):
            given[place] = array
        return call(*given, **settings)

    return ArrayFunction(f)


def as_callable(op: Any) -> Callable[..., Any]:
    """Return the function that calls an operation on arrays and tensors; ArgumentError if it is none."""
    if isinstance(op, type) or not (callable(op) or callable(getattr(op, "forward", None))):
        raise ArgumentError(f"expected an operation, as ops['nn::gelu'], got {op!r}")
    call: Any = op if hasattr(op, "differentiable") or not hasattr(op, "backward") else OperationAdapter(op)
    return call


def float_outputs(value: Any) -> tuple[Any, ...]:
    """Return the outputs that have gradients."""
    outputs = value if isinstance(value, tuple | list) else (value,)
    return tuple(y for y in outputs if np.asarray(getattr(y, "data", y)).dtype.kind in "fc")


def to_arrays(value: Any, arrays: Sequence[Any]) -> Any:
    """Return outputs as arrays that share no memory with the inputs: frameworks think of them as new."""
    if isinstance(value, tuple | list):
        return tuple(to_arrays(y, arrays) for y in value)
    array = np.asarray(value.data if isinstance(value, Tensor) else value)
    return array.copy() if any(_shares(array, x) for x in arrays) else array


def _shares(array: NDArray[Any], x: Any) -> bool:
    return isinstance(x, np.ndarray) and np.may_share_memory(array, x)
