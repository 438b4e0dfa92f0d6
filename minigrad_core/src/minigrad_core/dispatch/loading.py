"""The one slot through which the tables reach a loader that stands above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..plugins.loader import PluginLoader


class Slot:
    """Holds what is called on a miss: a loader that may import plugins and fill the tables.

    Code asks the slot at each miss, so that a test can put another loader in.
    """

    loader: PluginLoader


SLOT = Slot()
