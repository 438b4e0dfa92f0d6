"""The laws of optimizers, one file for each; each law sees every run of the pool."""

from . import descent, frame, in_place, order, rate, reference, state
from . import type as type_

LAWS = tuple(module.LAW for module in (in_place, frame, rate, state, order, type_, descent, reference))
