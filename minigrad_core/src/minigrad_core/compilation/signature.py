"""The signature of a call: what a program depends on in the arguments, apart from the values in them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..errors import ArgumentError, TracingError
from ..tensor import ComplexTensor, Tensor
from ..tensor.kinds import AssignedTensor
from ..transforms import trees

_NUMBERS = frozenset([int, float, bool, complex])
_TENSORS = frozenset([Tensor, ComplexTensor, AssignedTensor])
_LEAVES = _NUMBERS | _TENSORS | {np.ndarray}
_CONSTANTS = frozenset([str, bytes, type(None), type(...), np.dtype])


class Static:
    """An argument whose value belongs to the signature."""

    def __init__(self, value: Any) -> None:
        try:
            hash(value)
        except TypeError:
            raise ArgumentError(
                f"a static argument is hashable, such as a number, a text or a tuple of them, got {value!r}"
            ) from None
        self.value = value


def find_positions(f: Callable[..., Any], names: tuple[str, ...]) -> frozenset[int]:
    """Return the positions of static arguments.

    Raises
    ------
    ArgumentError
        `f` has no argument of that name.
    """
    parameters = inspect.signature(f).parameters if names else {}
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    for name in names:
        if name not in parameters and not takes_any:
            raise ArgumentError(f"static_argnames: {name!r} is none of the arguments {list(parameters)}")
    return frozenset(i for i, name in enumerate(parameters) if name in names)


def flatten(tree: Any, leaves: list[Any], key: list[Any], objects: list[Any]) -> None:
    """Append the arrays and numbers in a tree to `leaves`, and what describes the tree to `key`.

    objects: everything else, such as modules and parameters, which is one and the same in each replay.
    """
    kind = type(tree)
    if kind is np.ndarray:
        leaves.append(tree)
        key += (tree.shape, tree.dtype)
    elif kind in _NUMBERS:
        leaves.append(tree)
        key.append(kind)
    elif isinstance(tree, (tuple, list)):
        key += (kind, len(tree))
        for item in tree:
            flatten(item, leaves, key, objects)
    elif isinstance(tree, dict):
        key += (kind, *tree)
        for item in tree.values():
            flatten(item, leaves, key, objects)
    elif kind in _TENSORS:
        leaves.append(tree)
        key += (Tensor, tree.data.shape, tree.data.dtype, tree.tracked)
    elif kind in _CONSTANTS:
        key.append(tree)
    elif kind is Static:
        objects.append(tree.value)
        key += (type(tree.value), tree.value)
    elif issubclass(kind, np.generic):
        leaves.append(tree)
        key.append(tree.dtype)
    elif isinstance(tree, np.ndarray):
        raise TracingError(f"an argument is a {kind.__name__}: pass a plain array, np.asarray(x)")
    else:
        objects.append(tree)
        key += (kind, id(tree))


def fill(tree: Any, leaves: Iterator[Any]) -> Any:
    """Return a tree with the next of `leaves` in the place of each leaf that `flatten` lists."""

    def replace(x: Any) -> Any:
        if type(x) in _LEAVES or isinstance(x, np.generic):
            return next(leaves)
        return x.value if type(x) is Static else x

    return trees.map_leaves(tree, replace)


def find_aliases(leaves: list[Any]) -> Any:
    """Return which of the leaves are one object, if any are."""
    ids = [id(x) for x in leaves if type(x) not in _NUMBERS]
    return tuple(map(ids.index, ids)) if len(set(ids)) < len(ids) else None
