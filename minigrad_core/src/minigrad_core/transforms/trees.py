"""Pytrees: nested lists, tuples, dicts and modules, with arrays at the leaves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..array import get_shape
from ..errors import GradientError
from ..module import Module
from ..parameter import Parameter
from ..tensor import Tensor
from ..tensor.containers import make_mapping, make_sequence, map_leaves

__all__ = ["leaves", "make_mapping", "make_sequence", "map_leaves", "match_leaves", "replace_leaves"]

# A lookup of the exact type: isinstance(x, Module) takes ten times as long, since Module is an abstract
# class.
_LEAVES = frozenset([np.ndarray, Tensor, Parameter, float])


def leaves(tree: Any) -> list[Any]:
    """Return the leaves in order. `None` has no leaf; the leaves of a module are its unfrozen parameters."""
    if type(tree) in _LEAVES:
        return [tree]
    if isinstance(tree, dict):
        tree = tuple(tree.values())
    if isinstance(tree, (list, tuple)):
        result: list[Any] = []
        for item in tree:
            result += (item,) if type(item) in _LEAVES else leaves(item)
        return result
    if isinstance(tree, Module):
        return [parameter for parameter in tree.parameters() if parameter.tracked]
    return [] if tree is None else [tree]


def match_leaves(like: Any, tree: Any, what: str) -> list[Any]:
    """Return the leaves of `tree`, which has the structure of `like`, in the order of the leaves of `like`.

    A module is matched by a module or by a dict of its dotted names; dicts match by key, in any order.
    what: the name of `tree` in messages.

    Raises
    ------
    GradientError
        The structure or a shape differs.
    """
    if type(tree) in _LEAVES and type(like) in _LEAVES and get_shape(tree) == get_shape(like):
        return [tree]
    if isinstance(like, (list, tuple)) and isinstance(tree, (list, tuple)) and len(tree) == len(like):
        return [leaf for item, x in zip(like, tree, strict=True) for leaf in match_leaves(item, x, what)]
    if isinstance(like, Module):
        like = _name_parameters(like)
    if isinstance(tree, Module):
        tree = dict(tree.named_parameters())
    if isinstance(like, dict):
        if not isinstance(tree, dict) or tree.keys() != like.keys():
            raise GradientError(f"{what}: expected a dict with the keys {list(like)}, got {_describe(tree)}")
        return [leaf for key, item in like.items() for leaf in match_leaves(item, tree[key], what)]
    if isinstance(like, (list, tuple)):
        raise GradientError(f"{what}: expected a {type(like).__name__} of {len(like)}, got {_describe(tree)}")
    if like is None:
        return []
    if isinstance(tree, dict) or tree is None or get_shape(tree) != get_shape(like):
        raise GradientError(f"{what}: expected an array of shape {get_shape(like)}, got {_describe(tree)}")
    return [tree]


def replace_leaves(tree: Any, values: Iterable[Any], *, keep_modules: bool = False) -> Any:
    """Return a tree like `tree` whose leaves are `values`. A module becomes a dict from dotted name to value.

    With `keep_modules` a module stays as it is; its parameters take up as many of the values.
    """
    values = iter(values)
    if type(tree) in _LEAVES:
        return next(values)
    if isinstance(tree, (list, tuple)):
        items = [
            next(values) if type(x) in _LEAVES else replace_leaves(x, values, keep_modules=keep_modules)
            for x in tree
        ]
        return make_sequence(tree, items)
    if isinstance(tree, dict):
        return make_mapping(
            tree, {k: replace_leaves(item, values, keep_modules=keep_modules) for k, item in tree.items()}
        )
    if isinstance(tree, Module):
        results = replace_leaves(_name_parameters(tree), values)
        return tree if keep_modules else results
    return None if tree is None else next(values)


def _name_parameters(module: Module) -> dict[str, Parameter | None]:
    """Return the parameters by their dotted names, with None for a frozen parameter."""
    return {name: p if p.tracked else None for name, p in module.named_parameters()}


def _describe(tree: Any) -> str:
    if isinstance(tree, dict):
        return f"the keys {list(tree)}"
    if isinstance(tree, (list, tuple)):
        return f"a {type(tree).__name__} of {len(tree)}"
    return "None" if tree is None else f"{type(tree).__name__} of shape {get_shape(tree)}"
