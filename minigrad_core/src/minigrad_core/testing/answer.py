"""What a function that a subject is held against says of a sample."""

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .samples.sample import Sample
from .subjects.subject import Subject


class Answer(NamedTuple):
    """The outputs of a reference."""

    function: Callable[..., Any]
    name: str
    parts: list[NDArray[Any]]


def name_of(function: Callable[..., Any]) -> str:
    """Return what a function is called."""
    return str(getattr(function, "__name__", repr(function)))


def answer_of(function: Callable[..., Any], subject: Subject, sample: Sample) -> Answer | None:
    """Return what a reference says of a sample, None if it does not take that.

    Inputs after the first go by name where the function has the names, as in np.polyfit(x, y=y, w=w, deg=2),
    any number of them in one list unless it takes *arrays, as in np.stack([x, y]).
    """
    inputs: list[Any] = [np.array(x) if isinstance(x, np.ndarray) else x for x in sample.inputs]
    named: dict[str, Any] = {}
    if function is not subject.declared.given:
        parameters = _parameters(function)
        if subject.signature.variadic and "*" not in parameters:
            inputs = [inputs]
        elif parameters >= set(sample.names[1:]):
            named = {n: x for n, x in zip(sample.names[1:], inputs[1:], strict=True) if x is not None}
            inputs = inputs[:1]
    try:
        theirs = function(*inputs, **named, **sample.settings)
    except Exception:
        return None
    parts = theirs if isinstance(theirs, tuple | list) else (theirs,)
    return Answer(function, name_of(function), [np.asarray(part) for part in parts])


@lru_cache
def _parameters(function: Callable[..., Any]) -> frozenset[str]:
    """Return what can be given by name, none of a ufunc's, and "*" if it takes any number of arrays."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return frozenset()
    named = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    return frozenset(named + ["*" for p in parameters if p.kind is p.VAR_POSITIONAL])
