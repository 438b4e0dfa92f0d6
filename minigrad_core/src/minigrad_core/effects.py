"""Functions that `mg.compile` records as one step: with an effect, or with a truth value to branch on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from .engine.modes import tracing

F = TypeVar("F", bound=Callable[..., Any])


def effect(function: F) -> F:
    """Return `function` as one step that `mg.compile` records, and repeats in each replay.

    A layer that draws random numbers, or that writes to a buffer such as a running mean, does so in a
    function with this decorator. The function takes the generator, or the array to write to, as an argument,
    and it receives plain arrays and numbers. It returns an array, a number, a tuple of these, or None. No
    gradient flows through it. If an effect writes to an array, a compiled function may read this array only
    in operations and in effects.

    Examples
    --------
    >>> import numpy as np, minigrad_core as mg
    >>> @mg.effect
    ... def add_noise(x, rng):
    ...     return x + rng.normal(size=x.shape)
    >>> compiled = mg.compile(add_noise)
    >>> rng, same = np.random.default_rng(0), np.random.default_rng(0)
    >>> all(compiled(np.zeros(2), rng)[0] == add_noise(np.zeros(2), same)[0] for _ in range(3))
    True
    """

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        tracer = tracing.get()
        return function(*args, **kwargs) if tracer is None else tracer.call_effect(function, *args, **kwargs)

    return call  # type: ignore[return-value]


def predicate(function: F) -> F:
    """Return `function`, which returns a bool, as a condition on which a `backward` branches.

    In a second derivative `backward` runs on tensors, and `mg.compile` records the branch that it takes. A
    replay calls `function` again. If the bool differs, the call runs without the recorded program.
    """

    @wraps(function)
    def call(*args: Any) -> bool:
        tracer = tracing.get()
        return function(*args) if tracer is None else tracer.call_predicate(function, *args)

    return call  # type: ignore[return-value]
