"""How a method can be called."""

from __future__ import annotations

import inspect
from math import inf
from types import FunctionType, MethodType
from typing import Any, NamedTuple

POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Arity(NamedTuple):
    """How many positional arguments a callable takes at most, and which keywords it cannot do without."""

    positional: float
    required: tuple[str, ...]


def arity(function: Any) -> Arity:
    """Return how `function` can be called; a compiled one that does not tell takes anything.

    A method written in Python is read from its code object: `inspect.signature` takes 20 us, a package of 200
    operations has 400 methods, and somebody waits for the first of them.
    """
    plain = function.__func__ if isinstance(function, MethodType) else None
    if isinstance(plain, FunctionType) and not hasattr(plain, "__wrapped__"):
        code = plain.__code__
        keywords = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        required = tuple(name for name in keywords if name not in (plain.__kwdefaults__ or ()))
        return Arity(inf if code.co_flags & inspect.CO_VARARGS else code.co_argcount - 1, required)
    return _inspected(function)


def _inspected(function: Any) -> Arity:
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return Arity(inf, ())
    variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    required = tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty)
    return Arity(inf if variadic else sum(p.kind in POSITIONAL for p in parameters), required)
