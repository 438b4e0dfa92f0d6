"""The three public catalogs. `minigrad stubs` writes a typed twin of this file for what is installed."""

from __future__ import annotations

from typing import Any

from .catalog import Catalog
from .tables import INITIALIZERS, OPERATIONS, OPTIMIZERS

ops: Catalog[Any] = Catalog("operation", OPERATIONS)
initializers: Catalog[Any] = Catalog("initializer", INITIALIZERS)
optimizers: Catalog[Any] = Catalog("optimizer", OPTIMIZERS)

CATALOGS: dict[str, Catalog[Any]] = {"operation": ops, "initializer": initializers, "optimizer": optimizers}
