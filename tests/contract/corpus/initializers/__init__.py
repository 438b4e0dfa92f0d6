"""Wrong initializers, one for each way of being wrong: a file for each law."""

from . import distribution, generator, shape_and_type  # noqa: F401 - they enter pairs
