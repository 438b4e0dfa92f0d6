"""Binds the arguments of SciPy's functions to the inputs and settings of operations."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from minigrad_core import Operation
from minigrad_core.errors import ArgumentError

Function = TypeVar("Function", bound=Callable[..., Any])

# Arguments that do not change a result: permissions to overwrite, checks, and the number of threads.
_WITHOUT_EFFECT = frozenset(
    ["overwrite_a", "overwrite_b", "overwrite_v", "overwrite_x", "overwrite_ab", "check_finite", "workers"]
)


def list_inputs(op: Operation) -> list[str]:
    """Return the names of the inputs of an operation: its differentiable arguments."""
    return [p.name for p in _list_parameters(op) if p.kind is not p.KEYWORD_ONLY]


def _list_parameters(op: Operation) -> list[inspect.Parameter]:
    return list(inspect.signature(op.forward).parameters.values())[1:]  # without the context


def take_settings_of(template: Callable[..., Any], *without: str) -> Callable[[Function], Function]:
    """Return a decorator that replaces `**settings` in a signature by the settings of `template`.

    without: the names of settings that the function does not take.
    """

    def sign(function: Function) -> Function:
        parameters = inspect.signature(function).parameters.values()
        own = [p for p in parameters if p.kind is not p.VAR_KEYWORD]
        known = {*without, *(p.name for p in own)}
        shared = inspect.signature(template).parameters.values()
        more = [p for p in shared if p.kind is p.KEYWORD_ONLY and p.name not in known]
        function.__signature__ = inspect.Signature([*own, *more])  # type: ignore[attr-defined]
        return function

    return sign


def bind(function: Callable[..., Any], op: Any) -> Callable[..., Any]:
    """Return a callable that calls `op`, with the parameters and the form of result of `function`.

    The inputs and settings of `op` have SciPy's names and defaults. An operation whose arguments do not line
    up with SciPy's has `from_numpy(*args, **kwargs) -> (inputs, settings)`, and one with another form of
    result has `to_numpy(result)`. `list_coordinates(*inputs, **settings)` gives constants before the result.

    Raises
    ------
    ArgumentError
        A call has an argument that the operation does not know, and its value is not SciPy's default.
    """
    split = getattr(op, "from_numpy", None) or _split(function, op)
    convert, list_coordinates = getattr(op, "to_numpy", None), getattr(op, "list_coordinates", None)

    def call(*args: Any, **kwargs: Any) -> Any:
        inputs, settings = split(*args, **kwargs)
        result = op(*inputs, **settings)
        if list_coordinates is not None:
            return *list_coordinates(*inputs, **settings), result
        return result if convert is None else convert(result)

    return call


def _split(function: Callable[..., Any], op: Operation) -> Callable[..., tuple[list[Any], dict[str, Any]]]:
    """Return a function that divides the arguments of a call of `function` into inputs and settings."""
    signature = inspect.signature(function)
    extra = [p.name for p in signature.parameters.values() if p.kind is p.VAR_KEYWORD]
    own = _list_parameters(op)
    settings = [p.name for p in own if p.kind is p.KEYWORD_ONLY]
    inputs = [p for p in own if p.kind is not p.KEYWORD_ONLY]

    def split(*args: Any, **kwargs: Any) -> tuple[list[Any], dict[str, Any]]:
        given = name_arguments(function.__name__, signature, args, kwargs)
        for name in extra:
            given.update(given.pop(name, {}))
        arrays: list[Any] = []
        for p in inputs:
            x = given.pop(p.name, None)
            arrays.extend(x if p.kind is p.VAR_POSITIONAL else [x])
        while arrays and arrays[-1] is None:
            arrays.pop()
        values = {name: given.pop(name) for name in settings if name in given}
        for name, value in given.items():
            parameter = signature.parameters.get(name)
            is_default = parameter is not None and (
                value is parameter.default or (getattr(value, "ndim", 0) == 0 and value == parameter.default)
            )
            refuse_given(function.__name__, {name: name not in _WITHOUT_EFFECT and not is_default})
        return arrays, values

    return split


def name_arguments(
    function: str, signature: inspect.Signature, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the arguments of a call by name; ArgumentError if they do not fit the signature."""
    try:
        return signature.bind(*args, **kwargs).arguments
    except TypeError as error:
        raise ArgumentError(f"{function}: {error}") from error


def refuse_given(function: str, is_given: Mapping[str, Any]) -> None:
    """Raise ArgumentError for the first argument for which `is_given` is true."""
    for name, given in is_given.items():
        if given:
            raise ArgumentError(
                f"{function}: the argument {name!r} is not supported for tensors; leave it out, or call "
                "SciPy's function with x.numpy(), which has no gradient"
            )
