"""The arguments of a call: a trace gets stand-ins for them, and a replay checks conditions on them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from ..errors import TracingError
from ..tensor import ComplexTensor, Tensor
from ..tensor.kinds import AssignedTensor, copy_handle
from ..transforms import trees
from .guards import Guard, list_guards
from .tracer import Tracer

_TRACED = frozenset([int, float, bool, complex, np.ndarray, Tensor, ComplexTensor, AssignedTensor])
_CONSTANTS = frozenset([str, bytes, type(None), type(...)])


def list_objects(tree: Any) -> list[Any]:
    """Return the objects in a tree of arguments that are neither arrays nor numbers, such as modules.

    The classes of lists, tuples and dicts are among these objects.

    Raises
    ------
    TracingError
        An argument is of a subclass of NumPy's array, or a list, tuple or dict with attributes.
    """
    kind = type(tree)
    if isinstance(tree, np.ndarray) and kind is not np.ndarray:
        raise TracingError(f"an argument is a {kind.__name__}: pass a plain array, np.asarray(x)")
    if not isinstance(tree, (list, tuple, dict)):
        return [] if _has_values(tree) else [tree]
    if getattr(tree, "__dict__", ()):
        raise TracingError(
            f"an argument is a {kind.__name__} with attributes: pass their values as arguments"
        )
    items = tree.values() if isinstance(tree, dict) else tree
    return [kind, *[x for item in items for x in list_objects(item)]]


class Arguments:
    """The arguments of a trace.

    Attributes
    ----------
    args, kwargs : tuple, dict
        The arguments, with stand-ins for arrays and numbers, and with a leaf for each tensor.
    conditions : list of str
        Expressions that are true for the arguments `args` and `kwargs` of each replay: structure, types,
        shapes and static values. The conditions bind the arguments to the variables p0, p1, ...
    guards : list of Guard
        The entries of lists and dicts among the arguments, which `f` must not change.
    inputs : dict from the id of an array or tensor to (argument, its stand-in or leaf)
    """

    def __init__(self, tracer: Tracer, given: Any, static: frozenset[Any]) -> None:
        self.conditions: list[str] = []
        self.inputs: dict[int, tuple[Any, Any]] = {}
        self.guards: list[Guard] = []
        self._tracer, self._alike = tracer, defaultdict[Any, list[str]](list)
        self._static = [f"kwargs[{k!r}]" if type(k) is str else f"args[{k}]" for k in static]
        self.args, self.kwargs = map(self._replace, given, ("args", "kwargs"))
        for names in self._alike.values():
            if len(names) > 1:  # if two arguments were one array, an assignment would change both
                self.conditions.append(f"len({{*map(id, ({', '.join(names)}))}}) == {len(names)}")

    def _replace(self, x: Any, text: str) -> Any:
        """Return the stand-ins for an argument or a tree of arguments, and add the conditions."""
        name, conditions = self._tracer.name, self.conditions
        if text in self._static:  # (1,) == (1.0,), and 0.0 == -0.0
            conditions.append(f"has_same_bits({text}, {name(x)}) and {text} == {name(x)}")
            return x
        if isinstance(x, (tuple, list, dict)):
            is_dict = isinstance(x, dict)
            keys = [*x] if is_dict else range(len(x))
            conditions.append(f"type({text}) is {name(type(x))}")
            conditions.append(f"[*{text}] == {name(keys)}" if is_dict else f"len({text}) == {len(x)}")
            if is_dict and set(map(type, x)) - {str}:  # 1 == 1.0
                conditions.append(f"has_same_bits([*{text}], {name(keys)})")
            if hasattr(x, "__dict__"):
                conditions.append(f"not {text}.__dict__")
            texts = {key: repr(key) if type(key) in (str, int) else name(key) for key in keys}
            items = {key: self._replace(x[key], f"{text}[{k}]") for key, k in texts.items()}
            replaced = trees.make_mapping(x, items) if is_dict else trees.make_sequence(x, [*items.values()])
            self.guards += list_guards(replaced)
            return replaced
        variable = f"p{len(conditions)}"
        conditions.append(f"type({variable} := {text}) is {name(type(x))}")
        if _has_values(x):
            return self._replace_value(x, variable)
        conditions.append(f"{variable} {'==' if type(x) in _CONSTANTS else 'is'} {name(x)}")
        return x

    def _replace_value(self, x: Any, variable: str) -> Any:
        """Return the stand-in for an array or a number, or a new leaf for a tensor."""
        tracer = self._tracer
        if id(x) in self.inputs:
            replaced = self.inputs[id(x)][1]
            self.conditions.append(f"{variable} is {tracer.express(replaced)}")
            return replaced
        if isinstance(x, Tensor):  # the trace reads the data as it reads those of a captured tensor
            replaced = copy_handle(x, x.data)
            replaced.node = replaced._grad = None  # noqa: SLF001 - a leaf of this trace
            if type(x) is AssignedTensor:
                replaced.__class__ = AssignedTensor
            tracer.texts[id(replaced)] = variable
        else:
            replaced = tracer.stand_in(x.copy("K") if isinstance(x, np.ndarray) else x, variable)
            if not hasattr(x, "dtype"):
                return replaced
            self.conditions.append(f"{variable}.shape == {x.shape}")
            self.conditions.append(f"{variable}.dtype == {tracer.name(x.dtype)}")
        if not isinstance(x, np.generic):
            self.inputs[id(x)] = x, replaced
            self._alike[type(x), x.shape, x.dtype].append(variable)
        return replaced


def _has_values(x: Any) -> bool:
    """Return whether a replay reads the values of an argument, as of an array and of a number."""
    return type(x) in _TRACED or isinstance(x, (np.number, np.bool_))
