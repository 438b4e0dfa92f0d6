"""What is wrong with a gradient, in a line: hypotheses fitted to the analytic and the numeric Jacobian."""

from .diagnose import diagnose
from .facts import Facts

__all__ = ["Facts", "diagnose"]
