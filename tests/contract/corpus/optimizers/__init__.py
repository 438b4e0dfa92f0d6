"""Wrong optimizers, one for each way of being wrong: a file for each law."""

from . import frame, movement, order, rate, reference, state  # noqa: F401 - they enter pairs
