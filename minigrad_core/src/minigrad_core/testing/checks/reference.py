"""An operation that answers for a NumPy function gives its values."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

from ..closeness import close
from ..finding import Check, DoesNotApply, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..call import Call
    from ..study import Study


def reference(study: Study) -> Iterator[Finding]:
    """`forward` equals the NumPy functions that the operation `implements`, in value, shape and dtype.

    Faults: another default, another axis convention, an approximation under NumPy's name.
    Fix: call the function itself in forward, or do not claim it.
    """
    functions: tuple[Any, ...] = tuple(getattr(study.op, "implements", ()))
    if not functions:
        raise DoesNotApply("it implements no NumPy function")
    for call in study.calls:
        for function in functions:
            yield from _compared(call, function)


def _compared(call: Call, function: Callable[..., Any]) -> Iterator[Finding]:
    theirs = _called(call, function)
    if theirs is None:
        return
    parts: Any = theirs if isinstance(theirs, tuple | list) else (theirs,)
    if len(parts) != len(call.outputs):
        return
    name = getattr(function, "__name__", repr(function))
    for k, (mine, other) in enumerate(zip(call.outputs, map(np.asarray, parts), strict=True)):
        if mine.shape != other.shape or mine.dtype.kind != other.dtype.kind:
            fact = f"output {k} is {mine.shape} {mine.dtype}, np.{name} gives {other.shape} {other.dtype}"
            yield Finding("differs-from-numpy", fact, call.sample)
        elif mine.dtype.kind in "fc" and not close(mine, other, 1e-9, 1e-12):
            worst = float(np.max(np.abs(mine - other)))
            yield Finding(
                "differs-from-numpy", f"output {k} differs from np.{name} by {worst:.3g}", call.sample
            )


def _called(call: Call, function: Callable[..., Any]) -> Any:
    """Return the function's own result on the same arguments, None if they do not line up."""
    of_ufunc = isinstance(getattr(function, "__self__", None), np.ufunc)  # np.add.reduce has other defaults
    if of_ufunc or (hasattr(call.op, "from_numpy") and not isinstance(function, np.ufunc)):
        return None
    return numpy_result(call, function)


def numpy_result(call: Call, function: Callable[..., Any]) -> Any:
    """Return what the function gives for the call's inputs and settings, None if it does not take them so."""
    try:
        if not isinstance(function, np.ufunc):
            inspect.signature(function).bind(*call.sample.inputs, **call.sample.settings)
        return function(*call.sample.inputs, **call.sample.settings)
    except Exception:
        return None


CHECK = Check("reference", reference, after=("cases",))
