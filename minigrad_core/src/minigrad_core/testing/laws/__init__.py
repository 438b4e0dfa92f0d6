"""The laws, one file for each: of differentiable functions; in folders, of initializers and of optimizers.

A law of functions is a generator function: it takes the study and one of its trials, and yields the faults
that it finds. Every law sees every sample. The laws of initializers take draws, those of optimizers runs.
"""

from . import derivative, domain, frame, linear, reference, refusal, same
from . import type as type_
from .initializers import LAWS as INITIALIZER_LAWS
from .optimizers import LAWS as OPTIMIZER_LAWS

__all__ = ["INITIALIZER_LAWS", "LAWS", "OPTIMIZER_LAWS"]

# In this order: an operation that keeps state or writes to its inputs would break the later laws, too.
LAWS = tuple(module.LAW for module in (frame, same, refusal, derivative, linear, domain, type_, reference))
