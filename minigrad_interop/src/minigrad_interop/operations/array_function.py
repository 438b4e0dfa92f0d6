"""Functions of arrays with a vjp: operations with fixed settings, and gradients of such functions.

Another framework sees a function of arrays only. minigrad evaluates the function and its `vjp`, and the `vjp`
is again a function of arrays. Double backward and higher derivatives therefore need no further rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Tensor, vjp


@dataclass(frozen=True)
class ArrayFunction:
    """A function of float arrays that minigrad can differentiate.

    Attributes
    ----------
    f : callable
        Takes positional arrays or tensors of minigrad; returns one output or a tuple.
    """

    f: Callable[..., Any]

    def __call__(self, *arrays: Any) -> Any:
        """Return the output of `f`, or a tuple of outputs, as new arrays."""
        with np.errstate(all="ignore"):
            return to_arrays(self.f(*arrays), arrays)

    def vjp_of(self, *arrays: Any) -> tuple[Any, Callable[..., tuple[Any, ...]]]:
        """Return the outputs, and the pullback of gradients of the float outputs."""
        outputs: list[Any] = []

        def f(*xs: Any) -> Any:
            outputs.append(self.f(*xs))  # called once: it may draw random numbers, or update a running mean
            return float_outputs(outputs[-1])

        with np.errstate(all="ignore"):
            _, pullback = vjp(f, *arrays)
        return to_arrays(outputs[-1], arrays), lambda *grads: tuple(
            map(np.asarray, _as_tuple(pullback(grads)))
        )

    def gradient_function(self, count: int) -> ArrayFunction:
        """Return the gradients as a function of `count` arrays and of the gradients of the float outputs."""

        def f(*arguments: Any) -> Any:
            _, pullback = vjp(lambda *xs: float_outputs(self.f(*xs)), *arguments[:count])
            return _as_tuple(pullback(arguments[count:]))

        return ArrayFunction(f)


def float_outputs(value: Any) -> tuple[Any, ...]:
    """Return the outputs that have gradients: floats and complex numbers."""
    outputs = value if isinstance(value, tuple | list) else (value,)
    return tuple(y for y in outputs if np.asarray(getattr(y, "data", y)).dtype.kind in "fc")


def to_arrays(value: Any, arrays: Sequence[Any]) -> Any:
    """Return outputs as arrays that share no memory with the inputs, as frameworks expect."""
    if isinstance(value, tuple | list):
        return tuple(to_arrays(y, arrays) for y in value)
    array = np.asarray(value.data if isinstance(value, Tensor) else value)
    return array.copy() if any(_shares_memory(array, x) for x in arrays) else array


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _shares_memory(array: NDArray[Any], x: Any) -> bool:
    return isinstance(x, np.ndarray) and np.may_share_memory(array, x)
