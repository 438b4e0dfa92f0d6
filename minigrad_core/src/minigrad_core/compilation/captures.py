"""The values that a function reads apart from its arguments, and the search for changed values."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import TracingError
from ..module import Module
from ..plugins.plugin import RESERVED
from ..tensor import Tensor
from ..transforms.preserved_state import Accessor, list_accessors
from ..transforms.reachable import LIMIT, is_compiled, iterate_reachable, list_named_attributes
from .guards import guard_attribute, list_guards
from .same_bits import has_same_bits

_OWN_PACKAGES = {"minigrad_core", *[name.replace("-", "_") for name in RESERVED.values()]}


class Captures:
    """The variables, attributes, arrays and tensors that some functions and objects can reach.

    Attributes
    ----------
    tensors : list of Tensor
        All tensors that were found.
    arrays : dict from id to (array, copy)
        The writable arrays, and their values when this object was made.
    written : list of (array, copy)
        The arrays that the function writes to, and their values before its first run.
    guards : list of Guard
        The comparisons of all other values.
    """

    def __init__(self, roots: Iterable[Any]) -> None:
        internal: dict[int, Any] = {}

        def is_opaque(value: Any) -> bool:
            if _is_internal(value):
                internal[id(value)] = value
            return id(value) in internal

        found = list(iterate_reachable(roots, is_opaque))
        if len(found) == LIMIT:
            raise TracingError(
                f"a function to be compiled reads {LIMIT} objects or more: pass large lists and dicts as "
                "arrays, or as arguments"
            )
        self._found = {id(x): x for x in found}
        arrays = [x for x in found if isinstance(x, np.ndarray) and _is_writable(x)]
        self.arrays = {id(x): (x, x.copy("K")) for x in arrays}
        self.written: list[tuple[NDArray[Any], NDArray[Any]]] = []
        self.tensors = [x for x in found if isinstance(x, Tensor)]
        self.guards = [guard for x in found for guard in list_guards(x)]
        named = list_named_attributes(found, internal.values())
        self.guards += [guard_attribute(scope, name) for scope, name in named]
        self._generators = [accessor for x in found for accessor in list_accessors(x)]

    def includes(self, x: Any) -> bool:
        """Return whether the search found an object."""
        return id(x) in self._found

    def describe(self) -> list[str]:
        """Return a description of each value that is compared."""
        arrays = [f"array {x.dtype}{x.shape}, compared" for x, _ in self.arrays.values()]
        return arrays + [f"{guard.what}, compared" for guard in self.guards]

    def find_change(self) -> str:
        """Return a description of the first value that has changed; empty if none has."""
        return next((guard.what for guard in self.guards if guard.has_changed()), "")

    def find_written(self) -> list[NDArray[Any]]:
        """Return the arrays that were written to."""
        return [x for x, values in self.arrays.values() if not has_same_bits(x, values)]

    def read_states(self) -> list[Any]:
        """Return the states of the random generators."""
        return [read() for read, _ in self._generators]

    def write_states(self, states: list[Any]) -> None:
        """Set the states of the random generators."""
        for (_, write), state in zip(self._generators, states, strict=True):
            write(state)

    def list_accessors(self) -> list[Accessor]:
        """Return a getter and a setter for each generator, and for the values of each array in `written`."""
        return [*self._generators, *[(x.copy, partial(np.copyto, x)) for x, _ in self.written]]

    def take_written(self, written: list[NDArray[Any]]) -> None:
        """Move these arrays from `arrays` to `written`."""
        self.written += [self.arrays.pop(id(x)) for x in written]


def _is_internal(value: Any) -> bool:
    """Return whether an object is part of minigrad itself, such as an optimizer, and not part of a model.

    A program compares only those attributes that code names, such as `optimizer.lr`.
    """
    in_model = isinstance(value, (Module, type, Tensor)) or is_compiled(value)
    return not in_model and str(type(value).__module__).partition(".")[0] in _OWN_PACKAGES


def _is_writable(x: NDArray[Any]) -> bool:
    """Return whether an array, or the one that it is a view of, is writable."""
    base: Any = x
    while isinstance(base, np.ndarray):
        if base.flags.writeable:
            return True
        base = base.base
    return base is not None
