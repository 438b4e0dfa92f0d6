"""Modes: whether calls are recorded, and which variables a transform differentiates by.

A mode holds per thread and per async task. A block sets it, and the block's end resets it.

Ctrl-C may raise between any two lines of Python, even before the first line of an `__exit__`. So a mode does
not rely on `__exit__`: a mode ignores a block that was freed, and Python frees the block whenever it leaves
the `with` statement.
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
    """A value that holds in a block of code, and in the functions that the block calls.

    Attributes
    ----------
    blocks : ContextVar
        Weak references to the open blocks, the innermost last. An empty tuple means the default.
    """

    def __init__(self, name: str, default: T) -> None:
        self.name, self.default = name, default
        self.blocks: ContextVar[_Blocks] = ContextVar(f"minigrad_{name}", default=())

    def __reduce__(self) -> str:
        """Return the name of the variable here: cloudpickle copies a decorated function with its globals."""
        return self.name

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
        self.blocks.set(())  # every block was freed without a call of its `__exit__`
        return self.default


# `functools.partial` is written in C. So `__exit__` calls `_leave` from C, and no frame or traceback refers
# to the block; with such a reference, the block could outlive the `with` statement.
class Block(partial[None], Generic[T]):
    """A `with` block, or a decorated function, in which a mode has another value."""

    mode: Mode[T]
    value: T
    entered: bool

    def __new__(cls, mode: Mode[T], value: T) -> Block[T]:
        """Return a block; several threads may enter it, and it may be entered again inside itself."""
        block = super().__new__(cls, _leave, mode.blocks)
        block.mode, block.value, block.entered = mode, value, False
        return block

    def __reduce__(self) -> tuple[Any, ...]:
        return Block, (self.mode, self.value)

    def __enter__(self) -> None:
        blocks = self.mode.blocks
        blocks.set((*blocks.get(), ref(self)))
        self.entered = True  # last: Python handles signals after a call, and not after an assignment

    if TYPE_CHECKING:

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> None: ...
    else:
        __exit__ = partial.__call__

    # The call of a block decorates a function, whereas the call of a partial would call `_leave`.
    def __call__(self, func: F) -> F:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return `func`, also a coroutine function, with its body in a block of this kind.

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
        def call(*args: Any, **kwargs: Any) -> Any:
            with Block(self.mode, self.value):
                return func(*args, **kwargs)

        @wraps(func)
        async def await_call(*args: Any, **kwargs: Any) -> Any:
            with Block(self.mode, self.value):
                return await func(*args, **kwargs)

        return await_call if inspect.iscoroutinefunction(func) else call  # type: ignore[return-value]


def _leave(blocks: ContextVar[_Blocks], *_: Any) -> None:
    """Close the innermost block, and drop the references to outer blocks that were freed."""
    blocks.set(tuple([reference for reference in blocks.get() if reference() is not None][:-1]))


recording: Mode[bool] = Mode("recording", True)

# The variables by which the transforms around this call differentiate, or None outside of every transform. A
# transform inside another one keeps its results in the graph.
active_variables: Mode[frozenset[Tensor] | None] = Mode("active_variables", None)

# The tracer of `mg.compile`: it records calls of operations, effects and predicates. None outside of a trace.
# `apply` reads it in a block of `recording` only, so that other calls pay nothing.
tracing: Mode[Any] = Mode("tracing", None)

# Whether the function of a `checkpoint` is running.
in_checkpoint: Mode[bool] = Mode("in_checkpoint", False)

# Whether the graph of a running `backward()` is kept for another one.
retaining: Mode[bool] = Mode("retaining", False)


_UNCHANGED = nullcontext()


def enable_grad() -> AbstractContextManager[None]:
    """Return a context in which calls are recorded; it does nothing where recording is already on."""
    return _UNCHANGED if recording.get() else Block(recording, True)


def no_grad() -> Block[bool]:
    """Return a context manager, and decorator, that turns recording off: results require no gradient.

    Examples
    --------
    >>> import minigrad_core as mg
    >>> x = mg.tensor(2.0, requires_grad=True)
    >>> with mg.no_grad():
    ...     (x * x).requires_grad
    False
    """
    return Block(recording, False)
