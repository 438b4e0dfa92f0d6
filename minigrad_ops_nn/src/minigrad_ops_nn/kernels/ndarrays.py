"""The test whether a kernel may write in place.

An operation runs on `ndarray`s, and on `Tensor`s for higher derivatives. A kernel writes into `ndarray`s with
`out=` and item assignment; Tensors take the plain formula of the kernel.
"""

from __future__ import annotations

import numpy as np

from minigrad_core import Array


def are_ndarrays(*arrays: Array | None) -> bool:
    """Return whether every array is a plain `ndarray` or None."""
    for array in arrays:  # noqa: SIM110 - all() of a generator takes twice as long
        if array is not None and type(array) is not np.ndarray:
            return False
    return True
