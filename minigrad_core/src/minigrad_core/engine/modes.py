"""Whether calls are recorded: per thread and per async task."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

recording: ContextVar[bool] = ContextVar("minigrad_recording", default=True)


@contextmanager
def recorded(on: bool) -> Iterator[None]:
    """Switch recording on or off for the body, and restore what was before, even if the body raises."""
    token = recording.set(on)
    try:
        yield
    finally:
        recording.reset(token)


def no_grad() -> recorded:
    """Return a context (or decorator) in which no call is recorded and results need no gradient."""
    return recorded(False)
