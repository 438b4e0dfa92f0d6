"""Pictures of computation graphs. Nothing of this is imported before it is asked for."""

from .draw import draw
from .drawing import Drawing

__all__ = ["Drawing", "draw"]
