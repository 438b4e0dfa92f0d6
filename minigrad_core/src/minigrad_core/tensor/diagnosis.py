"""Messages for failed calls: the operation, its inputs, and what it takes."""

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
    """Return the error to raise instead of `error`, which `op.forward` (or its call) raised."""
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
                f"{name}: {error}; use ctx.save(...), which keeps what backward needs: ctx.saved is its tuple"
            )
    if isinstance(error, TypeError):
        try:
            inspect.signature(op.forward).bind(None, *arrays, **settings)
        except TypeError as unbound:
            return ArgumentError(f"{name}: {unbound}; its {_describe_signature(op)}")
        return ArgumentError(f"{name}: {error}")
    if type(error) is ValueError:
        return InputError(f"{name}: {error}; the inputs are {_describe_arrays(arrays)}")
    error.add_note(f"in {name}, on {_describe_arrays(arrays)}")  # a LinAlgError, say, which stays one
    return error


def refuse_tensor_settings(op: Operation, settings: dict[str, Any]) -> None:
    """Raise if a setting is, or holds, a tensor: it would be cut out of the graph."""
    for name, value in settings.items():
        if type(value) not in _PLAIN and has_tensor(value):
            raise ArgumentError(
                f"{describe(op)}: the setting {name!r} is a tensor; settings are static, and it would be "
                "cut out of the graph. Pass tensors as positional inputs, or .item() or .numpy() of it "
                "on purpose"
            )


def has_tensor(value: Any, *, tracked: bool = False) -> bool:
    """Return whether `value` is a tensor (if `tracked`, one that requires a gradient), or holds one.

    Lists, tuples, dicts and arrays of objects are looked into.
    """
    if isinstance(value, (tuple, list, dict)):
        items = value.values() if isinstance(value, dict) else value
        return any(has_tensor(item, tracked=tracked) for item in items)
    if type(value) is np.ndarray and value.dtype.hasobject:
        return any(has_tensor(item, tracked=tracked) for item in value.flat)
    of_tensor: bool | None = getattr(value, "tracked", None)
    return bool(of_tensor) if tracked else of_tensor is not None


# What is cached was made from arrays.
_PLAIN = frozenset([int, bool, float, str, type(None), Cached])


def _describe_signature(op: Operation) -> str:
    parameters = list(inspect.signature(op.forward).parameters.values())[1:]
    own = inspect.Signature([p.replace(annotation=p.empty) for p in parameters])
    return f"signature is {getattr(op, 'name', type(op).__name__)}{own}"


def _describe_arrays(arrays: Iterable[Any]) -> str:
    shown = [f"{np.shape(a)} {getattr(a, 'dtype', type(a).__name__)}" for a in arrays]
    return ", ".join(shown)
