"""Finds and loads plugins. Importing this package needs neither pluggy nor importlib.metadata."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..exceptions import describe_exception
from .startup import open_group, register, rescan, unregister

if TYPE_CHECKING:
    from .group import PluginGroup
    from .hooks import HookGroup
    from .hookspecs import hookimpl
    from .loader import isolated_registry
    from .plugin import Plugin
else:  # a type checker would take every name for a name of the package
    _MODULES = {
        "HookGroup": "hooks",
        "Plugin": "plugin",
        "PluginGroup": "group",
        "hookimpl": "hookspecs",
        "isolated_registry": "loader",
    }

    def __getattr__(name: str) -> Any:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f".{_MODULES[name]}", __name__), name)


__all__ = [
    "HookGroup",
    "Plugin",
    "PluginGroup",
    "describe_exception",
    "hookimpl",
    "isolated_registry",
    "open_group",
    "register",
    "rescan",
    "unregister",
]
