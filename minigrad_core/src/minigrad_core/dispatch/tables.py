"""The registry: plain dicts that the plugin loader fills."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from .loading import SLOT

# "nn::relu" -> the operation, initializer or optimizer class of that name, in one table for each kind.
OPERATIONS: dict[str, Any] = {}
TABLES: dict[str, dict[str, Any]] = {"operation": OPERATIONS, "initializer": {}, "optimizer": {}}

# Kind -> the name of its catalog in `minigrad_core`.
CATALOG_NAMES = {"operation": "ops", "initializer": "initializers", "optimizer": "optimizers"}

# "nn::relu" -> the NumPy functions that this operation claims to implement.
CLAIMS: dict[str, dict[Any, None]] = {}

# id of a registered object -> "nn::relu (minigrad-ops-nn 0.1.0)". The tables above keep the objects alive,
# so no other object gets such an id. The keys are ids since a plugin's class may define equality without a
# hash.
LABELS: dict[int, str] = {}

# The number of calls of `withdraw`: a program of `mg.compile` that was recorded before may use an operation
# that has been replaced.
WITHDRAWALS = [0]


def describe(op: object) -> str:
    """Return "nn::relu (minigrad-ops-nn 0.1.0)" for an object that a plugin registered, else its bare name.

    A copy of a registered object, as pickle makes it, has the label of the registered one.

    Examples
    --------
    >>> class Square:
    ...     name = "square"
    >>> describe(Square())
    'square'
    """
    label = LABELS.get(id(op)) or SLOT.loader.find_label(op)
    if label is not None:
        return label
    name = getattr(op, "name", None)
    return name if isinstance(name, str) and name else type(op).__name__


def withdraw(namespace: str, name: str = "") -> None:
    """Take one operation of a namespace out of the tables, or everything that its plugin entered."""
    WITHDRAWALS[0] += 1
    chosen = f"{namespace}::{name}"
    for table in (*TABLES.values(), CLAIMS):
        for full in [full for full in table if full == chosen or (not name and full.startswith(chosen))]:
            LABELS.pop(id(table.pop(full)), None)


def find_claimants(function: Callable[..., Any], namespaces: Collection[str]) -> list[str]:
    """Return the operations of those namespaces that claim a function, sorted: "mine::gelu"."""
    claimants = [full for full, functions in list(CLAIMS.items()) if function in functions]
    return sorted(full for full in claimants if full.partition("::")[0] in namespaces)
