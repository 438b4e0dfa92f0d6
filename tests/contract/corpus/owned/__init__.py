"""Operations that a third party publishes, and what was missed in them at first sight."""

from . import operations

__all__ = ["operations"]
