"""The signature of a call: what a program depends on in the arguments, apart from the values in them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ArgumentError, TracingError
from ..tensor import ComplexTensor, Tensor
from ..tensor.kinds import AssignedTensor

_NUMBERS = frozenset([int, float, bool, complex])
_STATIC = frozenset([str, bytes, type(None), type(...), np.dtype])
_TENSORS = frozenset([Tensor, ComplexTensor, AssignedTensor])


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
    elif kind is tuple or kind is list or hasattr(kind, "_fields"):
        key += [kind, len(tree)]
        for item in tree:
            flatten(item, leaves, key, objects)
    elif kind is dict:
        key += (kind, *tree)
        for item in tree.values():
            flatten(item, leaves, key, objects)
    elif kind in _TENSORS:
        leaves.append(tree)
        key += (Tensor, tree.data.shape, tree.data.dtype, tree.tracked)
    elif kind in _STATIC:
        key.append(tree)
    elif issubclass(kind, np.generic):
        leaves.append(tree)
        key.append(tree.dtype)
    else:
        if isinstance(tree, np.ndarray):
            raise TracingError(f"an argument is a {kind.__name__}: pass a plain array, np.asarray(x)")
        objects.append(tree)
        key += [kind, id(tree)]


def find_aliases(leaves: list[Any]) -> Any:
    """Return which of the leaves are one object, if any are."""
    ids = [id(x) for x in leaves if type(x) not in _NUMBERS]
    return tuple(map(ids.index, ids)) if len(set(ids)) < len(ids) else None


def replace_leaves(tree: Any, replace: Callable[[Any], Any]) -> Any:
    """Return a tree with `replace(leaf)` in the place of each leaf that `flatten` lists, in that order."""
    kind = type(tree)
    if kind is np.ndarray or kind in _NUMBERS or kind in _TENSORS or issubclass(kind, np.generic):
        return replace(tree)
    if kind is tuple or kind is list or hasattr(kind, "_fields"):
        items = [replace_leaves(item, replace) for item in tree]
        return kind(*items) if hasattr(kind, "_fields") else kind(items)
    return {key: replace_leaves(x, replace) for key, x in tree.items()} if kind is dict else tree


class StaticArguments:
    """The arguments of `f` whose values belong to the signature.

    Raises
    ------
    ArgumentError
        `f` has no argument of that name.
    """

    def __init__(self, f: Callable[..., Any], names: tuple[str, ...]) -> None:
        self.names = frozenset(names)
        try:
            parameters = inspect.signature(f).parameters
        except (TypeError, ValueError):
            raise ArgumentError(
                "static_argnames: the function has no signature that Python can read"
            ) from None
        takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        if unknown := [name for name in names if name not in parameters and not takes_any]:
            raise ArgumentError(
                f"static_argnames: {unknown[0]!r} is none of the arguments {list(parameters)}"
            )
        self.positions = frozenset(i for i, name in enumerate(parameters) if name in self.names)

    def split(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any, list[Any]]:
        """Return the other arguments, with None in the place of static ones, and the values of these."""
        key: list[Any] = []
        others = tuple([self._take(i, x, key) if i in self.positions else x for i, x in enumerate(args)])
        rest = {name: self._take(name, x, key) if name in self.names else x for name, x in kwargs.items()}
        return others, rest, key

    @staticmethod
    def _take(name: Any, value: Any, key: list[Any]) -> None:
        try:
            hash(value)
        except TypeError:
            raise ArgumentError(
                f"a static argument is hashable, such as a number, a text or a tuple of them, got {value!r}"
            ) from None
        key += [name, type(value), value]
