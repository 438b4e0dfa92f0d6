"""Arguments and results as trees: nested lists, tuples, dicts and modules with arrays at the leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..array import shape_of
from ..errors import GradientError
from ..module import Module
from ..parameter import Parameter
from ..tensor import Tensor
from ..tensor.objects import joined
from .substitution import Substitution

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


# Told by their type alone; asking whether a thing is a Module, an abstract class, takes ten times as long.
_LEAVES = frozenset([np.ndarray, Tensor, Parameter, float])


def leaves(tree: Any) -> list[Any]:
    """Return the leaves, in order. `None` holds none; a module holds its parameters."""
    if type(tree) in _LEAVES:
        return [tree]
    if isinstance(tree, dict):
        tree = tuple(tree.values())
    if isinstance(tree, (list, tuple)):
        found: list[Any] = []
        for item in tree:
            found += (item,) if type(item) in _LEAVES else leaves(item)
        return found
    if isinstance(tree, Module):
        return list(tree.parameters())
    return [] if tree is None else [tree]


def matched(like: Any, given: Any, what: str) -> list[Any]:
    """Return the leaves of `given`, which has the form of `like`, in the order of the leaves of `like`.

    A module is matched by a module or by a dict of its dotted names; dicts match by key, in any order.

    Raises
    ------
    GradientError
        The form or a shape differs.
    """
    if type(given) in _LEAVES and type(like) in _LEAVES and shape_of(given) == shape_of(like):
        return [given]
    if isinstance(like, Module):
        like = dict(like.named_parameters())
    if isinstance(given, Module):
        given = dict(given.named_parameters())
    if isinstance(like, dict):
        if not isinstance(given, dict) or given.keys() != like.keys():
            raise GradientError(f"{what}: expected a dict with the keys {list(like)}, got {_form(given)}")
        return [leaf for key, item in like.items() for leaf in matched(item, given[key], what)]
    if isinstance(like, (list, tuple)):
        if not isinstance(given, (list, tuple)) or len(given) != len(like):
            raise GradientError(
                f"{what}: expected a {type(like).__name__} of {len(like)}, got {_form(given)}"
            )
        return [leaf for item, g in zip(like, given, strict=True) for leaf in matched(item, g, what)]
    if like is None:
        return []
    if isinstance(given, dict) or given is None or shape_of(given) != shape_of(like):
        raise GradientError(f"{what}: expected an array of shape {shape_of(like)}, got {_form(given)}")
    return [given]


def filled(tree: Any, values: list[Any]) -> tuple[Any, list[Substitution]]:
    """Return a tree like `tree` with other leaves, and how its modules were replaced, by copies that compute
    with the new ones.
    """
    swaps: list[Substitution] = []

    def twin(module: Module, values: list[Any]) -> Module:
        swaps.append(Substitution(module, values))
        return swaps[-1].twin

    return _filled(tree, iter(values), twin), swaps


def mirrored(tree: Any, values: list[Any]) -> Any:
    """Return a tree like `tree` with results for leaves. A module becomes a dict: dotted name to result."""
    return _filled(tree, iter(values), _module_as_dict)


def mapped(tree: Any, change: Callable[[Any], Any]) -> Any:
    """Return a tree of lists, tuples and dicts with `change` of everything that is none of these."""
    if isinstance(tree, (list, tuple)):
        return _sequence_like(tree, [mapped(item, change) for item in tree])
    if isinstance(tree, dict):
        return {key: mapped(item, change) for key, item in tree.items()}
    return change(tree)


def without_objects(tree: Any) -> Any:
    """Return a tree that a function returned, with tensors for arrays of objects that hold some."""
    objects = (isinstance(leaf, np.ndarray) and leaf.dtype.hasobject for leaf in leaves(tree))
    return mapped(tree, joined) if any(objects) else tree


def _filled(tree: Any, values: Iterator[Any], module: Callable[[Module, list[Any]], Any]) -> Any:
    if type(tree) in _LEAVES:
        return next(values)
    if isinstance(tree, (list, tuple)):
        return _sequence_like(tree, [_filled(item, values, module) for item in tree])
    if isinstance(tree, dict):
        return {key: _filled(item, values, module) for key, item in tree.items()}
    if isinstance(tree, Module):
        return module(tree, [next(values) for _ in tree.parameters()])
    return None if tree is None else next(values)


def _sequence_like(old: Any, items: list[Any]) -> Any:
    return type(old)(*items) if hasattr(old, "_fields") else type(old)(items)


def _module_as_dict(module: Module, results: list[Any]) -> dict[str, Any]:
    return dict(zip((name for name, _ in module.named_parameters()), results, strict=True))


def _form(given: Any) -> str:
    if isinstance(given, dict):
        return f"the keys {list(given)}"
    if isinstance(given, (list, tuple)):
        return f"a {type(given).__name__} of {len(given)}"
    return "None" if given is None else f"{type(given).__name__} of shape {shape_of(given)}"
