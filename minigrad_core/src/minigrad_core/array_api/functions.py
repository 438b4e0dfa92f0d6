"""Functions whose arguments in the array API standard are not those of NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ..tensor import Tensor
from ..tensor.containers import unwrap
from .creation import as_tensor, check_device


def astype(x: Any, dtype: DTypeLike, /, *, copy: bool = True, device: str | None = None) -> Tensor:
    """Return the values of `x` in another dtype. With `copy=False`, `x` itself where the dtype is its own."""
    check_device(device)
    if getattr(x, "requires_grad", False) and np.dtype(dtype) == bool:
        return as_tensor(x != 0)  # a mask, which has no gradient
    if not copy and np.dtype(dtype) == x.dtype:
        return as_tensor(x)
    return as_tensor(np.astype(x, dtype, copy=copy))


def broadcast_arrays(*arrays: Any) -> list[Tensor]:
    """Return the arrays, broadcast against one another."""
    return list(map(as_tensor, np.broadcast_arrays(*arrays)))


def clip(x: Any, /, min: Any = None, max: Any = None) -> Tensor:
    """Return `x` with values below `min` set to `min`, and values above `max` set to `max`, in its dtype."""
    if min is None and max is None:
        return as_tensor(x).copy()
    return as_tensor(np.clip(x, min, max)).astype(x.dtype, copy=False)


def sort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Tensor:
    """Return the values sorted along an axis. Equal values keep their order if `stable`."""
    if descending:
        order: Any = argsort(x, axis=axis, descending=True, stable=stable)
        return as_tensor(np.take_along_axis(x, order, axis=axis))
    return as_tensor(np.sort(x, axis=axis, stable=stable))


def argsort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Tensor:
    """Return the positions that sort `x` along an axis. Equal values keep their order if `stable`."""
    if not descending:
        return as_tensor(np.argsort(x, axis=axis, stable=stable))
    backwards = np.flip(np.argsort(np.flip(x, axis=axis), axis=axis, stable=stable), axis=axis)
    return as_tensor(x.shape[axis] - 1 - backwards)


def std(x: Any, /, *, axis: Any = None, correction: float = 0.0, keepdims: bool = False) -> Tensor:
    """Return the standard deviation: the squares are divided by n - `correction`."""
    return as_tensor(np.std(x, axis=axis, ddof=correction, keepdims=keepdims))


def var(x: Any, /, *, axis: Any = None, correction: float = 0.0, keepdims: bool = False) -> Tensor:
    """Return the variance: the squares are divided by n - `correction`."""
    return as_tensor(np.var(x, axis=axis, ddof=correction, keepdims=keepdims))


def unique_all(x: Any, /) -> Any:
    """Return the unique values, the first index of each, the number of the value at each index, and counts.

    The values are in ascending order, and in the graph: each is the element at its first index.
    """
    result: Any = np.unique_all(unwrap(x))
    values = np.reshape(x, (-1,))[result.indices]
    return type(result)(as_tensor(values), *map(as_tensor, result[1:]))


def unique_counts(x: Any, /) -> Any:
    """Return the unique values in ascending order, and how often each occurs."""
    values, _, _, counts = unique_all(x)
    return type(np.unique_counts(np.zeros(1)))(values, counts)


def unique_inverse(x: Any, /) -> Any:
    """Return the unique values in ascending order, and the number of the value at each index."""
    values, _, inverse, _ = unique_all(x)
    return type(np.unique_inverse(np.zeros(1)))(values, inverse)


def unique_values(x: Any, /) -> Tensor:
    """Return the unique values in ascending order."""
    values: Tensor = unique_all(x).values
    return values


class FloatingPointLimits:
    """`np.finfo` with Python numbers as attributes, as the standard has them."""

    def __init__(self, dtype: Any) -> None:
        limits = np.finfo(dtype)
        self.bits = int(limits.bits)
        self.dtype = np.dtype(limits.dtype)
        self.eps, self.max, self.min = float(limits.eps), float(limits.max), float(limits.min)
        self.smallest_normal = self.tiny = float(limits.smallest_normal)
        self.resolution = float(limits.resolution)


def finfo(type: Any, /) -> FloatingPointLimits:
    """Return the limits of a floating point dtype, or of that of a tensor."""
    return FloatingPointLimits(type.dtype if isinstance(type, Tensor) else type)
