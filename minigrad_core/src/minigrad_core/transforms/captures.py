"""The values that a function reads other than its arguments, and whether one of them has changed since."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import TracingError
from ..module import Module
from ..tensor import Tensor
from .guards import Guard, list_guards
from .preserved_state import LIMIT, PLAIN_VALUES, list_accessors, list_referents


class Captures:
    """The variables, attributes, arrays and tensors that can be reached from some functions and objects.

    The search is that of `checkpoint`: it goes into the functions and classes of the user, and not into those
    of installed packages.

    Attributes
    ----------
    objects : list
        Everything that was found and that may refer to other objects.
    tensors : list of Tensor
        All tensors that were found.
    arrays : dict from id to (array, copy)
        The writable arrays, and their values when this object was made.
    written : list of (array, copy)
        The arrays that the first run of the function has written to, and their values before.
    """

    def __init__(self, roots: Iterable[Any]) -> None:
        self.objects: list[Any] = []
        self.tensors: list[Tensor] = []
        self.arrays: dict[int, tuple[NDArray[Any], NDArray[Any]]] = {}
        self.written: list[tuple[NDArray[Any], NDArray[Any]]] = []
        self.guards: list[Guard] = []
        self._found: dict[int, Any] = {}
        queue = deque(roots)
        while queue:
            value = queue.popleft()
            if id(value) in self._found or type(value) in PLAIN_VALUES - {np.ndarray} or _is_internal(value):
                continue
            self._found[id(value)] = value
            if isinstance(value, np.ndarray) and _is_writable(value):
                self.arrays[id(value)] = value, value.copy("K")
            if isinstance(value, Tensor):
                self.tensors.append(value)
            elif "compiled_function" in getattr(value, "__dict__", ()):
                queue.append(vars(value)["compiled_function"])
            elif type(value) is not np.ndarray:
                self.objects.append(value)
                self.guards += list_guards(value)
                queue.extend(list_referents(value))
                if isinstance(value, FunctionType):
                    queue.extend(vars(value).values())
            if len(self._found) > LIMIT:
                raise TracingError(
                    f"a function to be compiled reads more than {LIMIT} objects: pass large lists and dicts "
                    "as arrays, or as arguments"
                )

        self._accessors = [accessor for x in self.objects for accessor in list_accessors(x)]

    def includes(self, x: Any) -> bool:
        """Return whether an object existed at the moment."""
        return id(x) in self._found

    def describe(self) -> list[str]:
        """Return a description of each value that is compared."""
        arrays = [f"array {x.dtype}{x.shape}, compared" for x, _ in self.arrays.values()]
        return arrays + [f"{guard.what}, compared" for guard in self.guards]

    def find_change(self) -> str:
        """Return which variable, attribute or list has another value; empty if none has."""
        return next((guard.what for guard in self.guards if guard.has_changed()), "")

    def find_written(self) -> list[NDArray[Any]]:
        """Return the arrays that were written to."""
        return [x for x, values in self.arrays.values() if not has_same_bits(x, values)]

    def read_states(self) -> list[Any]:
        """Return the states of the random generators."""
        return [read() for read, _ in self._accessors]

    @contextmanager
    def restore_states(self, states: list[Any]) -> Iterator[None]:
        """Set the random generators to these states, and back at the end of the `with` statement."""
        now = self.read_states()
        try:
            self._write_states(states)
            yield
        finally:
            self._write_states(now)

    def _write_states(self, states: list[Any]) -> None:
        for (_, write), state in zip(self._accessors, states, strict=True):
            write(state)

    def take_written(self) -> None:
        """Move the arrays that were written to from `arrays` to `written`."""
        self.written = [self.arrays.pop(id(x)) for x in self.find_written() if x.flags.writeable]

    @contextmanager
    def restore_written(self) -> Iterator[None]:
        """Set the arrays in `written` to their values before, and back at the end of the `with` statement."""
        now = [(x, x.copy("K")) for x, _ in self.written]
        try:
            for x, values in self.written:
                np.copyto(x, values)
            yield
        finally:
            for x, values in now:
                np.copyto(x, values)


def _is_internal(value: Any) -> bool:
    """Return whether an object is part of minigrad, such as the registry, and no layer."""
    if isinstance(value, (Module, type, Tensor)) or "compiled_function" in getattr(value, "__dict__", ()):
        return False
    return str(type(value).__module__).startswith("minigrad_")


def _is_writable(x: NDArray[Any]) -> bool:
    """Return whether an array, or the one that it is a view of, is writable."""
    base: Any = x
    while isinstance(base, np.ndarray):
        if base.flags.writeable:
            return True
        base = base.base
    return base is not None


def has_same_bits(x: Any, y: Any) -> bool:
    """Return whether two trees have leaves of the same types, and numbers and text of the same bits."""
    if type(x) is not type(y):
        return False
    if isinstance(x, (np.ndarray, np.generic)) and x.dtype.char in "gG":  # bytes between the numbers differ
        return x.dtype == y.dtype and repr(x.tolist()) == repr(y.tolist())
    is_large = type(x) is np.ndarray and x.nbytes > 4096 and not x.dtype.hasobject
    if is_large and x.flags.c_contiguous and y.flags.c_contiguous and not y.dtype.hasobject:
        wide = np.uint64 if x.nbytes % 8 == 0 else np.uint8
        same_type = x.shape == y.shape and x.dtype == y.dtype
        return same_type and bool((x.reshape(-1).view(wide) == y.reshape(-1).view(wide)).all())
    if isinstance(x, (np.ndarray, np.generic, float, complex)):
        a, b = np.asarray(x), np.asarray(y)
        return (a.shape, a.dtype, a.tobytes()) == (b.shape, b.dtype, b.tobytes())
    if isinstance(x, (tuple, list)):
        return len(x) == len(y) and all(map(has_same_bits, x, y))
    if isinstance(x, dict):
        return x.keys() == y.keys() and all(has_same_bits(x[key], y[key]) for key in x)
    # Each run makes new objects of other types, such as an operation with settings.
    return bool(x == y) if isinstance(x, (int, str, bytes, slice, np.dtype, type)) else True
