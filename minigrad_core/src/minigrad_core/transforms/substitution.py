"""A module that computes with other parameters."""

from __future__ import annotations

import copy
from functools import partial
from types import CellType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from ..errors import GradientError
from ..module import Module
from ..parameter import Parameter
from .references import content, held_by, held_by_anything, reachable

if TYPE_CHECKING:
    from collections.abc import Iterator


class Substitution:
    """A copy of a tree of modules in which each parameter is replaced; buffers are shared.

    Also where an attribute holds a parameter or module in a list, tuple, dict, bound method or partial, or a
    function that encloses one, as a lambda over `self` does. What else leads past the argument cannot be
    replaced: `refuse_bypassed` looks for that.

    Attributes
    ----------
    twin : Module
        The copy.
    """

    def __init__(self, module: Module, values: list[Any]) -> None:
        parameters = list(module.parameters())
        self._new = {id(old): value for old, value in zip(parameters, values, strict=True)}
        # By the identity of the old one: copies of modules, functions and cells. Here before they are whole,
        # since what they hold may lead back to them.
        self._twins: dict[int, Any] = {}
        self._given: list[tuple[Module, dict[str, Any]]] = []
        self._old: dict[int, Any] = {id(new): old for new, old in zip(values, parameters, strict=True)}
        self.twin: Module = self._replaced(module)

    def assigned(self) -> Iterator[tuple[Module, str, Any]]:
        """Yield (module, attribute, value) of what was assigned to copies since they were made.

        Where the value is a copy or a new parameter, the old one.
        """
        for old, given in self._given:
            for name, value in vars(self._twins[id(old)]).items():
                if name not in given or value is not given[name]:
                    yield old, name, self._old.get(id(value), value)

    def _replaced(self, held: Any) -> Any:
        """Return `held` with copies in the place of what leads to a parameter."""
        if isinstance(held, Parameter):
            return self._new.get(id(held), held)
        if isinstance(held, Module):
            return self._module(held)
        if isinstance(held, (list, tuple)):
            return self._sequence(held)
        if isinstance(held, dict):
            changed = {key: self._replaced(item) for key, item in held.items()}
            return held if all(changed[key] is held[key] for key in held) else changed
        if isinstance(held, MethodType):
            return MethodType(held.__func__, self._replaced(held.__self__))
        if isinstance(held, partial):
            func, args, keywords = map(self._replaced, (held.func, held.args, held.keywords))
            return partial(func, *args, **keywords)
        return self._function(held) if isinstance(held, FunctionType) else held

    def _module(self, old: Module) -> Module:
        if id(old) not in self._twins:
            twin = self._twins[id(old)] = copy.copy(old)
            self._old[id(twin)] = old
            given = {name: self._replaced(value) for name, value in vars(old).items()}
            vars(twin).update(given)
            self._given.append((old, given))
        return self._twins[id(old)]

    def _sequence(self, held: Any) -> Any:
        items = list(map(self._replaced, held))
        if all(item is old for item, old in zip(items, held, strict=True)):
            return held
        return type(held)(*items) if hasattr(held, "_fields") else type(held)(items)

    def _function(self, f: FunctionType) -> FunctionType:
        """Return a function that encloses copies; `f` itself, with what it counts, if nothing leads on."""
        if id(f) not in self._twins:
            if not self._leads_on(f):
                return f
            cells = tuple(map(self._cell, f.__closure__ or ()))
            twin = FunctionType(f.__code__, f.__globals__, f.__name__, None, cells)
            self._twins[id(f)] = twin
            twin.__dict__.update(f.__dict__)
            twin.__defaults__ = self._replaced(f.__defaults__)
            twin.__kwdefaults__ = self._replaced(f.__kwdefaults__)
            for old, new in zip(f.__closure__ or (), cells, strict=True):
                if new is not old:
                    new.cell_contents = self._replaced(content(old))
        return self._twins[id(f)]

    def _cell(self, old: CellType) -> CellType:
        """Return an empty cell for what leads to a parameter, one for all functions that share it."""
        if id(old) not in self._twins and self._leads_on(content(old)):
            self._twins[id(old)] = CellType()
        return self._twins.get(id(old), old)

    def _leads_on(self, start: Any) -> bool:
        return any(isinstance(x, Module) or id(x) in self._new for x in reachable([start], held_by))


def refuse_bypassed(
    points: list[Any], variables: list[Any], border: frozenset[Any], swaps: list[Substitution]
) -> None:
    """Raise if a function reached a parameter itself, and not, or not only, the variable that stands for it.

    points, variables: parameters and others, and what the function was given in their place; border: the
    tensors from before the function that it reached; swaps: the modules that it was given.

    Raises
    ------
    GradientError
        The gradient of the parameter would be zeros, or lack a part.
    """
    reached = {x.node for x in border}
    for point, variable in zip(points, variables, strict=True):
        if isinstance(point, Parameter) and point in border:
            # Beside the argument, a module that the function encloses may be meant as a constant.
            if variable.node not in reached:
                raise _bypassed(point, "be zeros")
            if any(x is point for x in reachable([s.twin for s in swaps], held_by_anything)):
                raise _bypassed(point, "lack a part")


def _bypassed(point: Parameter, consequence: str) -> GradientError:
    name = f" {point.name!r}" if point.name else ""
    return GradientError(
        f"the function computed with a parameter{name} of shape {point.shape} that it did not get from its "
        f"argument, so the gradient would {consequence}: it, or what the module calls, has the module or the "
        "parameter itself; compute with the argument"
    )
