"""Arguments and results as trees: nested lists, tuples, dicts and modules with arrays at the leaves."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from ..module import Module
from ..parameter import Parameter

Rebuild = Callable[[list[Any]], Any]


def leaves(tree: Any) -> list[Any]:
    """Return the leaves, in order. `None` holds none; a module holds its parameters."""
    if isinstance(tree, (list, tuple)):
        return [leaf for item in tree for leaf in leaves(item)]
    if isinstance(tree, dict):
        return [leaf for item in tree.values() for leaf in leaves(item)]
    if isinstance(tree, Module):
        return list(tree.parameters())
    return [] if tree is None else [tree]


def filled(tree: Any, values: list[Any]) -> Any:
    """Return a tree like `tree` with other leaves. A module becomes a copy that computes with the new leaves."""
    return _filled(tree, iter(values), _module_with)


def mirrored(tree: Any, values: list[Any]) -> Any:
    """Return a tree like `tree` with results for leaves. A module becomes a dict: dotted name to result."""
    return _filled(tree, iter(values), lambda module, own: dict(zip((n for n, _ in module.named_parameters()), own, strict=True)))


def _filled(tree: Any, values: Any, module: Callable[[Module, list[Any]], Any]) -> Any:
    if isinstance(tree, (list, tuple)):
        items = [_filled(item, values, module) for item in tree]
        return type(tree)(*items) if hasattr(tree, "_fields") else type(tree)(items)
    if isinstance(tree, dict):
        return {key: _filled(item, values, module) for key, item in tree.items()}
    if isinstance(tree, Module):
        return module(tree, [next(values) for _ in tree.parameters()])
    return None if tree is None else next(values)


def _module_with(module: Module, values: list[Any]) -> Module:
    """Return a copy of the tree of modules in which each parameter is replaced; buffers are shared."""
    new = {id(old): value for old, value in zip(module.parameters(), values, strict=True)}
    copies: dict[int, Module] = {}

    def copied(old: Module) -> Module:
        if id(old) not in copies:
            copies[id(old)] = twin = copy.copy(old)
            for name, value in vars(old).items():
                if isinstance(value, Module):
                    setattr(twin, name, copied(value))
                elif isinstance(value, Parameter):
                    setattr(twin, name, new[id(value)])
                elif isinstance(value, list):
                    setattr(twin, name, [copied(item) if isinstance(item, Module) else item for item in value])
        return copies[id(old)]

    return copied(module)
