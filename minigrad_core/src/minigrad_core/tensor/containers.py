"""Finds, unwraps and replaces tensors inside tuples, lists, dicts and arrays of objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch.tables import describe
from ..engine.node import Cached
from ..errors import ArgumentError

if TYPE_CHECKING:
    from ..contracts import Operation

# Types without tensors in them. The values in a `Cached` were computed from arrays.
_PLAIN_TYPES = frozenset([int, bool, float, str, type(None), Cached])


def unwrap_settings(op: Operation, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with arrays instead of tensors that require no gradient, such as an index.

    Raises
    ------
    ArgumentError
        A setting has a tensor that requires a gradient: the graph would not include it.
    """
    plain = settings
    for name, value in settings.items():
        if type(value) not in _PLAIN_TYPES and has_tensor(value):
            if has_tensor(value, tracked=True):
                raise ArgumentError(
                    f"{describe(op)}: the setting {name!r} is a tensor that requires a gradient; settings "
                    "are static, and it would be cut out of the graph. Pass tensors as positional inputs, or "
                    "pass .item() or .numpy() on purpose"
                )
            plain = plain | {name: unwrap(value)}
    return plain


def unwrap(tree: Any) -> Any:
    """Return `tree` with the tensors in it replaced by their arrays, also in tuples, lists and dicts."""
    return map_leaves(tree, get_data)


def get_data(x: Any) -> Any:
    """Return the data of a tensor, and anything else as it is."""
    return x.data if hasattr(x, "tracked") else x


def map_leaves(tree: Any, function: Callable[[Any], Any]) -> Any:
    """Return a tree of lists, tuples and dicts with `function` applied to everything else in it."""
    if isinstance(tree, (tuple, list)):
        return make_sequence(tree, [map_leaves(item, function) for item in tree])
    if isinstance(tree, dict):
        return make_mapping(tree, {key: map_leaves(item, function) for key, item in tree.items()})
    return function(tree)


def make_sequence(like: Any, items: Iterable[Any]) -> Any:
    """Return a list or tuple of the class of `like`, whose constructor may take other arguments."""
    kind = type(like)
    if kind is list or kind is tuple:
        return kind(items)
    if isinstance(like, tuple):
        return tuple.__new__(kind, items)
    result = copy(like)
    result[:] = items
    return result


def make_mapping(like: Any, items: dict[Any, Any]) -> Any:
    """Return a dict of the class of `like`, such as an `OrderedDict`, with `items` for its keys."""
    if type(like) is dict:
        return items
    result = copy(like)
    dict.update(result, items)  # `Counter.update` adds
    return result


def has_tensor(value: Any, *, tracked: bool = False) -> bool:
    """Return whether `value` is a tensor, or a list, tuple, dict or array of objects with a tensor in it.

    tracked: look for tensors that require a gradient only.
    """
    if isinstance(value, (tuple, list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            if type(item) not in _PLAIN_TYPES and has_tensor(item, tracked=tracked):
                return True
        return False
    if type(value) is np.ndarray and value.dtype.hasobject:
        return any(has_tensor(item, tracked=tracked) for item in value.flat)
    requires_grad: bool | None = getattr(value, "tracked", None)  # only tensors have the attribute
    return bool(requires_grad) if tracked else requires_grad is not None


def wraps_tensor(x: Any) -> bool:
    """Return whether `x` is another library's object around a tensor, as pint and xarray make them."""
    return has_tensor(getattr(x, "__dict__", {})) or has_tensor(getattr(x, "data", None))
