"""Modes: whether calls are recorded, and whether a transform is at work. Per thread and per async task.

Ctrl-C may come between any two lines of Python, before the first one of an `__exit__` too, so a mode does not
count on its block being left. It ends when the block is freed, which is when Python leaves the `with`
statement, in whatever way.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from functools import partial, wraps
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import ref

from ..errors import ArgumentError

if TYPE_CHECKING:
    from ..tensor import Tensor

    F = TypeVar("F", bound=Callable[..., Any])

T = TypeVar("T")
_Blocks = tuple["ref[Block[Any]]", ...]


class Mode(Generic[T]):
    """A value that holds in a block of code, and in what that calls.

    Attributes
    ----------
    blocks : ContextVar
        Weak references to the blocks that are open, the innermost last. None: the default holds.
    """

    def __init__(self, name: str, default: T) -> None:
        self.default = default
        self.blocks: ContextVar[_Blocks] = ContextVar(f"minigrad_{name}", default=())

    def get(self) -> T:
        """Return the value of the innermost block."""
        blocks = self.blocks.get()
        if not blocks:
            return self.default
        for reference in reversed(blocks):
            block = reference()
            if block is not None and block.entered:
                value: T = block.value
                return value
        self.blocks.set(())  # none of them was left by its `__exit__`
        return self.default


# `functools.partial` because it is written in C: `__exit__` calls `_leave` from there, and neither this frame
# nor a traceback through it refers to the block, which could then outlive the `with` statement.
class Block(partial[None], Generic[T]):
    """A `with` block, or a decorated function, in which a mode has another value."""

    mode: Mode[T]
    value: T
    entered: bool

    def __new__(cls, mode: Mode[T], value: T) -> Block[T]:
        """Return a block; it may be entered again inside itself, and by several threads."""
        block = super().__new__(cls, _leave, mode.blocks)
        block.mode, block.value, block.entered = mode, value, False
        return block

    def __enter__(self) -> None:
        blocks = self.mode.blocks
        blocks.set((*blocks.get(), ref(self)))
        self.entered = True  # last: Python looks for signals when a call ends, and not after an assignment

    if TYPE_CHECKING:

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> None: ...
    else:
        __exit__ = partial.__call__

    # It decorates, where a partial calls.
    def __call__(self, func: F) -> F:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return `func` with its body in a block of this kind; of a coroutine function too.

        Raises
        ------
        ArgumentError
            `func` is a generator function: between its steps the mode would leak into the caller.
        """
        if inspect.isgeneratorfunction(func) or inspect.isasyncgenfunction(func):
            raise ArgumentError(
                f"{func.__qualname__} is a generator function, whose body runs in the context of the code "
                "that iterates over it: open the block inside, around the computations, not around a yield"
            )

        @wraps(func)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with Block(self.mode, self.value):
                return func(*args, **kwargs)

        @wraps(func)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            with Block(self.mode, self.value):
                return await func(*args, **kwargs)

        return awaited if inspect.iscoroutinefunction(func) else inside  # type: ignore[return-value]


def _leave(blocks: ContextVar[_Blocks], *_: Any) -> None:
    """Close the innermost block, and drop the references to blocks around it that were freed."""
    blocks.set(tuple(reference for reference in blocks.get() if reference() is not None)[:-1])


recording: Mode[bool] = Mode("recording", True)
# The leaves by which a transform around this call differentiates; None where none is at work. Inside another
# transform, results stay in the graph.
active_variables: Mode[frozenset[Tensor] | None] = Mode("differentiated", None)


def enable_grad() -> AbstractContextManager[None]:
    """Return a block in which calls are recorded; one that does nothing where they are anyway."""
    return nullcontext() if recording.get() else Block(recording, True)


def no_grad() -> Block[bool]:
    """Return a context (or decorator) in which nothing is recorded and results need no gradient.

    Examples
    --------
    >>> import minigrad_core as mg
    >>> x = mg.tensor(2.0, requires_grad=True)
    >>> with mg.no_grad():
    ...     (x * x).requires_grad
    False
    """
    return Block(recording, False)
