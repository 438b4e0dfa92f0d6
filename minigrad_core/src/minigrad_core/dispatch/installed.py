"""The three public catalogs. `minigrad stubs` writes a typed stub of this file for the installed plugins."""

from __future__ import annotations

from typing import Any

from .catalog import Catalog
from .tables import TABLES

CATALOGS: dict[str, Catalog[Any]] = {kind: Catalog(kind, table) for kind, table in TABLES.items()}

ops: Catalog[Any] = CATALOGS["operation"]
initializers: Catalog[Any] = CATALOGS["initializer"]
optimizers: Catalog[Any] = CATALOGS["optimizer"]
