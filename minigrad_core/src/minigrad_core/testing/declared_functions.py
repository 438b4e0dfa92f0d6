"""Whether a distribution declares the functions that its operations answer for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..plugins.names import named
from ..tensor.protocols import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ..plugins.function_claims import FunctionClaims
    from ..plugins.plugin import Plugin


def differences(plugin: Plugin, claims: FunctionClaims) -> list[str]:
    """Return a line for each function that a loaded plugin declares and does not answer for, or vice versa.

    One that declares nothing is free to answer for what it likes.
    """
    declared = {path: named(path) for claim in plugin.claims for path in claim.functions}
    made = [function for function, _ in claims.of(plugin.namespace)]
    lines = [
        f"{path} is declared in the entry points, and no operation answers for it{_renamed(path, function)}"
        for path, function in declared.items()
        if function not in made or function.__name__ != path.rpartition(".")[2]
    ]
    return lines + [f"{line} is answered for, and not declared" for line in _undeclared(declared, made)]


def _renamed(path: str, function: Any) -> str:
    name = getattr(function, "__name__", path.rpartition(".")[2])
    return f" under that name: it calls itself {name}" if name != path.rpartition(".")[2] else ""


def _undeclared(declared: Mapping[str, Any], made: Iterable[Callable[..., Any]]) -> list[str]:
    if not declared:
        return []
    functions = list(declared.values())  # not a set: a claim may lead to anything
    return [name_of(function) for function in made if function not in functions]
