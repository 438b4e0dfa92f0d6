"""Conversions between types for gradient rules, and the values of tensors without their graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Tensor


def detach(x: Any) -> Any:
    """Return the values, cut from every graph: for decisions, never for results."""
    return x.numpy() if isinstance(x, Tensor) else x


def as_arrays(*inputs: Any) -> tuple[Any, ...]:
    """Return the inputs, Python numbers as arrays, for rules that ask for shapes."""
    return tuple(np.asarray(x) if isinstance(x, (int, float, complex)) else x for x in inputs)


def conjugate(x: Any) -> Any:
    """Return the conjugate of complex values; real ones as they are, not even copied."""
    return np.conjugate(x) if x.dtype.kind == "c" else x


def take_real_part(grad: Any, dtype: Any) -> Any:
    """Return the real part of a complex gradient where the values are real, else the gradient itself."""
    return np.real(grad) if grad.dtype.kind == "c" and dtype.kind != "c" else grad


def widen_half(x: Any) -> Any:
    """Return half precision as single precision: beyond 65,504 a count, and many a sum, is no float16."""
    return x.astype(np.float32) if x.dtype.char == "e" else x


def promote(*arrays: Any) -> tuple[Any, ...]:
    """Return the arrays, or None as it is, in their common type if that is floating: whole numbers beside
    floating ones, whose own sums and products would wrap around.
    """
    dtype = np.result_type(*(x for x in arrays if x is not None))
    return tuple(cast(x, dtype) for x in arrays) if dtype.kind in "fc" else arrays


def cast(x: Any, dtype: Any) -> Any:
    """Return an array of another type in `dtype`, for gradient rules: differences of integers wrap around."""
    return x.astype(dtype) if hasattr(x, "dtype") and x.dtype != dtype else x


def find_floating_type(*arrays: Any) -> Any:
    """Return the arrays' floating type, where NumPy takes double precision; that for whole numbers."""
    dtype = np.result_type(*(x for x in arrays if x is not None))
    return dtype if dtype.kind in "fc" else np.float64
