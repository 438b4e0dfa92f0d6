"""Binds the arguments of a NumPy function to an operation: inputs by position, settings by keyword.

A plan says which parameter of NumPy is which input or setting. A plan is made once for each function,
and each call follows it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from itertools import takewhile
from operator import eq
from types import MethodType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch.function_names import describe_function
from ..dispatch.functions import FUNCTIONS
from ..dispatch.tables import describe
from ..errors import ArgumentError, MinigradError
from ..hints import ARGUMENT
from .apply import apply
from .protocols import make_out_error
from .signatures import get_signature

if TYPE_CHECKING:
    from ..contracts import Operation

_EMPTY = inspect.Parameter.empty
_NOT_GIVEN = np._NoValue  # noqa: SLF001 - NumPy's default where None has a meaning; wrappers pass it on


def bind(function: Callable[..., Any], op: Operation) -> Callable[..., Any]:
    """Return a callable with the parameters of `function`, and results of the same type, that calls `op`."""
    from_numpy, to_numpy = getattr(op, "from_numpy", None), getattr(op, "to_numpy", None)
    call: Callable[..., Any]
    if from_numpy is not None:
        call = _bind_from_numpy(function, op, from_numpy)
    elif isinstance(function, np.ufunc):
        # The inputs of a ufunc are positional, and its other arguments are keywords: no plan is needed. A
        # bound method is faster than a call of `op`, for which the interpreter looks up the slot `__call__`.
        call = MethodType(apply, op)
    else:
        call = BindingPlan(function, op)
    return call if to_numpy is None else lambda *args, **kwargs: to_numpy(call(*args, **kwargs))


def _bind_from_numpy(
    function: Callable[..., Any], op: Operation, from_numpy: Callable[..., Any]
) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        out = kwargs.get("out") if kwargs else None
        if out is None:
            kwargs.pop("out", None)
        elif op.differentiable:
            raise make_out_error(function)
        try:
            arguments = from_numpy(*args, **kwargs)
        except TypeError as error:
            if isinstance(error, MinigradError):
                raise
            raise ArgumentError(f"{describe(op)}: {error}") from error
        if arguments is NotImplemented:
            return FUNCTIONS.fallback(function, *args, **kwargs)
        inputs, settings = arguments
        result = apply(op, *inputs, **settings)
        return result if out is None else out

    return call


class BindingPlan:
    """A mapping from the parameters of one function to the inputs and settings of one operation.

    An input takes the parameter of the same name, else the parameter at the same position. A setting takes
    the parameter of the same name. If the defaults differ, NumPy's default is used (the axis is 0 for
    `np.add.reduce`, None for `np.sum`). A call with any other argument raises, unless the value is NumPy's
    default.
    """

    def __init__(self, function: Callable[..., Any], op: Operation) -> None:
        self.function, self.op = function, op
        own = list(inspect.signature(op.forward).parameters.values())[1:]
        positional = [p for p in own if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        self.variadic = any(p.kind is p.VAR_POSITIONAL for p in own)
        self.settings = {p.name for p in own if p.kind is p.KEYWORD_ONLY}
        self.parameters, self.defaults = _read_numpy_parameters(function, positional, self.settings)
        self.numpy_settings = {  # defaults of NumPy that differ from those of the operation
            p.name: self.defaults[p.name]
            for p in own
            if p.kind is p.KEYWORD_ONLY and _is_other_default(self.defaults.get(p.name, _EMPTY), p.default)
        }
        known = {*self.parameters, *self.defaults}
        self.inputs = [
            p.name if p.name in known or i >= len(self.parameters) else self.parameters[i]
            for i, p in enumerate(positional)
        ]
        # The number of leading parameters that are inputs at the same position; -1 for a variadic operation.
        same = takewhile(bool, map(eq, self.inputs, self.parameters))
        self.aligned = -1 if self.variadic else len(list(same))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the operation with the arguments of the function."""
        if 0 <= self.aligned < len(args) <= len(self.parameters):  # t.sum(0) passes a setting by position
            by_position = dict(zip(self.parameters[self.aligned :], args[self.aligned :], strict=False))
            if by_position.keys() <= self.settings and kwargs.keys().isdisjoint(by_position):
                args, kwargs = args[: self.aligned], by_position | kwargs
        # Most calls pass inputs by position, settings by keyword, and need no default of NumPy.
        is_plain = len(args) <= self.aligned and kwargs.keys() <= self.settings
        if is_plain and (not self.numpy_settings or self.numpy_settings.keys() <= kwargs.keys()):
            return apply(self.op, *args, **kwargs)
        arguments = self._name_arguments(args, kwargs)
        if self.variadic:
            first = self.parameters[0] if self.parameters else None
            inputs = tuple(arguments.pop(first)) if first in arguments else args
        else:
            inputs = self._take_inputs(arguments)
        settings = self.numpy_settings | {
            name: arguments.pop(name) for name in list(arguments) if name in self.settings
        }
        for name, value in arguments.items():
            self._refuse_unknown(name, value)
        return apply(self.op, *inputs, **settings)

    def _name_arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of a call by the names of NumPy's parameters."""
        if len(args) > len(self.parameters) and self.parameters:
            raise ArgumentError(
                f"{describe_function(self.function)} takes {len(self.parameters)} positional arguments, "
                f"got {len(args)}"
            )
        arguments = dict(zip(self.parameters, args, strict=False))
        if twice := arguments.keys() & kwargs.keys():
            raise ArgumentError(f"{describe_function(self.function)} got {min(twice)!r} twice")
        arguments.update(kwargs)
        return {name: value for name, value in arguments.items() if value is not _NOT_GIVEN}

    def _take_inputs(self, arguments: dict[str, Any]) -> tuple[Any, ...]:
        """Remove the inputs from `arguments` and return them; inputs at the end may be missing."""
        inputs = [arguments.pop(name, _EMPTY) for name in self.inputs]
        while inputs and inputs[-1] is _EMPTY:
            inputs.pop()
        return tuple(None if x is _EMPTY else x for x in inputs)

    def _refuse_unknown(self, name: str, value: Any) -> None:
        """Raise for an argument that the operation does not know, unless its value is NumPy's default."""
        default = self.defaults.get(name, _EMPTY)
        if value is default or (isinstance(value, (bool, str, int)) and value == default):
            return
        if name == "out" and isinstance(value, tuple) and value == (None,):
            return
        if name == "out":
            raise make_out_error(self.function)
        hint = f": NumPy calls it {ARGUMENT[name]}" if ARGUMENT.get(name) in self.settings else ""
        raise ArgumentError(
            f"{describe_function(self.function)}: {describe(self.op)} has no argument {name!r}{hint}; "
            f"it has {', '.join(sorted(self.settings)) or 'no settings'}"
        )


def _is_other_default(numpy_default: Any, default: Any) -> bool:
    """Return whether NumPy has a default for a setting that is not the default of the operation."""
    if numpy_default is _EMPTY or numpy_default is _NOT_GIVEN or numpy_default is default:
        return False
    return bool(numpy_default != default)


def _read_numpy_parameters(
    function: Callable[..., Any], inputs: list[inspect.Parameter], settings: set[str]
) -> tuple[list[str], dict[str, Any]]:
    """Return the names of `function`'s positional parameters, and all its defaults."""
    signature = get_signature(function)
    if signature is None:  # assume the parameters of the operation
        return [p.name for p in inputs] + sorted(settings), {}
    parameters = signature.parameters.values()
    positional = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return positional, {p.name: p.default for p in parameters if p.default is not _EMPTY}
