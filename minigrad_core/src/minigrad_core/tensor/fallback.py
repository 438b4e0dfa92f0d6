"""NumPy's own functions on the arrays of tensors, where no operation implements them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..dispatch.function_names import describe_function
from ..dispatch.functions import FUNCTIONS
from ..dispatch.loading import SLOT
from ..dispatch.suggestions import describe_idle_plugins, describe_unavailable_plugins
from ..engine.modes import recording
from ..errors import ArgumentError, NoOperationError
from .containers import has_tensor, map_leaves, unwrap
from .tensor_class import Tensor

# Functions of shapes and dtypes only: they have no gradient, and plain NumPy computes them.
FUNCTIONS.shape_functions = frozenset(
    [
        np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.common_type, np.iscomplexobj,
        np.isrealobj, np.zeros_like, np.ones_like, np.empty_like, np.array_repr, np.array_str,
        np.array2string, np.shares_memory, np.may_share_memory, np.einsum_path, np.min_scalar_type,
        np.tril_indices_from, np.triu_indices_from, np.diag_indices_from,
    ]
)  # fmt: skip

# Functions that write to an argument, and the name of that argument. The methods `at` of ufuncs do so, too.
WRITERS: dict[Callable[..., Any], str] = {
    np.copyto: "dst", np.fill_diagonal: "a", np.place: "arr", np.put: "a", np.putmask: "a",
    np.put_along_axis: "arr",
}  # fmt: skip

# Advice for functions that will never have an operation.
_ASSIGN = "assign instead, t[index] = values or t[mask] = values"
_IN_PLACE = f"It writes in place: {_ASSIGN}"
_ADVICE = {
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
    "at": f"It writes in place: add mg.ops.basic.scatter_add(values, shape=..., index=...), or {_ASSIGN}",
    "reduceat": "Reduce the parts, and join them: np.stack([np.sum(part) for part in np.split(t, indices)])",
}  # fmt: skip


def call_numpy(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call plain NumPy for a function that no operation implements; arrays in the result become tensors.

    Raises
    ------
    NoOperationError
        An argument requires a gradient, and the result would lose it.
    """
    may_lose_gradient = function not in FUNCTIONS.shape_functions and recording.get()
    if may_lose_gradient and has_tensor((args, kwargs), tracked=True):
        raise make_no_operation_error(function)
    if _writes_to_tensor(function, args, kwargs):
        name = describe_function(function)
        raise ArgumentError(f"{name} writes in place, which it cannot do to a tensor: {_ASSIGN}")
    arrays = unwrap(args)
    result = function(*arrays, **unwrap(kwargs))
    if kwargs.get("out") is not None:
        return result  # the caller's own array
    if type(result) is np.ndarray and any(result is array for array in arrays):
        result = result.view()  # as for `np.asarray`: assignment recognizes a view by its base
    return map_leaves(result, _wrap_array)


def _writes_to_tensor(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Return whether `function` writes in place, and its target is a tensor or contains one."""
    owner = getattr(function, "__self__", None)
    is_ufunc_at = isinstance(owner, np.ufunc) and getattr(function, "__name__", "") == "at"
    if is_ufunc_at or function in WRITERS:
        return has_tensor(args[0] if args else kwargs.get(WRITERS[function]))
    return False


def make_no_operation_error(function: Callable[..., Any]) -> NoOperationError:
    """Return the error for a function that no operation implements, with advice."""
    name = describe_function(function)
    advice = f"Use another function, write an operation with implements = ({name},)"
    if not SLOT.loader.has("basic"):
        advice = "Install the operations of NumPy, pip install minigrad-ops-basic"
    advice = _ADVICE.get(name.rpartition(".")[2], advice)
    fact = f"no operation implements {name}, and an argument requires a gradient"
    if undeclared := SLOT.loader.find_undeclared(function):
        namespace, _, own = undeclared[0].partition("::")
        plugin = SLOT.loader.plugin(namespace)
        fact = f"no plugin declares an operation for {name}, and an argument requires a gradient"
        advice = (
            f"{plugin.describe(own) if plugin else undeclared[0]} implements it without a declaration: call "
            f"mg.ops.{namespace}.{own}, or add {name} to the entry points 'minigrad.functions' of its package"
        )
    fact = f"{fact}. {advice}, or leave the graph on purpose: {name}(t.numpy()) or t.detach()"
    return NoOperationError(
        "\n".join([fact, *describe_idle_plugins(function), *describe_unavailable_plugins()])
    )


def _wrap_array(x: Any) -> Any:
    """Return an array or a number of NumPy as a tensor, and any other object itself."""
    is_array = isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "biufc"
    return Tensor(x) if is_array else x


FUNCTIONS.fallback = call_numpy
