"""`mg.compile`: records the calls that a function makes, and replays them without the engine."""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import partial, update_wrapper
from operator import attrgetter
from types import MethodType
from typing import Any

from ..engine.modes import active_variables, in_checkpoint, tracing
from ..errors import ArgumentError
from ..transforms.arguments import check_function
from .interception import trace_lock
from .program import Program, record
from .tracer import STALE

_MOST_PROGRAMS = 64
_MANY_TRACES = 16

_get_blocks, _get_traces = active_variables.blocks.get, tracing.blocks.get
_get_checkpoints = in_checkpoint.blocks.get


class Compiled:
    """`mg.compile(f)`: a function that does what `f` does, faster.

    It records a program at the first call with each signature, and replays the program later.

    Raises
    ------
    ArgumentError
        `f` has no argument of a name in `static_argnames`, or a static argument is not hashable.
    """

    def __init__(self, f: Callable[..., Any], *, static_argnames: str | tuple[str, ...] = ()) -> None:
        check_function(f)
        update_wrapper(self, f)
        self.compiled_function = f
        self.static_argnames = (static_argnames,) if isinstance(static_argnames, str) else static_argnames
        self._static = _find_static(f, self.static_argnames)
        self.programs: tuple[Program, ...] = ()  # the latest first
        self.traces = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what `f` returns."""
        # Inside a trace or a transform, the calls of operations are recorded there. The two runs of a
        # checkpoint make the same calls, and so neither may trace: the restored buffers are other arrays.
        if (
            (_get_traces() and tracing.get() is not None)
            or (_get_blocks() and active_variables.get() is not None)
            or (_get_checkpoints() and in_checkpoint.get())
        ):
            return self.compiled_function(*args, **kwargs)
        result = self._replay(args, kwargs)
        if result is STALE:
            with trace_lock:
                result = self._replay(args, kwargs)  # another thread may have traced meanwhile
                if result is STALE:
                    result, program = record(self.compiled_function, args, kwargs, self._static)
                    self.programs = (program, *self.programs)[:_MOST_PROGRAMS]
                    self._count_trace()
        return result

    def _replay(self, args: Any, kwargs: Any) -> Any:
        """Return the result of a replay, or `STALE` if there is no program for the call."""
        for program in self.programs:
            try:
                result = program.run(args, kwargs)
            except Exception:
                if program.has_effects:
                    raise
                return self.compiled_function(*args, **kwargs)  # it raises its own error, or catches it
            if result is not STALE:
                return result
        return STALE

    def _count_trace(self) -> None:
        self.traces += 1
        if self.traces == _MANY_TRACES:
            warnings.warn(
                f"mg.compile has traced {self!r} {_MANY_TRACES} times: shapes, dtypes or captured values "
                "change at each call. Pad the arrays, or pass captured values as arguments",
                stacklevel=3,
            )

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Return the bound method, where the compiled function is an attribute of a class."""
        return self if instance is None else MethodType(self, instance)

    def __reduce__(self) -> Any:
        f: Any = self.compiled_function
        with suppress(AttributeError, KeyError):
            if attrgetter(f.__qualname__)(sys.modules[f.__module__]) is self:
                return f.__qualname__  # the name of a decorated function refers to `self`
        return partial(Compiled, static_argnames=self.static_argnames), (f,)

    def __repr__(self) -> str:
        return f"<compiled {getattr(self.compiled_function, '__qualname__', self.compiled_function)!r}>"

    @staticmethod
    def explain(f: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Print the program that `f` records for these arguments: calls, shapes, and what was captured."""
        compiled = f if isinstance(f, Compiled) else Compiled(f)
        with trace_lock:
            program = record(compiled.compiled_function, args, kwargs, compiled._static)[1]  # noqa: SLF001 - own
        print(program.describe())


compile = Compiled


def _find_static(f: Callable[..., Any], names: tuple[str, ...]) -> frozenset[Any]:
    """Return the names of static arguments, and their positions."""
    parameters = inspect.signature(f).parameters if names else {}
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    for name in names:
        if name not in parameters and not takes_any:
            raise ArgumentError(f"static_argnames: {name!r} is none of the arguments {list(parameters)}")
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    positional = [name for name, p in parameters.items() if p.kind in kinds]
    return frozenset([*names, *[i for i, name in enumerate(positional) if name in names]])
