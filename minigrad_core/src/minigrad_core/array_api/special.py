"""SciPy's special functions for tensors, each as far as an installed operation implements it.

SciPy looks here for `erf` and its kin when it is given a tensor. A name that no operation implements is not
there.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from ..dispatch.loading import SLOT


def __getattr__(name: str) -> Any:
    if not name.startswith("__"):
        # SciPy has some functions that NumPy has, too: `exp2`, `sinc`.
        for module in (import_module("scipy.special._ufuncs"), np):
            function = getattr(module, name, None)
            if function is not None and SLOT.loader.answer(function) is not None:
                return function
    raise AttributeError(f"no installed operation implements scipy.special.{name}")
