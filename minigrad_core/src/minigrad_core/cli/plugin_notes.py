"""Notes on a plugin: claims to functions that are refused, shared or never used, and replaced methods."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from ..dispatch.function_names import describe_function
from ..dispatch.tables import CLAIMS, OPERATIONS, find_claimants
from ..plugins.loader import PluginLoader, describe_owner
from ..plugins.plugin import Plugin
from ..plugins.policy import PREFER

METHODS = ("forward", "backward")


def list_notes(loader: PluginLoader | None, plugin: Plugin) -> list[str]:
    """Return the notes on one plugin; of a plugin in the registry of `loader` also those on functions.

    The notes on functions are complete once all plugins are loaded.
    """
    notes = [*plugin.notes, *plugin.failed_hooks.values()]
    if loader is None:
        return notes
    return [*notes, *_note_functions(loader, plugin), *_note_replaced_methods(loader, plugin)]


def _note_functions(loader: PluginLoader, plugin: Plugin) -> Iterator[str]:
    own = [full for full in CLAIMS if full.startswith(f"{plugin.namespace}::")]
    for claimed, function in [(full, function) for full in own for function in CLAIMS[full]]:
        name, claimant = describe_function(function), describe_owner(claimed)
        standing = _find_standing(loader, function)
        if standing == [claimed]:
            continue
        if claimed in standing:
            others = ", ".join(describe_owner(full) for full in standing if full != claimed)
            choice = f"{PREFER}={name}={plugin.namespace}"
            yield f"{name} is also claimed by {others}: calling it on a tensor is an error; {choice} chooses"
        elif standing:
            yield f"{name} stays with {describe_owner(standing[0])}; the claim of {claimant} is refused"
        else:
            yield f"{name} is not among the functions that it declares, so {claimant} is never called"


def _find_standing(loader: PluginLoader, function: Callable[..., Any]) -> list[str]:
    """Return the claims to a function that stand, of loaded plugins."""
    groups = (find_claimants(function, group) for group in loader.find_candidates(function))
    return next(filter(None, groups), [])


def _note_replaced_methods(loader: PluginLoader, plugin: Plugin) -> Iterator[str]:
    """Yield a note for each method of this plugin's operations that another plugin replaced."""
    packages = {_package(claim.module): other for other in loader.plugins() for claim in other.claims}
    own = {_package(claim.module) for claim in plugin.claims}
    for full, op in sorted(OPERATIONS.items()):
        if full.partition("::")[0] == plugin.namespace:
            for method in METHODS:
                module = getattr(getattr(op, method, None), "__module__", None) or ""
                other = packages.get(_package(module))
                if other is not None and _package(module) not in own and not _is_chosen(op, method, module):
                    yield f"{method} of {full} was replaced by plugin {other.namespace!r}: it is {module}'s"


def _is_chosen(op: Any, method: str, module: str) -> bool:
    """Return whether the author chose a method of another package: the class inherits or assigns it."""
    holder = next((cls for cls in type(op).__mro__ if method in vars(cls)), type(op))
    seen = vars(sys.modules.get(holder.__module__, holder)).values()  # the names in its module
    origins = [getattr(obj, "__module__", None) or getattr(obj, "__name__", "") for obj in seen]
    return any(
        isinstance(name, str) and _package(name) == _package(module) for name in [holder.__module__, *origins]
    )


def _package(module: str) -> str:
    return module.partition(".")[0]
