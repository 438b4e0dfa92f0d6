"""NumPy's functions that the array API standard lacks, such as `pad`, `einsum` and `linalg.norm`.

Libraries use some of these functions, too, since the namespaces of NumPy, CuPy and JAX have them: xarray
calls `xp.transpose` and `xp.pad`, autoray and cotengra `xp.einsum`, einx `xp.einsum`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from ..tensor.fallback import WRITERS

_TAKES_TENSORS = (np.ufunc, type(np.sum))  # the types of the functions that call the protocols of tensors


def look_up(numpy_module: ModuleType, namespace: str) -> Callable[[str], Any]:
    """Return the `__getattr__` of a namespace, which looks up a name in NumPy's module.

    Left out are functions that make arrays of no tensor, such as `np.array`, and those that write in place,
    which tensors refuse: SciPy calls `put_along_axis` where a namespace has it, and assigns elsewhere.
    """

    def __getattr__(name: str) -> Any:  # noqa: N807 - the name that Python calls
        function = getattr(numpy_module, name, None)
        if isinstance(function, _TAKES_TENSORS) and function not in WRITERS:
            return function
        raise AttributeError(f"module {namespace!r} has no attribute {name!r}")

    return __getattr__
