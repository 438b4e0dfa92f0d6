"""`mg.compile`: records the calls that a function makes, and replays them without the engine."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from functools import partial, update_wrapper
from operator import attrgetter
from threading import RLock
from types import MethodType
from typing import Any

from ..engine.modes import active_variables, recording
from ..transforms.arguments import check_function
from .interception import is_tracing
from .program import Program, record
from .signature import Static, find_aliases, find_positions, flatten
from .tracer import STALE

_MOST_PROGRAMS = 64
_MOST_OF_ONE_SIGNATURE = 8  # for different values of captured variables, such as the modes of a model
_MANY = 16

_trace_lock = RLock()


class Compiled:
    """`mg.compile(f)`: a function that does what `f` does, faster.

    It records a program at the first call with each signature, and replays the program later.
    """

    def __init__(self, f: Callable[..., Any], *, static_argnames: str | tuple[str, ...] = ()) -> None:
        check_function(f)
        update_wrapper(self, f)
        self.compiled_function = f
        self.static_argnames = (static_argnames,) if isinstance(static_argnames, str) else static_argnames
        self._static_positions = find_positions(f, self.static_argnames)
        self.programs: dict[Any, tuple[Program, ...]] = {}
        self.traces = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what `f` returns."""
        if is_tracing() or (active_variables.blocks.get() and active_variables.get() is not None):
            return self.compiled_function(*args, **kwargs)  # a trace, or a transform, records its calls
        arguments, leaves, key, objects = self.read(args, kwargs)
        result = self._replay(key, leaves, args, kwargs)
        if result is STALE:
            with _trace_lock:
                result = self._replay(key, leaves, args, kwargs)  # another thread may have traced meanwhile
                if result is STALE:
                    result, program = record(self.compiled_function, arguments, leaves, objects)
                    self._keep(key, program)
        return result

    def _replay(self, key: Any, leaves: list[Any], args: Any, kwargs: Any) -> Any:
        """Return what `f` returns, or `STALE` if there is no program for the call."""
        for program in self.programs.get(key, ()):
            if program.captures.has_changed():
                continue
            try:
                result = program.run(*leaves)
            except Exception:
                if program.has_effects:
                    raise
            else:
                if result is STALE:
                    continue
                return result
            return self.compiled_function(*args, **kwargs)  # it raises its own error, or catches it
        return STALE

    def _keep(self, key: Any, program: Program) -> None:
        self.programs[key] = (program, *self.programs.get(key, ()))[:_MOST_OF_ONE_SIGNATURE]
        while sum(map(len, self.programs.values())) > _MOST_PROGRAMS:
            del self.programs[next(iter(self.programs))]
        self.traces += 1
        if self.traces == _MANY:
            warnings.warn(
                f"mg.compile has traced {self!r} {_MANY} times: shapes, dtypes or captured values change at "
                "each call. Pad the arrays, or pass captured values as arguments",
                stacklevel=3,
            )

    def read(self, args: Any, kwargs: dict[str, Any]) -> tuple[Any, list[Any], Any, list[Any]]:
        """Return (args, kwargs) with static ones marked, the leaves, the signature, and the other objects."""
        if self.static_argnames:
            args = tuple([Static(x) if i in self._static_positions else x for i, x in enumerate(args)])
            kwargs = {name: Static(x) if name in self.static_argnames else x for name, x in kwargs.items()}
        leaves: list[Any] = []
        key: list[Any] = []
        objects: list[Any] = []
        for x in args:
            flatten(x, leaves, key, objects)
        if kwargs:
            flatten(kwargs, leaves, key, objects)
        if recording.blocks.get() and not recording.get():
            key.append("no_grad")
        if len(set(map(id, leaves))) < len(leaves) and (aliases := find_aliases(leaves)):
            key.append(aliases)
        return (args, kwargs), leaves, tuple(key), objects

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Return the bound method, where the compiled function is an attribute of a class."""
        return self if instance is None else MethodType(self, instance)

    def __reduce__(self) -> Any:
        f: Any = self.compiled_function
        try:
            is_decorated = attrgetter(f.__qualname__)(sys.modules[f.__module__]) is self
        except (AttributeError, KeyError):
            is_decorated = False
        return (
            f.__qualname__
            if is_decorated
            else (partial(Compiled, static_argnames=self.static_argnames), (f,))
        )

    def __repr__(self) -> str:
        return f"<compiled {getattr(self.compiled_function, '__qualname__', self.compiled_function)!r}>"

    @staticmethod
    def explain(f: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Print the program that `f` records for these arguments: calls, shapes, and what was captured."""
        compiled = f if isinstance(f, Compiled) else Compiled(f)
        arguments, leaves, _, objects = compiled.read(args, kwargs)
        with _trace_lock:
            _, program = record(compiled.compiled_function, arguments, leaves, objects)
        print(program.describe())


compile = Compiled
