"""Pictures of computation graphs. The core imports this package at the first use of `draw`."""

from .draw import draw
from .drawing import Drawing

__all__ = ["Drawing", "draw"]
