"""NumPy's protocols: `np.f(tensor)` calls the operation that implements `np.f`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..dispatch.function_names import describe_function
from ..dispatch.functions import FUNCTIONS
from ..errors import ArgumentError, OperandError
from .containers import has_tensor
from .operand import has_ufunc_protocol

# The keywords of NumPy's ufuncs, with their defaults.
_UFUNC_DEFAULTS = {
    "out": None, "where": True, "casting": "same_kind", "order": "K", "dtype": None, "subok": True,
    "signature": None,
}  # fmt: skip


class Protocols:
    """The protocol methods of `Tensor`."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        if kwargs:
            if _writes_to_array(inputs, kwargs):
                return FUNCTIONS.fallback(function, *inputs, **kwargs)
            inputs, kwargs = _resolve_ufunc_keywords(function, inputs, kwargs)
        try:
            return FUNCTIONS[function](*inputs, **kwargs)
        except OperandError:
            if any(has_ufunc_protocol(x) and not isinstance(x, Protocols) for x in inputs):
                return NotImplemented  # so NumPy calls the object, which may be a unit or wrap a tensor
            raise

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if kwargs and _writes_to_array(args, kwargs):
            return FUNCTIONS.fallback(func, *args, **kwargs)
        try:
            return FUNCTIONS[func](*args, **kwargs)
        except OperandError:
            if all(issubclass(kind, (Protocols, np.ndarray)) for kind in types):
                raise
            return NotImplemented


def _writes_to_array(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Return whether a call writes to plain arrays, its `out`, from tensors that require no gradient.

    `array += tensor` is such a call.
    """
    out = kwargs.get("out")
    if out is None or has_tensor(out) or has_tensor((args, kwargs), tracked=True):
        return False
    return any(array is not None for array in (out if isinstance(out, tuple) else (out,)))


def _resolve_ufunc_keywords(
    function: Callable[..., Any], inputs: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the inputs, cast for the keyword `dtype`, and the other keywords that are not at their defaults.

    Raises
    ------
    ArgumentError
        `out`, or `where` of an elementwise call.
    """
    others = {name: value for name, value in kwargs.items() if not _is_default(name, value)}
    if "out" in others:
        raise make_out_error(function)
    if isinstance(function, np.ufunc):
        if "where" in others:
            raise ArgumentError(
                f"{describe_function(function)}: where= leaves the other values undefined; choose them: "
                "np.where(mask, f(x), values)"
            )
        if "dtype" in others:
            inputs = _cast_inputs(function, inputs, np.dtype(others.pop("dtype")))
    return inputs, others


def _is_default(name: str, value: Any) -> bool:
    """Return whether a keyword of a ufunc has its default; equal strings may be two objects."""
    default = _UFUNC_DEFAULTS.get(name, ...)
    return value is default or (isinstance(value, str) and value == default)


def make_out_error(function: Callable[..., Any]) -> ArgumentError:
    """Return the error for the keyword `out`."""
    return ArgumentError(
        f"{describe_function(function)}: out= would write in place, and drop the graph or break it; "
        "use the result: y = f(x), y = y + x for y += x"
    )


def _cast_inputs(ufunc: np.ufunc, inputs: tuple[Any, ...], dtype: np.dtype[Any]) -> tuple[Any, ...]:
    """Return the inputs in the dtypes from which NumPy computes results of `dtype`."""
    arrays: list[Any] = [
        x if type(x) in (int, float) or isinstance(x, Protocols) else np.asarray(x) for x in inputs
    ]
    present: Any = [getattr(x, "dtype", type(x)) for x in arrays]
    dtypes = ufunc.resolve_dtypes(
        (*present, *[None] * ufunc.nout), signature=(*[None] * ufunc.nin, *[dtype] * ufunc.nout)
    )
    return tuple(
        x.astype(target) if hasattr(x, "dtype") and x.dtype != target else x
        for x, target in zip(arrays, dtypes, strict=False)
    )
