"""Messages for failed calls: which operation failed, for which inputs, and which arguments it takes."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch.tables import describe
from ..engine.node import Cached
from ..errors import ArgumentError, InputError, MinigradError
from ..hints import CONTEXT

if TYPE_CHECKING:
    from ..contracts import Operation


def explain_error(
    op: Operation, arrays: Sequence[Any], settings: dict[str, Any], error: Exception
) -> Exception:
    """Return the error to raise in place of `error`, which `op.forward` (or its call) raised.

    A TypeError becomes an ArgumentError, a ValueError an InputError. Other exceptions keep their class and
    get a note.
    """
    name = describe(op)
    if isinstance(error, MinigradError):
        return error
    if isinstance(error, AttributeError):
        for i, x in enumerate(arrays):
            if error.obj is x and not hasattr(x, "dtype"):
                return ArgumentError(
                    f"{name}: input {i} must be an array, got {type(x).__name__}; "
                    f"its {_describe_signature(op)}"
                )
        if "'Context' object" in str(error) and error.name not in CONTEXT:  # ctx.x = x
            return AttributeError(
                f"{name}: {error}; keep values for backward by ctx.save(...); ctx.saved is their tuple"
            )
    if isinstance(error, TypeError):
        try:
            inspect.signature(op.forward).bind(None, *arrays, **settings)
        except TypeError as unbound:
            return ArgumentError(f"{name}: {unbound}; its {_describe_signature(op)}")
        return ArgumentError(f"{name}: {error}")
    if type(error) is ValueError:
        return InputError(f"{name}: {error}; the inputs are {_describe_arrays(arrays)}")
    error.add_note(f"in {name}, on {_describe_arrays(arrays)}")  # for example a LinAlgError
    return error


def unwrap_settings(op: Operation, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with arrays in the place of tensors that require no gradient, such as an index.

    Raises
    ------
    ArgumentError
        A setting has a tensor that requires a gradient: the graph would not include it.
    """
    plain = settings
    for name, value in settings.items():
        if type(value) not in _PLAIN and has_tensor(value):
            if has_tensor(value, tracked=True):
                raise ArgumentError(
                    f"{describe(op)}: the setting {name!r} is a tensor that requires a gradient; settings "
                    "are static, and it would be cut out of the graph. Pass tensors as positional inputs, or "
                    "pass .item() or .numpy() on purpose"
                )
            plain = plain | {name: unwrap(value)}
    return plain


def unwrap(value: Any) -> Any:
    """Return `value` with the tensors in it replaced by their arrays, also in tuples, lists and dicts."""
    if isinstance(value, (tuple, list)):
        items = map(unwrap, value)
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    if isinstance(value, dict):
        return {key: unwrap(item) for key, item in value.items()}
    return value.data if hasattr(value, "tracked") else value


def has_tensor(value: Any, *, tracked: bool = False) -> bool:
    """Return whether `value` is a tensor, or a list, tuple, dict or array of objects with a tensor in it.

    tracked: look for tensors that require a gradient only.
    """
    if isinstance(value, (tuple, list, dict)):
        items = value.values() if isinstance(value, dict) else value
        return any(has_tensor(item, tracked=tracked) for item in items)
    if type(value) is np.ndarray and value.dtype.hasobject:
        return any(has_tensor(item, tracked=tracked) for item in value.flat)
    requires_grad: bool | None = getattr(value, "tracked", None)  # only tensors have the attribute
    return bool(requires_grad) if tracked else requires_grad is not None


# Types without tensors in them. The values in a `Cached` were computed from arrays.
_PLAIN = frozenset([int, bool, float, str, type(None), Cached])


def _describe_signature(op: Operation) -> str:
    """Return "signature is affine(x, weight, bias)", without the context and without annotations."""
    parameters = list(inspect.signature(op.forward).parameters.values())[1:]
    own = inspect.Signature([p.replace(annotation=p.empty) for p in parameters])
    return f"signature is {getattr(op, 'name', type(op).__name__)}{own}"


def _describe_arrays(arrays: Iterable[Any]) -> str:
    """Return "(2, 3) float32, (3,) float32"."""
    return ", ".join(f"{np.shape(a)} {getattr(a, 'dtype', type(a).__name__)}" for a in arrays)
