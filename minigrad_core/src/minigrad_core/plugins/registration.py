"""Enters the things that plugins provide into the tables, and takes them out again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..dispatch.catalog import clear_cached_names
from ..dispatch.functions import FUNCTIONS
from ..dispatch.installed import CATALOGS
from ..dispatch.tables import CLAIMS, LABELS, TABLES

if TYPE_CHECKING:
    from .plugin import Plugin


def enter(plugin: Plugin, things: Mapping[str, Mapping[str, Any]]) -> None:
    """Enter things by kind and name. All were checked before, so nothing here fails midway."""
    for kind, by_name in things.items():
        for name, thing in by_name.items():
            LABELS.setdefault(id(thing), plugin.describe(name))
            TABLES[kind][f"{plugin.namespace}::{name}"] = thing
    for name, operation in things["operation"].items():  # NumPy has one function under several names
        CLAIMS[f"{plugin.namespace}::{name}"] = dict.fromkeys(operation.implements)
    clear_lookups()


def withdraw(plugin: Plugin, name: str = "") -> None:
    """Take out one operation of a plugin, or everything that it entered."""
    chosen = f"{plugin.namespace}::{name}"
    for table in (*TABLES.values(), CLAIMS):
        for full in [full for full in table if full == chosen or (not name and full.startswith(chosen))]:
            LABELS.pop(id(table.pop(full)), None)


def clear_lookups() -> None:
    """Clear the caches of names, and of the operations that answer for functions."""
    FUNCTIONS.clear()
    for catalog in CATALOGS.values():
        clear_cached_names(catalog)
