"""The operation that answers for a NumPy function. The order in which plugins loaded decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from ..dispatch.loading import SLOT
from ..dispatch.suggestions import MAX_PLUGINS
from ..dispatch.tables import CLAIMS, OPERATIONS
from ..errors import NoOperationError
from ..tensor.binding import bind
from ..tensor.protocols import describe_function
from .policy import DENY, PREFER


def find_claimants(function: Callable[..., Any], namespaces: Collection[str]) -> list[str]:
    """Return the operations of those namespaces that claim a function, sorted: "mine::gelu"."""
    found = [full for full, functions in list(CLAIMS.items()) if function in functions]
    return sorted(full for full in found if full.partition("::")[0] in namespaces)


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

    def contested(*_args: Any, **_settings: Any) -> Any:
        raise NoOperationError(
            f"{name} is claimed by {' and by '.join(owners)}\n"
            f"  try   call the one you mean by its name, or choose one: {setting}"
        )

    return contested
