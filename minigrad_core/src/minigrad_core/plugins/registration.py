"""Enters what plugins provide into the tables, and takes it out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..dispatch.catalog import forget
from ..dispatch.functions import FUNCTIONS
from ..dispatch.installed import CATALOGS
from ..dispatch.tables import LABELS, TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .function_claims import FunctionClaims
    from .plugin import Plugin


def enter(plugin: Plugin, things: Mapping[str, Mapping[str, Any]], claims: FunctionClaims) -> None:
    """Enter things by kind and name. Everything was checked before, so nothing in here fails midway."""
    for kind, of_kind in things.items():
        for name, thing in of_kind.items():
            LABELS.setdefault(id(thing), plugin.owns(name))
            TABLES[kind][f"{plugin.namespace}::{name}"] = thing
    claims.add(plugin, things["operation"])


def withdraw(plugin: Plugin, claims: FunctionClaims, name: str = "") -> None:
    """Take out what a plugin has entered: one operation, or everything."""
    chosen = f"{plugin.namespace}::{name}"
    for table in TABLES.values():
        for full in [full for full in table if full == chosen or (not name and full.startswith(chosen))]:
            LABELS.pop(id(table.pop(full)), None)
    owner = plugin.owns(name)
    claims.withdraw(lambda a: a.namespace == plugin.namespace and (not name or a.owner == owner))
    look_again()


def look_again() -> None:
    """Forget what was looked up: names, and who answers for which function."""
    FUNCTIONS.clear()
    for catalog in CATALOGS.values():
        forget(catalog)
