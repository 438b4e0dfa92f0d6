"""Which calls are of one kind, as far as lines of an operation's code go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .call import Call
    from .sample import Sample


def unlike(calls: Iterable[Call], kind: Callable[[Sample], object]) -> list[Call]:
    """Return the first call of each kind."""
    first: dict[object, Call] = {}
    for call in calls:
        first.setdefault(kind(call.sample), call)
    return list(first.values())


def kind(sample: Sample) -> object:
    """Return what decides which lines of an operation run: ranks, kinds, settings that are words or flags."""
    inputs = [(x.ndim, x.dtype.kind) if isinstance(x, np.ndarray) else None for x in sample.inputs]
    return (*inputs, *words(sample))


def words(sample: Sample) -> tuple[object, ...]:
    """Return the settings that are words or flags, and the types of the others."""
    return tuple(
        [
            (name, value if isinstance(value, str | bool) else type(value).__name__)
            for name, value in sorted(sample.settings.items())
        ]
    )
