"""Functions of the array API standard that create tensors. None of these tensors requires a gradient."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike

from ..dispatch.functions import FUNCTIONS
from ..errors import ArgumentError
from ..tensor import Tensor, tensor
from ..tensor.containers import has_tensor

DEVICE = "cpu"


def check_device(device: str | None) -> None:
    """Raise `ArgumentError` unless `device` is "cpu" or None."""
    if device not in (None, DEVICE):
        raise ArgumentError(
            f"expected device {DEVICE!r}, got {device!r}: the data of a tensor is a NumPy array"
        )


def asarray(
    obj: Any, /, *, dtype: DTypeLike | None = None, device: str | None = None, copy: bool | None = None
) -> Tensor:
    """Return `obj` as a tensor.

    obj: a tensor, array, number, or nested sequence of them. A tensor stays in the graph. Memory is shared
    where `copy` is not True and the dtype does not change. Assignment to one never changes the other.

    Raises
    ------
    ArgumentError
        `copy` is False, and a copy is needed.
    """
    check_device(device)
    if isinstance(obj, Tensor):
        return _convert(obj, dtype, copy)
    if isinstance(obj, (list, tuple)) and has_tensor(obj):
        result: Tensor = FUNCTIONS[np.array](obj)
        return _convert(result, dtype, None)
    try:
        array = np.asarray(obj, dtype=dtype, copy=copy)
    except ValueError as error:
        if copy is False:
            raise ArgumentError(f"copy=False, and {type(obj).__name__} cannot be shared: {error}") from error
        raise
    return Tensor(array) if isinstance(obj, np.ndarray) and array.base is None else tensor(array)


def _convert(x: Tensor, dtype: DTypeLike | None, copy: bool | None) -> Tensor:
    if dtype is not None and np.dtype(dtype) != x.dtype:
        if copy is False:
            raise ArgumentError(f"copy=False, and {x.dtype} to {np.dtype(dtype)} needs a copy")
        return x.astype(dtype)
    return x.copy() if copy else x


def arange(
    start: float,
    /,
    stop: float | None = None,
    step: float = 1,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
) -> Tensor:
    """Return the values from `start` (0 if `stop` is None) to `stop`, exclusive, in steps of `step`."""
    check_device(device)
    start, stop = (0, start) if stop is None else (start, stop)
    return Tensor(np.arange(start, stop, step, dtype=dtype))


def linspace(
    start: Any,
    stop: Any,
    /,
    num: int,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    endpoint: bool = True,
) -> Tensor:
    """Return `num` values at equal distances from `start` to `stop`. Both may be tensors."""
    check_device(device)
    return as_tensor(np.linspace(start, stop, num, dtype=dtype, endpoint=endpoint))


def empty(shape: Any, *, dtype: DTypeLike | None = None, device: str | None = None) -> Tensor:
    """Return a tensor whose values are not set."""
    check_device(device)
    return Tensor(np.empty(shape, dtype))


def zeros(shape: Any, *, dtype: DTypeLike | None = None, device: str | None = None) -> Tensor:
    """Return zeros, of float64 by default."""
    check_device(device)
    return Tensor(np.zeros(shape, dtype))


def ones(shape: Any, *, dtype: DTypeLike | None = None, device: str | None = None) -> Tensor:
    """Return ones, of float64 by default."""
    check_device(device)
    return Tensor(np.ones(shape, dtype))


def full(shape: Any, fill_value: Any, *, dtype: DTypeLike | None = None, device: str | None = None) -> Tensor:
    """Return a tensor in which each element is `fill_value`, a number or a tensor of one element."""
    check_device(device)
    if isinstance(fill_value, Tensor):
        return astype_copy(np.broadcast_to(fill_value, shape), dtype)
    return Tensor(np.full(shape, fill_value, dtype))


def astype_copy(x: Any, dtype: DTypeLike | None) -> Tensor:
    """Return a copy of the tensor `x` in a dtype, by default its own."""
    result: Tensor = x.copy() if dtype is None or np.dtype(dtype) == x.dtype else x.astype(dtype)
    return result


def empty_like(x: Any, /, *, dtype: DTypeLike | None = None, device: str | None = None) -> Tensor:
    """Return a tensor of the shape of `x` whose values are not set."""
    return empty(x.shape, dtype=dtype or x.dtype, device=device)


def zeros_like(x: Any, /, *, dtype: DTypeLike | None = None, device: str | None = None) -> Tensor:
    """Return zeros of the shape and, by default, the dtype of `x`."""
    return zeros(x.shape, dtype=dtype or x.dtype, device=device)


def ones_like(x: Any, /, *, dtype: DTypeLike | None = None, device: str | None = None) -> Tensor:
    """Return ones of the shape and, by default, the dtype of `x`."""
    return ones(x.shape, dtype=dtype or x.dtype, device=device)


def full_like(
    x: Any, /, fill_value: Any, *, dtype: DTypeLike | None = None, device: str | None = None
) -> Tensor:
    """Return `fill_value` in the shape and, by default, the dtype of `x`."""
    return full(x.shape, fill_value, dtype=dtype or x.dtype, device=device)


def eye(
    n_rows: int,
    n_cols: int | None = None,
    /,
    *,
    k: int = 0,
    dtype: DTypeLike | None = None,
    device: str | None = None,
) -> Tensor:
    """Return ones on the diagonal `k` and zeros elsewhere."""
    check_device(device)
    return Tensor(np.eye(n_rows, n_cols, k=k, dtype=dtype or np.float64))


def meshgrid(*arrays: Any, indexing: Literal["xy", "ij"] = "xy") -> list[Tensor]:
    """Return the coordinates of a grid, one tensor for each of the 1-d `arrays`."""
    return list(map(as_tensor, np.meshgrid(*arrays, indexing=indexing)))


def from_dlpack(x: Any, /, *, device: str | None = None, copy: bool | None = None) -> Tensor:
    """Return the array of another library, or a tensor, as a tensor that shares its memory.

    Raises
    ------
    ConversionError
        `x` is a tensor that requires a gradient.
    """
    check_device(device)
    return Tensor(np.from_dlpack(x, copy=copy))


def as_tensor(x: Any) -> Tensor:
    """Return `x` as a tensor: NumPy returns an array if no argument is a tensor."""
    return x if isinstance(x, Tensor) else Tensor(x)
