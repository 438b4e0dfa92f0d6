"""What is wrong with a gradient, in a line."""

from .conditions import right_by_default
from .diagnose import diagnose
from .facts import Facts
from .gather import facts_of

__all__ = ["Facts", "diagnose", "facts_of", "right_by_default"]
