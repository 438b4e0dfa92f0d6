"""Puts a loader into the slot of the tables that comes to life at the first miss.

Importing the core must be cheap: pluggy costs 17-24 ms, importlib.metadata 27-67 ms, and a scan of 1,000
distributions 29-93 ms. So only this file is imported with the core.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from ..dispatch.loading import SLOT

if TYPE_CHECKING:
    from ..dispatch.loading import Loader
    from .loader import PluginLoader

_lock = Lock()


class Sleeping:
    """A loader that is replaced by the real one at its first use."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(plugin_loader(), name)


def plugin_loader() -> PluginLoader:
    """Return the loader of this process."""
    from .loader import PluginLoader

    with _lock:
        if not isinstance(SLOT.loader, PluginLoader):
            SLOT.loader = PluginLoader()
        return SLOT.loader


SLOT.loader = cast("Loader", Sleeping())
