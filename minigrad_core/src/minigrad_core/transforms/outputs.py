"""What a differentiated function returned: numbers, or an error says what else."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ArgumentError
from ..tensor import Tensor
from ..tensor.elementwise import NO_NUMBERS
from . import trees


def numeric_leaves(output: Any) -> list[Any]:
    """Return the leaves of what a function returned: tensors, arrays and numbers.

    Raises
    ------
    ArgumentError
        It returned something else: tensors in that would have no gradient, in silence.
    """
    ends = trees.leaves(output)
    for end in ends:
        if not _is_numeric(end):
            what = f"an array of {end.dtype}" if isinstance(end, np.ndarray) else f"a {type(end).__name__}"
            raise ArgumentError(
                "a function to be differentiated returns arrays, or lists, tuples and dicts of them, this "
                f"one returned {what}; np.stack(list(values)) joins tensors, and with has_aux=True a "
                "function for mg.grad returns (scalar, anything)"
            )
    return ends


def _is_numeric(x: Any) -> bool:
    """Return whether it is a tensor, an array or a number. A foreign array might hold the tensor."""
    if isinstance(x, (Tensor, np.ndarray, np.generic)):
        return x.dtype.kind not in NO_NUMBERS
    return isinstance(x, (int, float, complex))
