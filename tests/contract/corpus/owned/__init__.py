"""Rules that a third party publishes under names of its own, and what was missed in them at first sight."""

from . import averages, initializers, moments, operations, shapes, velocities  # noqa: F401 - they enter faults

# Correct ones that are no twin: each was accused.
OPTIMIZERS = (averages.DualAveraging,)
INITIALIZERS = (initializers.LogUniform(),)

__all__ = ["INITIALIZERS", "OPTIMIZERS"]
