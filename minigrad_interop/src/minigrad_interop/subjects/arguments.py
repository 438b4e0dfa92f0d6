"""Divide the arguments of a function into arrays and settings, and bind the values of a sample to them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigrad_core.cases import Case
from minigrad_core.contracts.cases import AxisOf, Values
from minigrad_core.testing.subjects.arguments import Signature, read_parameters

EMPTY = inspect.Parameter.empty


@dataclass(frozen=True)
class Arguments:
    """The arguments of a function.

    Attributes
    ----------
    signature : Signature
        The inputs and settings.
    order : tuple of str
        All parameters, if they are passed by position; empty if settings are passed by keyword.
    takes_list : bool
        Whether the arrays are passed in one list, as in `torch.cat([x, y])`.
    """

    signature: Signature
    order: tuple[str, ...] = ()
    takes_list: bool = False

    def bind(self, arrays: Sequence[Any], settings: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Return the positional and the keyword arguments of a call.

        Raises
        ------
        TypeError
            All parameters are positional, and a setting is not one of them.
        """
        single = len(self.signature.inputs) if self.signature.variadic else len(arrays)
        first, rest = list(arrays[:single]), list(arrays[single:])
        if not self.order:
            return [*first, *([rest] if self.takes_list else rest)], dict(settings)
        given = {**dict(zip(self.signature.inputs, first, strict=False)), **settings}
        if unknown := [name for name in given if name not in self.order]:
            raise TypeError(f"there is no argument {unknown[0]!r}; it takes {', '.join(self.order)}")
        passed = [n for n in self.order if n in given or self._default(n) is not EMPTY]
        return [given[n] if n in given else self._default(n) for n in passed] + rest, {}

    def _default(self, name: str) -> Any:
        if name in self.signature.optional:
            return None
        return self.signature.settings[name].default if name in self.signature.settings else EMPTY


def read_arguments(
    parameters: list[inspect.Parameter] | None, cases: Sequence[Case], *, user_code: bool, by_position: bool
) -> Arguments:
    """Return the arguments of a function; arguments with arrays in the cases are inputs.

    user_code: a user wrote the function. For a function of the framework, only the settings that the cases
    name count, since most have a dozen more (`out`, `dtype`, deprecated names). by_position: it takes no
    keywords.
    """
    named = list(dict.fromkeys(name for case in cases if isinstance(case, Case) for name in case.arguments))
    arrays = [n for n in named if any(_is_array(c.arguments.get(n)) for c in cases if isinstance(c, Case))]
    many = [n for n in arrays if any(isinstance(c.arguments.get(n), tuple) for c in cases)]
    variadic = next((p.name for p in parameters or () if p.kind is p.VAR_POSITIONAL), None)
    takes_list = variadic is None and bool(many)
    if parameters is None:  # a builtin without a signature: take the arguments of the cases
        known = named or ["x"]
        parameters = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in known]
        everywhere = [n for n in known if all(n in c.arguments for c in cases)]
        parameters = [p if p.name in everywhere else p.replace(default=None) for p in parameters]
    plain = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) and p.name not in many]
    inputs = [p for p in plain if (p.name in arrays if cases else _may_be_array(p))]
    settings = [p for p in plain if p not in inputs and (user_code or p.name in named)]
    signature = Signature(
        inputs=tuple(p.name for p in inputs),
        optional=frozenset(p.name for p in inputs if p.default is None),
        variadic=many[0] if takes_list else variadic,
        settings={p.name: _annotate_axis(p, cases) if user_code else p for p in settings},
        takes_any_setting=False,
    )
    order = tuple(p.name for p in plain) if by_position or not _inputs_first(plain, inputs) else ()
    return Arguments(signature, order, takes_list)


def _inputs_first(plain: Sequence[inspect.Parameter], inputs: Sequence[inspect.Parameter]) -> bool:
    return list(plain[: len(inputs)]) == list(inputs)


def parameters_of(f: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """Return the parameters of a function, None for a builtin without a signature."""
    try:
        return read_parameters(f)
    except (TypeError, ValueError):
        return None


def _annotate_axis(parameter: inspect.Parameter, cases: Sequence[Case]) -> inspect.Parameter:
    """Return an axis without an annotation as an `int`: its author promises no tuple of axes."""
    given = [case.arguments.get(parameter.name) for case in cases]
    if parameter.annotation is EMPTY and any(isinstance(value, AxisOf) for value in given):
        return parameter.replace(annotation=int)
    return parameter


def _may_be_array(parameter: inspect.Parameter) -> bool:
    return parameter.default in (EMPTY, None) and parameter.kind is not parameter.KEYWORD_ONLY


def _is_array(value: Any) -> bool:
    parts: Iterable[Any] = value if isinstance(value, tuple) else (value,)
    return any(isinstance(part, Values | np.ndarray) for part in parts)
