"""Evaluate a reference on a sample."""

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .samples.sample import Sample
from .subjects.subject import Subject


class ReferenceOutput(NamedTuple):
    """The outputs of a reference."""

    function: Callable[..., Any]
    name: str
    arrays: list[NDArray[Any]]


def function_name(function: Callable[..., Any]) -> str:
    """Return the name of a function for messages."""
    return str(getattr(function, "__name__", repr(function)))


def evaluate_reference(
    function: Callable[..., Any], subject: Subject, sample: Sample
) -> ReferenceOutput | None:
    """Return the outputs of a reference for a sample, None if the reference does not accept the sample."""
    try:
        return call_reference(function, subject, sample)
    except Exception:
        return None


def call_reference(function: Callable[..., Any], subject: Subject, sample: Sample) -> ReferenceOutput:
    """Return the outputs of a reference for a sample, or raise its exception.

    The author's own reference takes the arguments of the subject. A NumPy function gets the inputs after the
    first by name if it has these names, as in np.polyfit(x, y=y, w=w, deg=2), and any number of inputs in one
    list unless it takes *arrays, as in np.stack([x, y]).
    """
    inputs: list[Any] = [np.array(x) if isinstance(x, np.ndarray) else x for x in sample.inputs]
    named: dict[str, Any] = {}
    if function is not subject.declared.reference:
        parameters = _read_parameters(function)
        if subject.signature.variadic and "*" not in parameters:
            inputs = [inputs]
        elif parameters >= set(sample.names[1:]):
            named = {n: x for n, x in zip(sample.names[1:], inputs[1:], strict=True) if x is not None}
            inputs = inputs[:1]
    returned = function(*inputs, **named, **sample.settings)
    arrays = returned if isinstance(returned, tuple | list) else (returned,)
    return ReferenceOutput(function, function_name(function), [np.asarray(array) for array in arrays])


@lru_cache
def _read_parameters(function: Callable[..., Any]) -> frozenset[str]:
    """Return the parameters that can be given by name, and "*" for *arrays; a ufunc has none."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return frozenset()
    named = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    return frozenset(named + ["*" for p in parameters if p.kind is p.VAR_POSITIONAL])
