"""Pytrees: nested lists, tuples, dicts and modules, with arrays at the leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..array import shape_of
from ..errors import GradientError
from ..module import Module
from ..parameter import Parameter
from ..tensor import Tensor

# Told by their type alone; asking whether a thing is a Module, an abstract class, takes ten times as long.
_LEAVES = frozenset([np.ndarray, Tensor, Parameter, float])


def leaves(tree: Any) -> list[Any]:
    """Return the leaves, in order. `None` holds none; a module holds the parameters that are not frozen."""
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
        return [parameter for parameter in tree.parameters() if parameter.tracked]
    return [] if tree is None else [tree]


def match_leaves(like: Any, given: Any, what: str) -> list[Any]:
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
        like = _by_name(like)
    if isinstance(given, Module):
        given = dict(given.named_parameters())
    if isinstance(like, dict):
        if not isinstance(given, dict) or given.keys() != like.keys():
            raise GradientError(f"{what}: expected a dict with the keys {list(like)}, got {_form(given)}")
        return [leaf for key, item in like.items() for leaf in match_leaves(item, given[key], what)]
    if isinstance(like, (list, tuple)):
        if not isinstance(given, (list, tuple)) or len(given) != len(like):
            raise GradientError(
                f"{what}: expected a {type(like).__name__} of {len(like)}, got {_form(given)}"
            )
        return [leaf for item, g in zip(like, given, strict=True) for leaf in match_leaves(item, g, what)]
    if like is None:
        return []
    if isinstance(given, dict) or given is None or shape_of(given) != shape_of(like):
        raise GradientError(f"{what}: expected an array of shape {shape_of(like)}, got {_form(given)}")
    return [given]


def map_leaves(tree: Any, change: Callable[[Any], Any]) -> Any:
    """Return a tree of lists, tuples and dicts with `change` applied to everything else in it."""
    if isinstance(tree, (list, tuple)):
        return _sequence_like(tree, [map_leaves(item, change) for item in tree])
    if isinstance(tree, dict):
        return {key: map_leaves(item, change) for key, item in tree.items()}
    return change(tree)


def replace_leaves(tree: Any, values: Iterable[Any], *, keep_modules: bool = False) -> Any:
    """Return a tree like `tree` with other leaves. A module becomes a dict: dotted name to value.

    With `keep_modules` it stays: its parameters are leaves that stay.
    """
    values = iter(values)
    if type(tree) in _LEAVES:
        return next(values)
    if isinstance(tree, (list, tuple)):
        items = [
            next(values) if type(x) in _LEAVES else replace_leaves(x, values, keep_modules=keep_modules)
            for x in tree
        ]
        return _sequence_like(tree, items)
    if isinstance(tree, dict):
        return {key: replace_leaves(item, values, keep_modules=keep_modules) for key, item in tree.items()}
    if isinstance(tree, Module):
        results = replace_leaves(_by_name(tree), values)
        return tree if keep_modules else results
    return None if tree is None else next(values)


def _sequence_like(old: Any, items: list[Any]) -> Any:
    return type(old)(*items) if hasattr(old, "_fields") else type(old)(items)


def _by_name(module: Module) -> dict[str, Parameter | None]:
    """Return the parameters by their dotted names, with None for those that are frozen."""
    return {name: p if p.tracked else None for name, p in module.named_parameters()}


def _form(given: Any) -> str:
    if isinstance(given, dict):
        return f"the keys {list(given)}"
    if isinstance(given, (list, tuple)):
        return f"a {type(given).__name__} of {len(given)}"
    return "None" if given is None else f"{type(given).__name__} of shape {shape_of(given)}"
