"""Whether calls are recorded: per thread and per async task."""

from __future__ import annotations

from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

recording: ContextVar[bool] = ContextVar("minigrad_recording", default=True)


class Recording(ContextDecorator):
    """A context (or decorator) that switches recording on or off, and restores what was before even if its body raises."""

    def __init__(self, on: bool) -> None:
        self.on = on
        self._tokens: list[Token[bool]] = []

    def __enter__(self) -> None:
        self._tokens.append(recording.set(self.on))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        recording.reset(self._tokens.pop())

    def _recreate_cm(self) -> Recording:  # a decorated function may run in several threads at once
        return Recording(self.on)


def no_grad() -> Recording:
    """Return a context (or decorator) in which nothing is recorded and results need no gradient.

    Examples
    --------
    >>> import minigrad_core as mg
    >>> x = mg.tensor(2.0, requires_grad=True)
    >>> with mg.no_grad():
    ...     (x * x).requires_grad
    False
    """
    return Recording(False)
