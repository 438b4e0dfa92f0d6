"""Check the function to be differentiated, its `argnums` and its output."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from ..errors import ArgumentError
from ..tensor import Tensor
from ..tensor.operand import NON_NUMERIC_KINDS
from . import trees


def normalize_argnums(argnums: Any) -> tuple[int, ...]:
    """Return `argnums`, an integer or a sequence of integers, as a tuple."""
    try:
        return tuple(map(index, argnums if isinstance(argnums, (tuple, list)) else (argnums,)))
    except TypeError:
        raise ArgumentError(f"argnums: expected an integer or a tuple of them, got {argnums!r}") from None


def check_function(f: Any) -> None:
    """Raise `ArgumentError` unless `f` can be called; a frequent mistake is to pass `f(x)`."""
    if not callable(f):
        raise ArgumentError(f"expected a function, got {type(f).__name__}; pass f itself, and not f(x)")


def check_argnums(argnums: Sequence[int], count: int) -> None:
    """Raise `ArgumentError` unless `argnums` are distinct positions among `count` arguments."""
    for i in argnums:
        if not -count <= i < count:
            raise ArgumentError(
                f"argnums {i} is out of range: the function was called with {count} positional arguments"
            )
    if len({i % count for i in argnums}) < len(argnums):
        raise ArgumentError(f"argnums {tuple(argnums)} names an argument twice")


def check_leaves(output: Any) -> list[Any]:
    """Return the leaves of a function's output: tensors, arrays and numbers.

    Raises
    ------
    ArgumentError
        A leaf is of another type. Tensors inside such a leaf would silently have no gradient.
    """
    leaves = trees.leaves(output)
    for leaf in leaves:
        if not _is_numeric(leaf):
            what = f"an array of {leaf.dtype}" if isinstance(leaf, np.ndarray) else f"a {type(leaf).__name__}"
            raise ArgumentError(
                "a function to be differentiated returns arrays, or lists, tuples and dicts of arrays, but "
                f"this function returned {what}; np.stack(list(values)) joins tensors, and with has_aux=True "
                "a function for mg.grad returns (scalar, anything)"
            )
    return leaves


def _is_numeric(x: Any) -> bool:
    """Return whether `x` is a tensor, an array or a number; another library's array might hold tensors."""
    if isinstance(x, (Tensor, np.ndarray, np.generic)):
        return x.dtype.kind not in NON_NUMERIC_KINDS
    return isinstance(x, (int, float, complex))
