"""Finds and loads plugins. Importing this package needs neither pluggy nor importlib.metadata."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import startup
from .startup import register, rescan

if TYPE_CHECKING:
    from .hookspecs import hookimpl
    from .isolation import isolated_registry

__all__ = ["hookimpl", "isolated_registry", "register", "rescan", "startup"]


if not TYPE_CHECKING:  # where a type checker would take every name for one of the package's

    def __getattr__(name: str) -> Any:
        modules = {"hookimpl": "hookspecs", "isolated_registry": "isolation"}
        if name not in modules:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f".{modules[name]}", __name__), name)
