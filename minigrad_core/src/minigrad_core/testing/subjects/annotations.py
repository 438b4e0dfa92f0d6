"""The types of parameters: annotations as types, and the types and choices that an annotation names."""

import inspect
import typing
from collections.abc import Iterator
from types import SimpleNamespace, UnionType
from typing import Any, Literal, Union


def read_parameters(call: Any) -> list[inspect.Parameter]:
    """Return the parameters of a callable, with types where annotations are text.

    An annotation that names something unknown at run time, such as an import for type checkers only, counts
    as missing. The arguments that a `functools.partial` binds are left out.
    """
    function = getattr(call, "__init__", call) if isinstance(call, type) else getattr(call, "func", call)
    names = getattr(inspect.unwrap(function), "__globals__", {})
    bound = getattr(call, "keywords", {})  # `inspect.signature` lists them, too
    parameters = [p for p in inspect.signature(call).parameters.values() if p.name not in bound]
    return [p.replace(annotation=_resolve(p.annotation, names)) for p in parameters]


def _resolve(annotation: Any, names: dict[str, Any]) -> Any:
    try:
        return typing.get_type_hints(SimpleNamespace(__annotations__={"it": annotation}), names)["it"]
    except Exception:  # the text may be any expression
        return inspect.Parameter.empty


def list_types(annotation: Any) -> set[Any]:
    """Return the types in an annotation, members of unions and of containers alike.

    >>> list_types(tuple[int, ...] | None) == {tuple, int, type(None), ...}
    True
    """
    return {typing.get_origin(part) or part for part in _iterate_parts(annotation)} - {Union, UnionType}


def list_choices(annotation: Any) -> list[Any]:
    """Return the values of each `Literal` in an annotation.

    >>> list_choices(Literal["same", "valid"] | None)
    ['same', 'valid']
    """
    literals = [part for part in _iterate_parts(annotation) if typing.get_origin(part) is Literal]
    return [choice for literal in literals for choice in typing.get_args(literal)]


def _iterate_parts(annotation: Any) -> Iterator[Any]:
    """Yield an annotation, and everything of which it consists."""
    annotation = getattr(annotation, "__value__", annotation)  # of a `type` statement
    yield annotation
    if typing.get_origin(annotation) is not Literal:
        for part in typing.get_args(annotation):
            yield from _iterate_parts(part)
