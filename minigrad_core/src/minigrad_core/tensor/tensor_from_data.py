"""The function `tensor`: a new leaf with a copy of its data."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..array import TRACED_TYPES
from ..errors import ArgumentError
from .operand import NON_NUMERIC_KINDS, check_elementwise
from .tensor_class import Tensor, get_leaf_data


def tensor(
    data: ArrayLike | Tensor, *, dtype: DTypeLike | None = None, requires_grad: bool = False
) -> Tensor:
    """Return a new leaf with a copy of `data`.

    Raises
    ------
    DifferentiabilityError
        `requires_grad` is true, and the data is not floating point.
    ConversionError
        The data is a tensor that requires a gradient, and `requires_grad` is false.
    ArgumentError
        The data has no numbers in it, or is an `np.matrix` or a masked array.

    Examples
    --------
    >>> tensor([1.0, 2.0], requires_grad=True)
    tensor([1., 2.], requires_grad=True)
    """
    if isinstance(data, Tensor):
        data = get_leaf_data(data, requires_grad)
    # In a trace of `mg.compile`, the call is recorded.
    like: Any = data if type(data) in TRACED_TYPES else None
    array = np.array(check_elementwise(data), dtype=dtype, like=like)
    if array.dtype.kind in NON_NUMERIC_KINDS:  # None, a generator or a set
        raise ArgumentError(f"expected numbers, an array of them or nested lists, got {type(data).__name__}")
    return Tensor(array, requires_grad)
