"""Conversions between types for gradient rules, and the arrays of tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Tensor


def detach(x: Any) -> Any:
    """Return the array of a tensor, without its graph, for decisions that have no gradient."""
    return x.numpy() if isinstance(x, Tensor) else x


def as_arrays(*inputs: Any) -> tuple[Any, ...]:
    """Return the inputs with Python numbers as arrays, for rules that need shapes."""
    return tuple(np.asarray(x) if isinstance(x, (int, float, complex)) else x for x in inputs)


def conjugate(x: Any) -> Any:
    """Return the conjugate of complex values, and real values themselves, without a copy."""
    return np.conjugate(x) if x.dtype.kind == "c" else x


def take_real_part(grad: Any, dtype: Any) -> Any:
    """Return the real part of a complex gradient of values with a real dtype, else the gradient itself."""
    return np.real(grad) if grad.dtype.kind == "c" and dtype.kind != "c" else grad


def refuse_real_dtype(x: Any, dtype: Any) -> None:
    """Raise for complex values and a real `dtype`: NumPy would drop the imaginary parts."""
    if dtype is not None and x.dtype.kind == "c" and np.dtype(dtype).kind != "c":
        raise TypeError(
            f"dtype={np.dtype(dtype)} drops the imaginary parts of complex values: take z.real or np.abs(z)"
        )


def widen_half(x: Any) -> Any:
    """Return half precision as single precision: counts and sums above 65,504 overflow in float16."""
    return x.astype(np.float32) if x.dtype.char == "e" else x


def promote(*arrays: Any) -> tuple[Any, ...]:
    """Return the arrays in their common type if this type is floating; None stays None.

    Otherwise whole numbers might be added or multiplied first, and wrap around.
    """
    dtype = np.result_type(*(x for x in arrays if x is not None))
    return tuple(cast(x, dtype) for x in arrays) if dtype.kind in "fc" else arrays


def cast(x: Any, dtype: Any) -> Any:
    """Return an array in `dtype`, for gradient rules: differences of integers wrap around."""
    return x.astype(dtype) if hasattr(x, "dtype") and x.dtype != dtype else x


def find_floating_type(*arrays: Any) -> Any:
    """Return the common floating type of the arrays, double precision for whole numbers."""
    dtype = np.result_type(*(x for x in arrays if x is not None))
    return dtype if dtype.kind in "fc" else np.float64
