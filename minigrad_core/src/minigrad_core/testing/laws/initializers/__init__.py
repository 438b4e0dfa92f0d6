"""The laws of initializers, one file for each; each law sees the draws of one initializer."""

from . import claim, generator, reference, shape_and_type

LAWS = tuple(module.LAW for module in (shape_and_type, generator, claim, reference))
