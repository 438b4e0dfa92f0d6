"""How a method can be called."""

from __future__ import annotations

import inspect
from math import inf
from types import FunctionType, MethodType
from typing import Any, NamedTuple

POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Arity(NamedTuple):
    """The positional parameters of a callable, whether it takes more, and the keywords that it requires."""

    names: tuple[str, ...]
    variadic: bool
    required: tuple[str, ...]

    @property
    def positional(self) -> float:
        """How many positional arguments it takes at most."""
        return inf if self.variadic else len(self.names)


def arity(function: Any) -> Arity:
    """Return how `function` can be called; a compiled one that does not tell takes anything.

    A method written in Python is read from its code object: `inspect.signature` takes 20 us, a package of 200
    operations has 400 methods, and somebody waits for the first of them.
    """
    plain = function.__func__ if isinstance(function, MethodType) else None
    if isinstance(plain, FunctionType) and not hasattr(plain, "__wrapped__"):
        code = plain.__code__
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        required = tuple(n for n in names[code.co_argcount :] if n not in (plain.__kwdefaults__ or ()))
        return Arity(names[1 : code.co_argcount], bool(code.co_flags & inspect.CO_VARARGS), required)
    return _inspected(function)


def _inspected(function: Any) -> Arity:
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return Arity((), True, ())
    required = tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty)
    names = tuple(p.name for p in parameters if p.kind in POSITIONAL)
    return Arity(names, any(p.kind is p.VAR_POSITIONAL for p in parameters), required)
