"""The arguments of a call: stand-ins for them in a trace, and the conditions on those of a replay."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from ..errors import TracingError
from ..tensor import ComplexTensor, Tensor
from ..tensor.kinds import AssignedTensor, copy_handle
from ..transforms import trees
from .traced import get_data
from .tracer import Tracer

_TRACED = frozenset([int, float, bool, complex, np.ndarray, Tensor, ComplexTensor, AssignedTensor])
_CONSTANTS = frozenset([str, bytes, type(None), type(...)])


def list_objects(tree: Any) -> list[Any]:
    """Return what is neither an array nor a number in a tree of arguments, such as modules and parameters.

    Raises
    ------
    TracingError
        An argument is of a subclass of NumPy's array.
    """
    objects: list[Any] = []
    trees.map_leaves(tree, objects.append)
    for x in objects:
        if isinstance(x, np.ndarray) and type(x) is not np.ndarray:
            raise TracingError(f"an argument is a {type(x).__name__}: pass a plain array, np.asarray(x)")
    return [x for x in objects if not _has_values(x)]


class Arguments:
    """The arguments of a trace.

    Attributes
    ----------
    args, kwargs : tuple, dict
        The arguments, with stand-ins for arrays and numbers, and with tensors of stand-ins.
    conditions : list of str
        Expressions that are true for the arguments `args` and `kwargs` of each replay: structure, types,
        shapes and static values. The conditions bind the arguments to the variables p0, p1, ...
    inputs : dict from id to (variable, array or tensor, what is in its place)
    """

    def __init__(self, tracer: Tracer, given: Any, static: frozenset[Any]) -> None:
        args, kwargs = given
        self.conditions = [f"len(args) == {len(args)}"]
        self.conditions.append(f"[*kwargs] == {tracer.name([*kwargs])}" if kwargs else "not kwargs")
        self.inputs: dict[int, tuple[str, Any, Any]] = {}
        self._tracer, self._count = tracer, 0
        self._alike: dict[Any, list[str]] = defaultdict(list)
        self.args = tuple([self._replace(x, f"args[{i}]", i in static) for i, x in enumerate(args)])
        self.kwargs = {
            key: self._replace(x, f"kwargs[{tracer.name(key)}]", key in static) for key, x in kwargs.items()
        }
        for names in self._alike.values():
            if len(names) > 1:  # two arguments may be one array: an assignment changes both
                self.conditions.append(f"len({{*map(id, ({', '.join(names)}))}}) == {len(names)}")

    def _replace(self, x: Any, expression: str, is_static: bool = False) -> Any:
        """Return a tree of stand-ins for an argument, and add its conditions."""
        name, variable = self._tracer.name, f"p{self._count}"
        self._count += 1
        self.conditions.append(f"type({variable} := {expression}) is {name(type(x))}")
        if is_static:  # (1,) == (1.0,), and 0.0 == -0.0
            self.conditions.append(f"{variable} == {name(x)} and has_same_bits({variable}, {name(x)})")
        elif type(x) in _CONSTANTS:
            self.conditions.append(f"{variable} == {name(x)}")
        elif isinstance(x, (tuple, list)):
            self.conditions.append(f"len({variable}) == {len(x)}")
            return trees.make_sequence(x, [self._replace(y, f"{variable}[{i}]") for i, y in enumerate(x)])
        elif isinstance(x, dict):
            self.conditions.append(f"[*{variable}] == {name([*x])}")
            return {key: self._replace(y, f"{variable}[{name(key)}]") for key, y in x.items()}
        elif _has_values(x):
            return self._replace_values(x, variable)
        else:
            self.conditions.append(f"{variable} is {name(x)}")
        return x

    def _replace_values(self, x: Any, variable: str) -> Any:
        """Return the stand-in for an array or a number, or a tensor of one."""
        data = get_data(x)
        if not isinstance(data, (np.ndarray, np.generic)):
            return self._tracer.stand_in(x, variable)
        if id(x) in self.inputs:
            first, _, replaced = self.inputs[id(x)]
            self.conditions.append(f"{variable} is {first}")
            return replaced
        replaced = stand_in = self._tracer.stand_in(data.copy("K"), "" if isinstance(x, Tensor) else variable)
        if isinstance(x, Tensor):
            self.conditions.append(f"{variable}.tracked is {x.tracked}")
            self.conditions.append(f"({stand_in.text} := {variable}.data) is not None")
            replaced = copy_handle(x, stand_in)
            replaced.node = replaced._grad = None  # noqa: SLF001 - a leaf of this trace
            self._tracer.texts[id(replaced)] = variable
        self.conditions.append(f"{stand_in.text}.shape == {data.shape}")
        self.conditions.append(f"{stand_in.text}.dtype == {self._tracer.name(data.dtype)}")
        if not isinstance(x, np.generic):
            self.inputs[id(x)] = variable, x, replaced
            self._alike[type(x), data.shape, data.dtype].append(variable)
        return replaced


def _has_values(x: Any) -> bool:
    """Return whether a replay reads the values of an argument, as of an array and of a number."""
    return type(x) in _TRACED or isinstance(x, np.generic)
