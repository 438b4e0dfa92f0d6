"""What was missed, at first sight, of a set whose author had not yet read the kit."""

from . import numbers, places  # noqa: F401 - they enter faults

# Correct ones that are no twin: each was accused.
OPERATIONS = (numbers.ExponentialDecay(),)

__all__ = ["OPERATIONS"]
