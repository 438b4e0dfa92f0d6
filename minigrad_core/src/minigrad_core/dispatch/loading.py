"""The slot through which the tables call the plugin loader, which is in a higher layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..plugins.loader import PluginLoader


class Slot:
    """Holds the loader that a table calls on a miss; it may import plugins, and it fills the tables.

    The tables read the slot at each miss, so a test can replace the loader.
    """

    loader: PluginLoader


SLOT = Slot()
