"""The precision of results and of gradients: SciPy and compiled code know single and double precision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad_ops_basic.dtypes import widen_half


def keep_precision(y: Any, *inputs: Any) -> Any:
    """Return `y` in single precision if all inputs have single precision; SciPy returns double precision."""
    is_single = inputs and all(x.dtype.char in "efF" for x in inputs)
    return match_precision(y, np.float32) if is_single else y


def cast_each(gradients: Iterable[Any], inputs: Iterable[Any]) -> tuple[Any, ...]:
    """Return each gradient in the precision of its input; that of whole numbers, and None, unchanged."""
    return tuple(
        g if g is None or x.dtype.kind not in "fc" else match_precision(g, x.dtype)
        for g, x in zip(gradients, inputs, strict=True)
    )


def widen_each(inputs: Iterable[Any]) -> list[Any]:
    """Return half precision as single precision, which compiled code takes; numbers and None unchanged."""
    return [widen_half(x) if hasattr(x, "dtype") else x for x in inputs]


def match_precision(x: Any, dtype: Any) -> Any:
    """Return `x` in the precision of `dtype`, itself if it has this precision.

    Complex values stay complex: the engine takes the real part of the gradient of a real input.
    """
    if x.dtype.kind == "c":
        dtype = np.result_type(dtype, np.complex64)
    return x if x.dtype == dtype else x.astype(dtype)
