"""A module that computes with other parameters."""

from __future__ import annotations

import copy
from functools import partial
from types import MethodType
from typing import Any

from ..errors import GradientError
from ..module import Module
from ..parameter import Parameter


def substituted(module: Module, values: list[Any]) -> Module:
    """Return a copy of the tree of modules in which each parameter is replaced; buffers are shared.

    Also where an attribute holds a parameter or module in a list, tuple, dict, bound method or partial. What
    a function encloses cannot be replaced: `refuse_bypassed` looks for that.
    """
    new = {id(old): value for old, value in zip(module.parameters(), values, strict=True)}
    copies: dict[int, Module] = {}

    def copied(old: Module) -> Module:
        if id(old) not in copies:
            copies[id(old)] = twin = copy.copy(old)
            for name, value in vars(old).items():
                vars(twin)[name] = replaced(value)
        return copies[id(old)]

    def replaced(held: Any) -> Any:
        if isinstance(held, Parameter):
            return new.get(id(held), held)
        if isinstance(held, (list, tuple)):
            items = [replaced(item) for item in held]
            if all(item is old for item, old in zip(items, held, strict=True)):
                return held
            return type(held)(*items) if hasattr(held, "_fields") else type(held)(items)
        if isinstance(held, dict):
            changed = {key: replaced(item) for key, item in held.items()}
            return held if all(changed[key] is held[key] for key in held) else changed
        if isinstance(held, MethodType):
            return MethodType(held.__func__, replaced(held.__self__))
        if isinstance(held, partial):
            return partial(replaced(held.func), *replaced(held.args), **replaced(held.keywords))
        return copied(held) if isinstance(held, Module) else held

    return copied(module)


def refuse_bypassed(points: list[Any], variables: list[Any], border: frozenset[Any]) -> None:
    """Raise if a function reached a parameter itself, and not the variable that stands for it.

    points, variables: parameters and others, and what the function was given in their place; border: the
    tensors from before the function that it reached.

    Raises
    ------
    GradientError
        The gradient of the parameter would be zeros.
    """
    reached = {x.node for x in border}
    for point, variable in zip(points, variables, strict=True):
        if isinstance(point, Parameter) and point in border and variable.node not in reached:
            name = f" {point.name!r}" if point.name else ""
            raise GradientError(
                f"the function computed with a parameter{name} of shape {point.shape} that it did not get "
                "from its argument, so the gradient would be zeros: it, or a lambda in the module, encloses "
                "the module or the parameter itself; compute with the argument, or make the lambda a method"
            )
