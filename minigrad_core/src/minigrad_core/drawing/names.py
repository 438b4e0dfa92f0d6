"""Names of tensors, arrays and modules: the user's variables, and the attributes of modules."""

from __future__ import annotations

import inspect
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice, repeat
from types import FrameType
from typing import Any

from ..engine.node import Context
from ..module import Module
from ..parameter import Parameter


def visible_variables(frame: FrameType) -> dict[str, object]:
    """Return the local and global variables of the code in `frame`.

    Before Python 3.13 a function's frame keeps the dict of its locals, and so the values, until the function
    returns. The dict is emptied unless another object refers to it.
    """
    local_variables = frame.f_locals
    variables = {**frame.f_globals, **local_variables}
    is_copy = sys.version_info < (3, 13) and frame.f_code.co_flags & inspect.CO_OPTIMIZED
    if is_copy and sys.getrefcount(local_variables) == 3:  # the frame, this function, and the argument
        local_variables.clear()
    return variables


class Names:
    """Names of objects, by identity.

    variables : names and values, such as the locals of a function. Names that begin with an underscore are
    left out, since a notebook keeps its last results under such names.
    """

    def __init__(self, variables: Mapping[str, object]) -> None:
        self._names = {id(value): name for name, value in variables.items() if not name.startswith("_")}
        self._parameters: dict[int, str] = {}
        self._shared: dict[int, int] = {}
        self._signatures: dict[int, tuple[list[str], dict[str, Any]]] = {}

    def variable_name(self, x: object) -> str:
        """Return the name of a variable whose value is `x`, or an empty string."""
        return self._names.get(id(x), "")

    def add_modules(self, root: Module) -> dict[int, str]:
        """Add the dotted paths of the parameters below `root`; return the paths of the modules by id."""
        paths = {}
        for path, module in root.named_modules():
            paths[id(module)] = path
            prefix = f"{path}." if path else ""
            for attribute, value in vars(module).items():
                if isinstance(value, Parameter):
                    self._parameters.setdefault(id(value), prefix + attribute)
        return paths

    def parameter_name(self, parameter: Parameter, argument: str) -> str:
        """Return a parameter's path, else its own name, its variable, or the `argument` it was passed as."""
        name = self._parameters.get(id(parameter)) or parameter.name or self.variable_name(parameter)
        number = self._shared.get(id(parameter))
        return name or (argument if number is None else f"{argument} (shared {number})")

    def number_shared_parameters(self, nodes: Iterable[Context]) -> None:
        """Number the parameters that several calls read: without names they would look separate."""
        readers = Counter(
            identity
            for node in nodes
            for identity in {id(x) for x in node.inputs if isinstance(x, Parameter)}
        )
        shared = (identity for identity, count in readers.items() if count > 1)
        self._shared = {identity: number for number, identity in enumerate(shared, 1)}

    def argument_names(self, op: Any) -> Iterator[str]:
        """Yield the names of an operation's positional arguments; the last name repeats for `*arrays`."""
        names, _ = self._signature(op)
        return chain(names, repeat(names[-1] if names else "input"))

    def argument_labels(self, node: Context) -> list[str]:
        """Return the name of each input of a call; "arrays[0]", "arrays[1]" for the parts of `*arrays`."""
        names = list(islice(self.argument_names(node.op), len(node.inputs)))
        return [
            name if names.count(name) == 1 else f"{name}[{index - names.index(name)}]"
            for index, name in enumerate(names)
        ]

    def list_changed_settings(self, node: Context) -> Iterator[tuple[str, Any]]:
        """Yield the settings of a call that differ from the operation's defaults."""
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
            except (TypeError, ValueError):  # a callable without a signature
                parameters = []
            inputs = [p.name for p in parameters if p.kind not in (p.KEYWORD_ONLY, p.VAR_KEYWORD)]
            self._signatures[id(op)] = inputs, {p.name: p.default for p in parameters}
        return self._signatures[id(op)]
