"""NumPy's protocols: `np.f(tensor)` calls the operation that implements `np.f`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from ..dispatch.functions import FUNCTIONS
from ..dispatch.loading import SLOT
from ..dispatch.suggestions import describe_idle_plugins, describe_unavailable_plugins
from ..engine.modes import recording
from ..errors import ArgumentError, NoOperationError
from .diagnosis import has_tensor

# The keywords of NumPy's ufuncs, with their defaults.
_UFUNC_DEFAULTS = {
    "out": None, "where": True, "casting": "same_kind", "order": "K", "dtype": None, "subok": True,
    "signature": None,
}  # fmt: skip


# Functions of shapes and dtypes only: they have no gradient, and plain NumPy computes them.
FUNCTIONS.shape_functions = frozenset(
    [
        np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.common_type, np.iscomplexobj,
        np.isrealobj, np.zeros_like, np.ones_like, np.empty_like, np.array_repr, np.array_str,
        np.array2string, np.shares_memory, np.may_share_memory, np.einsum_path, np.min_scalar_type,
        np.tril_indices_from, np.triu_indices_from, np.diag_indices_from,
    ]
)  # fmt: skip

# Advice for functions that will never have an operation.
_IN_PLACE = "It writes in place: build a new one, with np.where or mg.ops.basic.setitem(t, values, index=...)"
_INSTEAD = {
    **dict.fromkeys(("putmask", "place", "put", "fill_diagonal"), _IN_PLACE),
    "copyto": f"{_IN_PLACE}; np.full_like(array, t) is t * np.ones_like(array)",
    **dict.fromkeys(
        ("spacing", "nextafter"), "It depends on the dtype rather than on the values: give it plain arrays"
    ),
    **dict.fromkeys(("asarray", "asanyarray"), "Use np.array(values, like=tensor)"),
    **dict.fromkeys(
        ("save", "savez", "savez_compressed", "savetxt"), "Nothing flows through a file: give it t.numpy()"
    ),
    "full": "t * np.ones(shape) fills an array",
    "fromiter": "Use np.stack(list(values))",
    "apply_over_axes": "Call the function itself, for one axis after the other",
    "at": "It writes in place: add mg.ops.basic.scatter_add(values, shape=..., index=...), or use setitem",
    "reduceat": "Reduce the parts, and join them: np.stack([np.sum(part) for part in np.split(t, indices)])",
}  # fmt: skip


class Protocols:
    """The protocol methods of `Tensor`."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        if kwargs:
            inputs, kwargs = _resolve_ufunc_keywords(function, inputs, kwargs)
        return FUNCTIONS[function](*inputs, **kwargs)

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        return FUNCTIONS[func](*args, **kwargs)


def _resolve_ufunc_keywords(
    function: Callable[..., Any], inputs: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the inputs, cast for the keyword `dtype`, and the other keywords that are not at their defaults.

    Raises
    ------
    ArgumentError
        `out`, or `where` of an elementwise call.
    """
    others = {
        name: value
        for name, value in kwargs.items()
        if name not in _UFUNC_DEFAULTS or value is not _UFUNC_DEFAULTS[name]
    }
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


def _call_numpy(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return the result of plain NumPy for a function that no operation implements.

    Raises
    ------
    NoOperationError
        An argument requires a gradient, and the result would lose it.
    """
    may_lose_gradient = function not in FUNCTIONS.shape_functions and recording.get()
    if may_lose_gradient and has_tensor((args, kwargs), tracked=True):
        raise _make_no_operation_error(function)
    return function(*_unwrap(args), **_unwrap(kwargs))


def _make_no_operation_error(function: Callable[..., Any]) -> NoOperationError:
    """Return the error for a function that no operation implements, with advice."""
    name = describe_function(function)
    advice = f"Use another function, write an operation with implements = ({name},)"
    if not SLOT.loader.has("basic"):
        advice = "Install the operations of NumPy, pip install minigrad-ops-basic"
    advice = _INSTEAD.get(name.rpartition(".")[2], advice)
    fact = (
        f"no operation implements {name}, and an argument requires a gradient. {advice}, "
        f"or leave the graph on purpose: {name}(t.numpy()) or t.detach()"
    )
    return NoOperationError(
        "\n".join([fact, *describe_idle_plugins(function), *describe_unavailable_plugins()])
    )


def _unwrap(value: Any) -> Any:
    """Return `value` with the tensors in it replaced by their arrays."""
    if isinstance(value, (tuple, list)):
        return type(value)(map(_unwrap, value))
    if isinstance(value, dict):
        return {key: _unwrap(item) for key, item in value.items()}
    return value.data if isinstance(value, Protocols) else value  # type: ignore[attr-defined]


def describe_function(function: Callable[..., Any]) -> str:
    """Return the name of a function as a user writes it: np.linalg.norm, np.add.reduce, scipy.special.erf."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):
        return f"np.{owner.__name__}.{function.__name__}"
    name: str = getattr(function, "__name__", repr(function))
    module = getattr(function, "__module__", None)
    if module is None:  # a ufunc has no module
        homes = ("numpy", "scipy.special")
        module = next((home for home in homes if getattr(sys.modules.get(home), name, None) is function), "")
    return f"{module.replace('numpy', 'np', 1)}.{name}" if module else name


FUNCTIONS.fallback = _call_numpy
