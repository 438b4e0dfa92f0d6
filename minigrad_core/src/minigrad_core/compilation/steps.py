"""The steps of a program, as a trace records them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

import numpy as np


class Deviation(Exception):  # noqa: N818 - no error: the call then runs without the program
    """A replay took another way than the trace: a shape, or the branch of an operation, depends on values."""


class Kind(Enum):
    """The kinds of steps, by the call that a step makes."""

    FORWARD = auto()  # of an operation, with a new context
    BACKWARD = auto()  # of an operation, with the context of an earlier step
    CALL = auto()  # a function
    METHOD = auto()  # a method of the first argument
    ATTRIBUTE = auto()  # an attribute of the argument, such as T
    SAVED = auto()  # reads a value that a `forward` saved; left out of a program that does not use the value


class Slot(int):
    """The number of a value of the program."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class Step:
    """One call, on trees with a `Slot` in the place of each value.

    Attributes
    ----------
    out : tree of Slot
        The results; None for results that nothing can use.
    context : Slot or None
        The operation's context.
    value : Any
        The result in the trace. Only shapes are read from it.
    place : str
        The line of the user's code.
    converts : bool
        Whether `forward` returned a number, of which the engine makes an array.
    errors : dict
        How NumPy treats floating point errors in the call: `np.errstate(**errors)`.
    """

    kind: Kind
    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    value: Any
    place: str
    op: Any = None
    context: Slot | None = None
    needs: tuple[bool, ...] = ()
    out: Any = None
    converts: bool = False
    errors: Any = field(default_factory=np.geterr)

    def inputs(self) -> list[Slot]:
        """Return the values that the step reads."""
        found = find_slots((self.args, self.kwargs))
        reads_context = self.kind is not Kind.FORWARD and self.context is not None
        return [*found, self.context] if reads_context else found  # type: ignore[list-item]

    def outputs(self) -> list[Slot]:
        """Return the values that the step computes."""
        found = find_slots(self.out)
        return [*found, self.context] if self.kind is Kind.FORWARD else found  # type: ignore[list-item]


def map_tree(tree: Any, function: Callable[[Any], Any]) -> Any:
    """Return a tree of tuples, lists, dicts and slices with `function` applied to everything else in it."""
    if isinstance(tree, (tuple, list)):
        items = [map_tree(x, function) for x in tree]
        return type(tree)(*items) if hasattr(tree, "_fields") else type(tree)(items)
    if type(tree) is dict:
        return {key: map_tree(x, function) for key, x in tree.items()}
    if type(tree) is slice:
        return slice(*[map_tree(x, function) for x in (tree.start, tree.stop, tree.step)])
    return function(tree)


def iterate_leaves(tree: Any) -> Iterator[Any]:
    """Yield everything that `map_tree` applies its function to."""
    found: list[Any] = []
    map_tree(tree, found.append)
    return iter(found)


def find_slots(tree: Any) -> list[Slot]:
    """Return the slots in a tree."""
    return [x for x in iterate_leaves(tree) if type(x) is Slot]


def has_same_bits(x: Any, y: Any) -> bool:
    """Return whether two trees have leaves of the same types, and numbers and text of the same bits."""
    if x is y:
        return True
    if type(x) is not type(y):
        return False
    if isinstance(x, (np.ndarray, np.generic, float, complex)):
        a, b = np.asarray(x), np.asarray(y)
        return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if isinstance(x, (tuple, list)):
        return len(x) == len(y) and all(map(has_same_bits, x, y))
    if isinstance(x, dict):
        return x.keys() == y.keys() and all(has_same_bits(x[key], y[key]) for key in x)
    if isinstance(x, slice):
        return has_same_bits((x.start, x.stop, x.step), (y.start, y.stop, y.step))
    # Each run makes other objects anew, such as an operation with settings.
    return bool(x == y) if isinstance(x, (int, str, bytes, np.dtype, type)) else True
