"""Wrong optimizers, one for each way of being wrong: a file for each law."""

from . import descent, frame, in_place, order, rate, reference, state, type_  # noqa: F401 - they enter pairs
