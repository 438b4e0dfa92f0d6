"""An example of a minigrad plugin, in the namespace `example`."""

from .lion import Lion
from .snake import snake
from .truncated_normal import truncated_normal

__all__ = ["Lion", "snake", "truncated_normal"]
