"""SciPy's special functions for tensors, each as far as an installed operation implements it.

SciPy looks here for `erf` and its kin when it is given a tensor. A name that no operation implements is not
there.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..dispatch.loading import SLOT


def __getattr__(name: str) -> Any:
    ufunc = None if name.startswith("__") else getattr(import_module("scipy.special._ufuncs"), name, None)
    if ufunc is None or SLOT.loader.answer(ufunc) is None:
        raise AttributeError(f"no installed operation implements scipy.special.{name}")
    return ufunc
