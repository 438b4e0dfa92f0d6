"""Convert arrays to tensors and back, without copying."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from minigrad_core.errors import InputError

from ..positions import iterate_nested


def as_tensor(x: NDArray[Any] | np.generic) -> torch.Tensor:
    """Return a tensor that shares the memory of an array; if PyTorch cannot, a copy that is not contiguous.

    PyTorch has no negative strides, and warns about read-only arrays.
    """
    x = np.asarray(x)
    if any(stride < 0 for stride in x.strides):
        x = np.array(x, order="F")
    elif not x.flags.writeable:
        x = np.lib.stride_tricks.as_strided(np.array(x[_distinct_index(x)]), x.shape, _own_strides(x))
    return torch.from_numpy(x)


def _distinct_index(x: NDArray[Any]) -> tuple[slice, ...]:
    """Return the index of the distinct values: the first one along each axis of stride 0."""
    return tuple(slice(0, 1) if stride == 0 else slice(None) for stride in x.strides)


def _own_strides(x: NDArray[Any]) -> tuple[int, ...]:
    inner = np.empty(x[_distinct_index(x)].shape, x.dtype).strides
    return tuple(0 if given == 0 else own for given, own in zip(x.strides, inner, strict=True))


def as_arrays(outputs: Any) -> tuple[Any, list[torch.Tensor]]:
    """Return the outputs of a call as an array or a tuple of arrays, and the float tensors among them."""
    if isinstance(outputs, torch.Tensor):
        return _as_array(outputs), [outputs] if is_float(outputs) else []
    flat = [y for y in iterate_nested(outputs) if y is not None]
    if not flat:
        raise InputError("there are no outputs")
    arrays = tuple(map(_as_array, flat))
    floats = [y for y in flat if isinstance(y, torch.Tensor) and is_float(y)]
    return arrays[0] if len(arrays) == 1 else arrays, floats


def is_float(y: torch.Tensor) -> bool:
    """Whether a tensor has a floating-point or complex dtype."""
    return y.is_floating_point() or y.is_complex()


def _as_array(y: Any) -> Any:
    if not isinstance(y, torch.Tensor):
        return y
    return y.numpy(force=True)


def conjugate(g: torch.Tensor) -> torch.Tensor:
    """Return the conjugate: a gradient is dL/dx + i dL/dy in PyTorch, and dL/dx - i dL/dy in the kit."""
    return g.conj().resolve_conj() if g.is_complex() else g
