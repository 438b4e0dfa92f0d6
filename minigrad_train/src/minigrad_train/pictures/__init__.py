"""The pictures of a run as PNG files: its curves, and its worst mistakes."""

from .curves import draw_curves
from .mistakes import draw_mistakes
from .png_file import write_picture

__all__ = ["draw_curves", "draw_mistakes", "write_picture"]
