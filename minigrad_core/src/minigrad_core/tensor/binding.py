"""NumPy's call, bound to an operation's: inputs by position, settings by keyword.

The plan (which NumPy parameter is which input or setting) is made once for each function; a call only
follows it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from itertools import takewhile
from operator import eq
from types import MethodType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch.tables import describe
from ..errors import ArgumentError, MinigradError
from .apply import apply
from .protocols import describe_function, make_out_error
from .signatures import get_signature

if TYPE_CHECKING:
    from ..contracts import Operation

_EMPTY = inspect.Parameter.empty
_NOT_GIVEN = np._NoValue  # noqa: SLF001 - NumPy's default where None means something; wrappers pass it on


def bind(function: Callable[..., Any], op: Operation) -> Callable[..., Any]:
    """Return a callable that takes `function`'s own arguments, calls `op`, and answers in NumPy's form."""
    from_numpy, to_numpy = getattr(op, "from_numpy", None), getattr(op, "to_numpy", None)
    call: Callable[..., Any]
    if from_numpy is not None:
        call = _bind_with_from_numpy(function, op, from_numpy)
    elif isinstance(function, np.ufunc):
        # Its inputs are positional already, its other arguments are keywords: `apply` itself will do; as a
        # bound method it takes less than the operation, for which the interpreter looks up a slot.
        call = MethodType(apply, op)
    else:
        call = BindingPlan(function, op)
    return call if to_numpy is None else lambda *args, **kwargs: to_numpy(call(*args, **kwargs))


def _bind_with_from_numpy(
    function: Callable[..., Any], op: Operation, from_numpy: Callable[..., Any]
) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs and kwargs.get("out") is not None and op.differentiable:
            raise make_out_error(function)
        try:
            inputs, settings = from_numpy(*args, **kwargs)
        except TypeError as error:
            if isinstance(error, MinigradError):
                raise
            raise ArgumentError(f"{describe(op)}: {error}") from error
        return apply(op, *inputs, **settings)

    return call


class BindingPlan:
    """How the arguments of one function become the inputs and settings of one operation.

    An input takes the parameter of its own name, else the parameter at its own position. A setting takes the
    parameter of its name, and NumPy's default where that differs from the operation's (`np.add.reduce` has
    axis 0, `np.sum` None). Any other argument is refused by name, unless it has NumPy's default.
    """

    def __init__(self, function: Callable[..., Any], op: Operation) -> None:
        self.function, self.op = function, op
        own = list(inspect.signature(op.forward).parameters.values())[1:]
        positional = [p for p in own if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        self.variadic = any(p.kind is p.VAR_POSITIONAL for p in own)
        self.settings = {p.name for p in own if p.kind is p.KEYWORD_ONLY}
        self.parameters, self.defaults = _read_numpy_parameters(function, positional, self.settings)
        self.filled = {
            p.name: self.defaults[p.name]
            for p in own
            if p.kind is p.KEYWORD_ONLY and _overrides_default(self.defaults.get(p.name, _EMPTY), p.default)
        }
        known = {*self.parameters, *self.defaults}
        self.inputs = [
            p.name if p.name in known or i >= len(self.parameters) else self.parameters[i]
            for i, p in enumerate(positional)
        ]
        # How many arguments by position are inputs as they are; -1 if they spread.
        same = takewhile(bool, map(eq, self.inputs, self.parameters))
        self.aligned = -1 if self.variadic else len(list(same))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Follow the plan."""
        if 0 <= self.aligned < len(args) <= len(self.parameters):  # t.sum(0): a setting by its position
            moved = dict(zip(self.parameters[self.aligned :], args[self.aligned :], strict=False))
            if moved.keys() <= self.settings and kwargs.keys().isdisjoint(moved):
                args, kwargs = args[: self.aligned], moved | kwargs
        nothing_to_move = len(args) <= self.aligned and kwargs.keys() <= self.settings
        if nothing_to_move and (not self.filled or self.filled.keys() <= kwargs.keys()):  # most calls
            return apply(self.op, *args, **kwargs)
        given = self._name_arguments(args, kwargs)
        if self.variadic:
            first = self.parameters[0] if self.parameters else None
            inputs = tuple(given.pop(first)) if first in given else args
        else:
            inputs = self._inputs(given)
        settings = self.filled | {name: given.pop(name) for name in list(given) if name in self.settings}
        for name, value in given.items():
            self._refuse(name, value)
        return apply(self.op, *inputs, **settings)

    def _name_arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        if len(args) > len(self.parameters) and self.parameters:
            raise ArgumentError(
                f"{describe_function(self.function)} takes {len(self.parameters)} positional arguments, "
                f"got {len(args)}"
            )
        given = dict(zip(self.parameters, args, strict=False))
        if twice := given.keys() & kwargs.keys():
            raise ArgumentError(f"{describe_function(self.function)} got {min(twice)!r} twice")
        given.update(kwargs)
        return {name: value for name, value in given.items() if value is not _NOT_GIVEN}

    def _inputs(self, given: dict[str, Any]) -> tuple[Any, ...]:
        inputs = [given.pop(name, _EMPTY) for name in self.inputs]
        while inputs and inputs[-1] is _EMPTY:
            inputs.pop()
        return tuple(None if x is _EMPTY else x for x in inputs)

    def _refuse(self, name: str, value: Any) -> None:
        default = self.defaults.get(name, _EMPTY)
        if value is default or (isinstance(value, (bool, str, int)) and value == default):
            return
        if name == "out" and isinstance(value, tuple) and value == (None,):
            return
        if name == "out":
            raise make_out_error(self.function)
        raise ArgumentError(
            f"{describe_function(self.function)}: {describe(self.op)} does not know the argument {name!r} "
            "and would ignore it; "
            f"it knows {sorted(self.settings) or 'no settings'}"
        )


def _overrides_default(numpys: Any, own: Any) -> bool:
    """Return whether NumPy has a default for a setting, and the operation another one."""
    return numpys is not _EMPTY and numpys is not _NOT_GIVEN and numpys is not own and bool(numpys != own)


def _read_numpy_parameters(
    function: Callable[..., Any], inputs: list[inspect.Parameter], settings: set[str]
) -> tuple[list[str], dict[str, Any]]:
    """Return the names of `function`'s positional parameters, and all its defaults."""
    signature = get_signature(function)
    if signature is None:  # trust the operation's own
        return [p.name for p in inputs] + sorted(settings), {}
    parameters = signature.parameters.values()
    positional = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return positional, {p.name: p.default for p in parameters if p.default is not _EMPTY}
