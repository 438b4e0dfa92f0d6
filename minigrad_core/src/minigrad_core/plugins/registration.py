"""The tables of the registry: enters and withdraws objects of plugins, and resolves claims to functions.

The operation that implements a function does not depend on the order in which plugins were loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from ..dispatch.catalog import clear_cached_names
from ..dispatch.functions import FUNCTIONS
from ..dispatch.installed import CATALOGS
from ..dispatch.loading import SLOT
from ..dispatch.suggestions import MAX_PLUGINS
from ..dispatch.tables import CLAIMS, LABELS, OPERATIONS, TABLES
from ..errors import NoOperationError
from ..tensor.binding import bind
from ..tensor.protocols import describe_function, find_ufunc
from .plugin import Plugin
from .policy import DENY, PREFER


def enter(plugin: Plugin, objects: Mapping[str, Mapping[str, Any]]) -> None:
    """Enter objects by kind and name. All were checked before, so nothing here fails midway."""
    for kind, by_name in objects.items():
        for name, obj in by_name.items():
            LABELS.setdefault(id(obj), plugin.describe(name))
            TABLES[kind][f"{plugin.namespace}::{name}"] = obj
    for name, operation in objects["operation"].items():  # NumPy has one function under several names
        CLAIMS[f"{plugin.namespace}::{name}"] = dict.fromkeys(map(find_ufunc, operation.implements))
    clear_lookups()


def withdraw(plugin: Plugin, name: str = "") -> None:
    """Take out one operation of a plugin, or everything that it entered."""
    chosen = f"{plugin.namespace}::{name}"
    for table in (*TABLES.values(), CLAIMS):
        for full in [full for full in table if full == chosen or (not name and full.startswith(chosen))]:
            LABELS.pop(id(table.pop(full)), None)


def clear_lookups() -> None:
    """Clear the caches of names, and of the operations that implement functions."""
    FUNCTIONS.clear()
    for catalog in CATALOGS.values():
        clear_cached_names(catalog)


def find_claimants(function: Callable[..., Any], namespaces: Collection[str]) -> list[str]:
    """Return the operations of those namespaces that claim a function, sorted: "mine::gelu"."""
    claimants = [full for full, functions in list(CLAIMS.items()) if function in functions]
    return sorted(full for full in claimants if full.partition("::")[0] in namespaces)


def describe_owner(full: str) -> str:
    """Return "mine::gelu (minigrad-mine 1.0)"."""
    namespace, _, name = full.partition("::")
    plugin = SLOT.loader.plugin(namespace)
    return plugin.describe(name) if plugin else full


def resolve_function(function: Callable[..., Any], namespaces: Collection[str]) -> Callable[..., Any] | None:
    """Return the operation of those namespaces, bound to the function's parameters, or None.

    If several operations claim the function, return a function that raises NoOperationError.
    """
    names = find_claimants(function, namespaces)
    if len(names) > 1:
        return _make_conflict(function, names)
    return bind(function, OPERATIONS[names[0]]) if names else None


def _make_conflict(function: Callable[..., Any], names: Sequence[str]) -> Callable[..., Any]:
    name, first = describe_function(function), names[0].partition("::")[0]
    setting = f"{PREFER}={name}={first}" if "." in name else f"{DENY}=..., all but {first}"
    owners = [*map(describe_owner, names[:MAX_PLUGINS]), f"{len(names) - MAX_PLUGINS} more"][: len(names)]

    def raise_conflict(*_args: Any, **_settings: Any) -> Any:
        raise NoOperationError(
            f"{name} is claimed by {' and by '.join(owners)}\n"
            f"  try   call the one you mean by its name, or choose one: {setting}"
        )

    return raise_conflict
