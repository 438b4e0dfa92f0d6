"""What tensors, arrays and modules are called: by the user's variables, and by the attributes of modules."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping
from itertools import chain, repeat
from types import FrameType
from typing import TYPE_CHECKING, Any

from ..parameter import Parameter

if TYPE_CHECKING:
    from ..engine.node import Context
    from ..module import Module


def visible_variables(frame: FrameType) -> dict[str, object]:
    """Return the variables that code in `frame` sees, but those of functions around it.

    Before Python 3.13 a function's frame keeps the dict that it gives, and so what the variables hold, until
    the function returns; unless somebody else has the dict, it is emptied again.
    """
    held = frame.f_locals
    variables = {**frame.f_globals, **held}
    is_copy = sys.version_info < (3, 13) and frame.f_code.co_flags & inspect.CO_OPTIMIZED
    if is_copy and sys.getrefcount(held) == 3:  # the frame, this function, and the argument
        held.clear()
    return variables


class Names:
    """Names of objects, by identity.

    variables : the names to use, such as the locals of a function, and what they hold. Those that begin with
    an underscore are left out: a notebook's are its last results.
    """

    def __init__(self, variables: Mapping[str, object]) -> None:
        self._names = {id(held): name for name, held in variables.items() if not name.startswith("_")}
        self._parameters: dict[int, str] = {}
        self._signatures: dict[int, tuple[list[str], dict[str, Any]]] = {}

    def variable_name(self, thing: object) -> str:
        """Return the variable that holds `thing`, or an empty string."""
        return self._names.get(id(thing), "")

    def add_modules(self, root: Module) -> dict[int, str]:
        """Remember the dotted paths of the parameters below `root`; return those of the modules, by id."""
        paths = {}
        for path, module in root.named_modules():
            paths[id(module)] = path
            prefix = f"{path}." if path else ""
            for attribute, held in vars(module).items():
                if isinstance(held, Parameter):
                    self._parameters.setdefault(id(held), prefix + attribute)
        return paths

    def parameter_name(self, parameter: Parameter, argument: str) -> str:
        """Return the path, the own name, the variable or else the argument that a parameter was passed as."""
        return (
            self._parameters.get(id(parameter)) or parameter.name or self.variable_name(parameter) or argument
        )

    def argument_names(self, op: Any) -> Iterator[str]:
        """Yield the names of the positional arguments of an operation; that of `*arrays` for all the rest."""
        known, _ = self._signature(op)
        return chain(known, repeat(known[-1] if known else "input"))

    def changed_settings(self, node: Context) -> Iterator[tuple[str, Any]]:
        """Yield the settings of a call that are not the operation's defaults."""
        _, defaults = self._signature(node.op)
        for name, value in node.settings.items():
            default = defaults.get(name, inspect.Parameter.empty)
            if not (value is default or (type(value) is type(default) and value == default)):
                yield name, value

    def _signature(self, op: Any) -> tuple[list[str], dict[str, Any]]:
        """Return the names of the inputs of an operation, and the defaults of its settings."""
        if id(op) not in self._signatures:
            try:
                parameters = list(inspect.signature(op.forward).parameters.values())[1:]
            except (TypeError, ValueError):  # its code cannot be seen
                parameters = []
            inputs = [p.name for p in parameters if p.kind not in (p.KEYWORD_ONLY, p.VAR_KEYWORD)]
            self._signatures[id(op)] = inputs, {p.name: p.default for p in parameters}
        return self._signatures[id(op)]
