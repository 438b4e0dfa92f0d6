"""The array type of the contracts; `unbroadcast`, the transpose of broadcasting; aligned copies of arrays."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias, Union

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .tensor import Tensor

# Operations take and return ndarrays, and tensors in a higher derivative. With `Any` instead, type checkers
# would accept half of the wrong signatures. `|` with a forward reference fails at run time.
Array: TypeAlias = Union[NDArray[Any], "Tensor"]

Shape: TypeAlias = tuple[int, ...]

# The types of arrays that the engine may write to. `mg.compile` adds the class of an array in a trace.
ARRAY_TYPES: set[type] = {np.ndarray}

# The types that replace arrays and numbers in a trace of `mg.compile`.
TRACED_TYPES: set[type] = set()

_BLOCK = 4096  # values along an axis whose sum is computed on its own
_CACHE_LINE = 64  # bytes


def get_shape(x: Any) -> Shape:
    """Return the shape of an array, tensor, scalar or nested list, without a call of an operation."""
    return x.shape if hasattr(x, "shape") else np.shape(x)


def to_array(x: Any, dtype: Any = None) -> NDArray[Any]:
    """Return `np.asarray(x, dtype)`; in a trace of `mg.compile`, the call is recorded."""
    return np.asarray(x, dtype, like=x) if type(x) in TRACED_TYPES else np.asarray(x, dtype)


def unbroadcast(grad: Array, shape: Shape) -> Array:
    """Return `grad` summed over the axes along which an input of `shape` was broadcast.

    This is the transpose of broadcasting: a repeated value gets the sum of the gradients of its copies.

    Examples
    --------
    >>> import numpy as np
    >>> unbroadcast(np.ones((2, 3)), (3,))
    array([2., 2., 2.])
    >>> unbroadcast(np.ones((2, 3)), (2, 1))
    array([[3.],
           [3.]])
    """
    new = grad.ndim - len(shape)
    if new > 0:
        grad = _sum(grad, tuple(range(new)), keepdims=False)
    stretched = tuple(i for i, size in enumerate(shape) if size == 1 and grad.shape[i] != 1)
    return _sum(grad, stretched, keepdims=True) if stretched else grad


def _sum(grad: Array, axes: tuple[int, ...], *, keepdims: bool) -> Array:
    """Return the sum over `axes`. float16 is summed as float32: it represents integers up to 2,048 only."""
    if grad.dtype == np.float16:
        return grad.sum(axis=axes, keepdims=keepdims, dtype=np.float32).astype(np.float16)
    if type(grad) in ARRAY_TYPES and len(axes) < grad.ndim and prod(grad.shape[a] for a in axes) > 4 * _BLOCK:
        return _sum_in_blocks(grad, axes, keepdims)  # type: ignore[arg-type]
    return grad.sum(axis=axes, keepdims=keepdims)


def _sum_in_blocks(grad: NDArray[Any], axes: tuple[int, ...], keepdims: bool) -> NDArray[Any]:
    """Return the sum over `axes` of an array with many values for each result.

    NumPy sums pairwise along the last axis only. Along another axis NumPy adds row after row, so that in
    single precision a sum of ones would stop at 2**24. The sums of the blocks take as long as one sum.
    """
    for axis in axes:
        starts = range(0, grad.shape[axis], _BLOCK)
        before = (slice(None),) * axis
        blocks = [grad[(*before, slice(i, i + _BLOCK))].sum(axis=axis, keepdims=True) for i in starts]
        grad = np.concatenate(blocks, axis=axis).sum(axis=axis, keepdims=True)
    return grad if keepdims else np.squeeze(grad, axes)


def copy_aligned(array: NDArray[Any], dtype: np.dtype[Any] | None = None) -> NDArray[Any]:
    """Return a copy, in `dtype` if given, whose values begin with a cache line if `array` is in C order.

    NumPy's arrays begin at multiples of 16 bytes, and vectors that cross cache lines take longer: an aligned
    velocity of 784 x 100 saves 3 of the 22 us of a step of SGD.
    """
    dtype = array.dtype if dtype is None else dtype
    if dtype.hasobject or not array.flags.c_contiguous:
        return array.astype(dtype)
    memory = np.empty(array.size * dtype.itemsize + _CACHE_LINE, np.uint8)
    address: int = memory.__array_interface__["data"][0]
    copy: NDArray[Any] = np.ndarray(array.shape, dtype, memory, -address % _CACHE_LINE)
    copy[...] = array
    return copy
