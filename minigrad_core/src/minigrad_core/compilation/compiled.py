"""`mg.compile`: records the calls that a function makes, and replays them without the engine."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import update_wrapper
from threading import RLock
from types import MethodType
from typing import TYPE_CHECKING, Any

from ..engine import interception
from ..engine.modes import active_variables, recording
from ..transforms.arguments import check_function
from .captured_tensors import is_tracing
from .signature import StaticArguments, find_aliases, flatten
from .trace import record

if TYPE_CHECKING:
    from .program import Program

_MOST_PROGRAMS = 64
_MOST_OF_ONE_SIGNATURE = 8  # for different values of captured variables, such as the modes of a model
_MANY = 16

_trace_lock = RLock()


class Compiled:
    """A function that records a program at the first call with each signature, and replays it later."""

    def __init__(self, f: Callable[..., Any], static_argnames: tuple[str, ...]) -> None:
        update_wrapper(self, f)
        self.compiled_function = f
        self.static_argnames = static_argnames
        self._static = StaticArguments(f, static_argnames) if static_argnames else None
        self.programs: dict[Any, tuple[Program, ...]] = {}
        self.traces = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what `f` returns."""
        if (active_variables.blocks.get() and active_variables.get() is not None) or (
            interception.operation is not None and is_tracing()
        ):  # a transform differentiates the function itself, and a trace records its calls
            return self.compiled_function(*args, **kwargs)
        leaves, key, objects = self._flatten(args, kwargs)
        for program in self.programs.get(key, ()):
            if program.is_current():
                try:
                    return program.run(*leaves)
                except Exception as error:
                    if program.has_effects:
                        raise program.explain(error) from None
                return self.compiled_function(*args, **kwargs)  # it raises its own error, or catches it
        return self._record(key, args, kwargs, objects)

    def _flatten(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[Any], Any, list[Any]]:
        """Return the arrays and numbers among the arguments, the signature, and the other objects."""
        leaves: list[Any] = []
        objects: list[Any] = []
        key: list[Any] = []
        if self._static is not None:
            args, kwargs, key = self._static.split(args, kwargs)
            objects += key[2::3]
        for x in args:
            flatten(x, leaves, key, objects)
        if kwargs:
            flatten(kwargs, leaves, key, objects)
        if recording.blocks.get() and not recording.get():
            key.append("no_grad")
        if len(leaves) > 1:
            key.append(find_aliases(leaves))
        return leaves, tuple(key), objects

    def _record(self, key: Any, args: Any, kwargs: Any, objects: list[Any]) -> Any:
        """Call `f`, record a program, and return what `f` returned."""
        with _trace_lock:
            value, program = record(self.compiled_function, args, kwargs, objects, self._static)
            self.programs[key] = (program, *self.programs.get(key, ()))[:_MOST_OF_ONE_SIGNATURE]
            while sum(map(len, self.programs.values())) > _MOST_PROGRAMS:
                del self.programs[next(iter(self.programs))]
            self.traces += 1
            if self.traces == _MANY:
                warnings.warn(
                    f"mg.compile has traced {self!r} {_MANY} times: shapes, dtypes or captured values change "
                    "at each call. Pad the arrays, or pass captured values as arguments",
                    stacklevel=3,
                )
        return value

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Return the bound method, where the compiled function is an attribute of a class."""
        return self if instance is None else MethodType(self, instance)

    def __reduce__(self) -> Any:
        module = sys.modules.get(getattr(self.compiled_function, "__module__", ""))
        name = getattr(self.compiled_function, "__qualname__", "")
        found: Any = module
        with suppress(AttributeError):
            for part in name.split("."):
                found = getattr(found, part)
        if found is self:  # a decorated function is pickled by its name
            return name
        return Compiled, (self.compiled_function, self.static_argnames)

    def __repr__(self) -> str:
        return f"<compiled {getattr(self.compiled_function, '__qualname__', self.compiled_function)!r}>"


class Compile:
    """The type of `mg.compile`."""

    def __call__(self, f: Callable[..., Any], *, static_argnames: str | tuple[str, ...] = ()) -> Compiled:
        """Return a function that does what `f` does, faster."""
        check_function(f)
        names = (static_argnames,) if isinstance(static_argnames, str) else tuple(static_argnames)
        return Compiled(f, names)

    def explain(self, f: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Print the program that `f` records for these arguments: calls, shapes, and what was captured."""
        compiled = f if isinstance(f, Compiled) else self(f)
        _, _, objects = compiled._flatten(args, kwargs)  # noqa: SLF001
        with _trace_lock:
            _, program = record(compiled.compiled_function, args, kwargs, objects, compiled._static)  # noqa: SLF001
        print(program.describe())


compile = Compile()
