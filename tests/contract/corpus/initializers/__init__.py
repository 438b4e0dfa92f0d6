"""Wrong initializers, one for each way of being wrong: a file for each law."""

from . import claim, generator, reference, shape_and_type  # noqa: F401 - they enter pairs
