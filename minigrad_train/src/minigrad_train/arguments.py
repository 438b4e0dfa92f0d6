"""Parse `NAME=VALUE` texts such as `eps=1e-6` into keyword arguments, by the types of a signature."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Collection, Iterable, Sequence
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from minigrad_core.contracts.adapters import unwrap_adapter
from minigrad_core.errors import ArgumentError, InputError

LITERALS = {"true": True, "false": False, "none": None}


def parse_arguments(
    target: Callable[..., Any], assignments: Iterable[str], *, option: str, reserved: Collection[str] = ()
) -> dict[str, Any]:
    """Return keyword arguments for a class or function from `NAME=VALUE` texts.

    A value is a number, true, false, none, several of these separated by commas, or text. The annotation of
    the parameter decides which; without an annotation, the type of the default decides.

    Parameters
    ----------
    target : callable
        For example a class of optimizers, an initializer, or a function that makes a model.
    assignments : iterable of str
        The `NAME=VALUE` texts of the user.
    option : str
        The command-line option, for messages: `--optimizer-arg`.
    reserved : collection of str
        Parameters that the user cannot set, such as `params` and `rng`.

    Raises
    ------
    ArgumentError
        A text has no `=`, its name is not a parameter, or a name occurs twice.
    InputError
        The annotation of the parameter does not allow the value.

    Examples
    --------
    >>> def sgd(params, lr: float = 0.1, *, nesterov: bool = False, betas: tuple[float, float] = (0.9, 0.99)):
    ...     ...
    >>> texts = ["lr=1", "nesterov=true", "betas=0.5,0.9"]
    >>> parse_arguments(sgd, texts, option="--optimizer-arg", reserved=["params"])
    {'lr': 1.0, 'nesterov': True, 'betas': (0.5, 0.9)}
    """
    parameters = {
        name: parameter
        for name, parameter in inspect.signature(target).parameters.items()
        if name not in reserved
        and parameter.kind not in (parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL)
    }
    given: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = (part.strip() for part in assignment.partition("="))
        if not equals:
            raise ArgumentError(f"{option} expects NAME=VALUE, got {assignment!r}")
        if name in given:
            raise ArgumentError(f"{option} gives {name!r} twice")
        annotation = _find_annotation(target, _find_parameter(name, parameters, f"{option} {assignment}"))
        given[name] = _parse_value(text, annotation, f"{option} {assignment}")
    return given


def _find_parameter(name: str, parameters: dict[str, inspect.Parameter], context: str) -> inspect.Parameter:
    if (parameter := parameters.get(name)) is not None and parameter.kind is not parameter.VAR_KEYWORD:
        return parameter
    for parameter in parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            return parameter
    near = get_close_matches(name, parameters, n=1)
    hint = f"did you mean {near[0]}?" if near else f"it takes {', '.join(parameters) or 'none'}"
    raise ArgumentError(f"{context}: there is no setting {name!r}; {hint}")


def _find_annotation(target: Callable[..., Any], parameter: inspect.Parameter) -> Any:
    """Return the annotation of a parameter, else the type of its default, else Any."""
    annotation = parameter.annotation
    if isinstance(annotation, str):
        call = target.__init__ if isinstance(target, type) else target  # type: ignore[misc]
        function = call if inspect.isroutine(call) else type(unwrap_adapter(target)).__call__
        try:
            annotation = eval(annotation, vars(inspect.getmodule(function)))
        except (NameError, AttributeError, TypeError):  # imported under TYPE_CHECKING
            annotation = parameter.empty
    if annotation is not parameter.empty:
        return annotation
    has_default = parameter.default not in (None, parameter.empty)
    return type(parameter.default) if has_default and parameter.kind is not parameter.VAR_KEYWORD else Any


def _parse_value(text: str, annotation: Any, context: str) -> Any:
    for read in (_parse_literal, str):
        try:
            return convert(read(text), annotation)
        except ValueError:
            continue
    raise InputError(f"{context}: expected {_format_type(annotation)}, got {text!r}")


def _parse_literal(text: str) -> Any:
    if text.lower() in LITERALS:
        return LITERALS[text.lower()]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(text) from error


def convert(value: Any, annotation: Any) -> Any:
    """Return a value converted to a type, such as an int to a float; raise ValueError if it does not fit."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation is Any:
        return value
    if origin in (Union, UnionType):
        return _convert_to_any(value, inner)
    if origin is Literal and any(value == choice and type(value) is type(choice) for choice in inner):
        return value
    if annotation in (bool, int, str, NoneType, None) and type(value) is (annotation or NoneType):
        return value
    if annotation is float and type(value) in (int, float):
        return float(value)
    if (origin or annotation) in (tuple, list, Sequence, Iterable):
        return _convert_items(value, origin or annotation, inner)
    raise ValueError(value)


def _convert_to_any(value: Any, annotations: tuple[Any, ...]) -> Any:
    exact = sorted(annotations, key=lambda annotation: annotation is not type(value))
    for annotation in exact:  # an int stays an int where the union has int and float
        try:
            return convert(value, annotation)
        except ValueError:
            continue
    raise ValueError(value)


def _convert_items(value: Any, kind: Any, inner: tuple[Any, ...]) -> Any:
    values = list(value) if isinstance(value, tuple | list) else [value]
    if kind is tuple and inner and inner[-1] is not Ellipsis:
        if len(values) != len(inner):
            raise ValueError(value)
        annotations = list(inner)
    else:
        annotations = [inner[0] if inner else Any] * len(values)
    converted = [convert(item, annotation) for item, annotation in zip(values, annotations, strict=True)]
    return converted if kind is list else tuple(converted)


def _format_type(annotation: Any) -> str:
    return (
        annotation.__name__ if isinstance(annotation, type) and not get_args(annotation) else str(annotation)
    )
