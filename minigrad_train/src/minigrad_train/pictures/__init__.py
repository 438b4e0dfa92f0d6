"""The pictures of a run as PNG files: its curves, its augmentation, and its worst mistakes."""

from .augmentation import draw_augmentation
from .curves import draw_curves
from .mistakes import draw_mistakes
from .png_file import write_picture

__all__ = ["draw_augmentation", "draw_curves", "draw_mistakes", "write_picture"]
