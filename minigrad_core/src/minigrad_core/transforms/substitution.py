"""A module that computes with other parameters."""

from __future__ import annotations

import copy
from functools import partial
from types import CellType, FunctionType, MethodType
from typing import Any

from ..errors import GradientError
from ..module import Module
from ..parameter import Parameter


def substituted(module: Module, values: list[Any]) -> Module:
    """Return a copy of the tree of modules in which each parameter is replaced; buffers are shared.

    Also where an attribute holds a parameter or module in a list, tuple, dict, bound method or partial, or a
    function that encloses one, as a lambda over `self` does. What else leads past the argument cannot be
    replaced: `refuse_bypassed` looks for that.
    """
    new = {id(old): value for old, value in zip(module.parameters(), values, strict=True)}
    copies: dict[int, Module] = {}
    functions: dict[int, FunctionType] = {}

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
        if isinstance(held, FunctionType):
            return rebuilt(held)
        return copied(held) if isinstance(held, Module) else held

    def rebuilt(f: FunctionType) -> FunctionType:
        if id(f) not in functions:
            functions[id(f)] = f  # while it is looked into
            old, itself = f.__closure__ or (), CellType()
            cells = tuple(itself if _content(cell) is f else enclosed(cell) for cell in old)
            defaults, keywords = replaced(f.__defaults__), replaced(f.__kwdefaults__)
            changed = defaults is not f.__defaults__ or keywords is not f.__kwdefaults__
            if changed or any(
                new is not cell and new is not itself for new, cell in zip(cells, old, strict=True)
            ):
                twin = FunctionType(f.__code__, f.__globals__, f.__name__, defaults, cells)
                twin.__kwdefaults__ = keywords
                functions[id(f)] = itself.cell_contents = twin
        return functions[id(f)]

    def enclosed(cell: CellType) -> CellType:
        content = _content(cell)
        new = replaced(content)
        return cell if new is content else CellType(new)

    return copied(module)


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # it is empty
        return None


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
                "from its argument, so the gradient would be zeros: it, or what the module calls, has the "
                "module or the parameter itself; compute with the argument"
            )
