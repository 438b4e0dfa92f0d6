"""What is wrong with a gradient, in a line: hypotheses fitted to the analytic and the numeric Jacobian."""

from .diagnose import diagnose
from .facts import Facts
from .gather import facts_of, right_by_default

__all__ = ["Facts", "diagnose", "facts_of", "right_by_default"]
