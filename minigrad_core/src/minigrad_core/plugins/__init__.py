"""Finds and loads plugins. Importing this package needs neither pluggy nor importlib.metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import startup
from .startup import register, rescan

if TYPE_CHECKING:
    from .hookspecs import hookimpl
    from .isolation import isolated_registry

__all__ = ["hookimpl", "isolated_registry", "register", "rescan", "startup"]


if not TYPE_CHECKING:  # where a type checker would take every name for one of the package's

    def __getattr__(name: str) -> Any:
        if name == "hookimpl":
            from .hookspecs import hookimpl

            return hookimpl
        if name == "isolated_registry":
            from .isolation import isolated_registry

            return isolated_registry
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
