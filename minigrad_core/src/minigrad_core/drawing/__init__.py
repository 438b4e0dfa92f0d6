"""Pictures of computation graphs. The core imports this package at the first use of `draw`."""

from .draw import Drawing, draw

__all__ = ["Drawing", "draw"]
