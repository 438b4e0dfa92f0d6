"""Signatures of NumPy's functions. NumPy has signatures of its functions in C only from 2.4 on."""

# ruff: noqa: ARG005 - the lambdas only state parameters

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

# The signatures that `inspect.signature` returns with NumPy 2.4.
WRITTEN_IN_C: dict[str, Any] = {
    "accumulate": lambda array, /, axis=0, dtype=None, out=None: ...,
    "bincount": lambda x, /, weights=None, minlength=0: ...,
    "concatenate": lambda arrays, /, axis=0, out=None, *, dtype=None, casting="same_kind": ...,
    "dot": lambda a, b, out=None: ...,
    "inner": lambda a, b, /: ...,
    "lexsort": lambda keys, axis=-1: ...,
    "outer": lambda A, B, /, **kwargs: ...,  # noqa: N803 - NumPy's names
    "reduce": lambda array, /, axis=0, dtype=None, out=None, **kwargs: ...,
    "vdot": lambda a, b, /: ...,
    "where": lambda condition, x=None, y=None, /: ...,
}


def get_signature(function: Callable[..., Any]) -> inspect.Signature | None:
    """Return the signature of a function, or None if it is written in C and has none.

    Examples
    --------
    >>> import numpy as np
    >>> get_signature(np.dot)
    <Signature (a, b, out=None)>
    """
    try:
        return inspect.signature(function)
    except ValueError:
        written = WRITTEN_IN_C.get(getattr(function, "__name__", ""))
        return None if written is None else inspect.signature(written)
