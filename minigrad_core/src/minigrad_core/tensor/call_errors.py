"""Messages for failed calls: which operation failed, for which inputs, and which arguments it takes."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch.tables import describe
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
        return InputError(f"{name}: {str(error).rstrip()}; the inputs are {_describe_arrays(arrays)}")
    error.add_note(f"in {name}, on {_describe_arrays(arrays)}")  # for example a LinAlgError
    return error


def _describe_signature(op: Operation) -> str:
    """Return "signature is affine(x, weight, bias)", without the context and without annotations."""
    parameters = list(inspect.signature(op.forward).parameters.values())
    own = inspect.Signature([p.replace(annotation=p.empty) for p in parameters[1:]])
    text = f"signature is {getattr(op, 'name', type(op).__name__)}{own}"
    if any(p.name in ("ctx", "context", "_") or "Context" in str(p.annotation) for p in parameters[:1]):
        return text
    return f"{text}; forward(self, ctx, ...) has the context first"


def _describe_arrays(arrays: Iterable[Any]) -> str:
    """Return "(2, 3) float32, (3,) float32"."""
    return ", ".join(f"{np.shape(a)} {getattr(a, 'dtype', type(a).__name__)}" for a in arrays)
