"""Whether calls are recorded: per thread and per async task."""

from __future__ import annotations

import inspect
from contextlib import ContextDecorator
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    F = TypeVar("F", bound=Callable[..., Any])

recording: ContextVar[bool] = ContextVar("minigrad_recording", default=True)
# What was before, for each context that is open in this thread or task; not on the `Recording`, which they
# may share.
_before: ContextVar[tuple[bool, ...]] = ContextVar("minigrad_recording_before", default=())


class Recording(ContextDecorator):
    """A context (or decorator) that switches recording on or off, and back again even on errors."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def __enter__(self) -> None:
        _before.set((*_before.get(), recording.get()))
        recording.set(self.on)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        *outer, before = _before.get()
        _before.set(tuple(outer))
        recording.set(before)

    def __call__(self, func: F) -> F:
        """Return `func` with its body in this context; of a coroutine function too.

        Raises
        ------
        ArgumentError
            `func` is a generator function: between its steps the context would leak into the caller.
        """
        if inspect.isgeneratorfunction(func) or inspect.isasyncgenfunction(func):
            raise ArgumentError(
                f"{func.__qualname__} is a generator function, whose body runs in the context of whoever "
                "iterates over it: open the context inside, around the computations and not around a yield"
            )
        if inspect.iscoroutinefunction(func):
            return self._around(func)  # type: ignore[return-value]
        return super().__call__(func)

    def _around(self, func: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(func)
        async def inside(*args: Any, **kwargs: Any) -> Any:
            with self:
                return await func(*args, **kwargs)

        return inside


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
