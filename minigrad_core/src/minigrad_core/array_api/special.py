"""SciPy's special functions for tensors.

SciPy looks here for `erf` and similar functions when an argument is a tensor. A function that no installed
operation implements returns its value, and raises in backward if a gradient reaches the call. So the
statistic of a test has a gradient even if the special function of its p-value has none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from ..dispatch.loading import SLOT
from ..errors import ArgumentError
from ..tensor.apply import apply
from ..tensor.containers import has_tensor
from ..tensor.fallback import make_no_operation_error

if TYPE_CHECKING:
    from ..engine.node import Context


class ValueOnly:
    """The operation of a special function without a gradient rule."""

    broadcasts = once_differentiable = False
    differentiable = takes_complex = True
    implements = ()

    def __init__(self, function: Callable[..., Any], error: ArgumentError | None = None) -> None:
        self.name, self.function, self.error = function.__name__, function, error

    def __call__(self, *inputs: Any) -> Any:
        """Return the values as a tensor."""
        return apply(self, *inputs)  # type: ignore[arg-type]

    def forward(self, _: Context, *inputs: Any) -> Any:
        """Return the values."""
        return np.asarray(self.function(*inputs))

    def backward(self, _: Context, grad: Any) -> NoReturn:  # noqa: ARG002
        """Raise: no operation implements the function, or none with these arguments."""
        raise self.error or make_no_operation_error(self.function)


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    ufuncs = import_module("scipy.special._ufuncs")
    # SciPy's `zeta` is a plain function that calls the ufunc `_zeta`. NumPy, too, has `exp2` and `sinc`.
    for home, own_name in ((ufuncs, name), (ufuncs, f"_{name}"), (np, name)):
        function = getattr(home, own_name, None)
        if function is not None and SLOT.loader.find_implementation(function) is not None:
            return partial(_call, function)
    function = getattr(ufuncs, name, None) or getattr(import_module("scipy.special._basic"), name, None)
    if function is None or _has_formula(name):
        raise AttributeError(f"no installed operation implements scipy.special.{name}")
    return ValueOnly(function)


def _call(function: Callable[..., Any], *inputs: Any) -> Any:
    """Call a function that an operation implements; the operation may refuse to differentiate an argument."""
    try:
        return function(*inputs)
    except ArgumentError as error:
        if not has_tensor(inputs, tracked=True):
            raise
        return ValueOnly(function, error)(*inputs)


def _has_formula(name: str) -> bool:
    """Return whether SciPy computes a function from others for arrays that are not NumPy's."""
    table = getattr(import_module("scipy.special._support_alternative_backends"), "_special_funcs", ())
    return any(entry.name == name and entry.generic_impl is not None for entry in table)
