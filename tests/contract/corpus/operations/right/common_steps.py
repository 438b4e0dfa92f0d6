"""What right operations have in common."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core.errors import InputError


def need(ok: Any, op: Any, text: Any) -> Any:
    if not ok:
        raise InputError(f"{op}: {text}")


def as_float(x: Any) -> Any:
    return x if x.dtype.kind in "fc" else x.astype(np.float64)


def as_floats(*values: Any) -> Any:
    """As floating-point arrays; a Python scalar takes the type of the others."""
    known = [as_float(v) for v in values if hasattr(v, "dtype")]
    dtype = np.result_type(*[v.dtype for v in known]) if known else np.float64
    found = [as_float(v) if hasattr(v, "dtype") else np.asarray(v, dtype) for v in values]
    return tuple(found) if len(found) > 1 else found[0]
