"""The eight laws of differentiable functions, one file for each; every law sees every sample.

A law is a generator function: it takes the study and one of its trials, and yields the faults that it finds.
"""

from . import derivative, domain, frame, linear, reference, refusal, same
from . import type as type_

# In this order: an operation that keeps state or writes to its inputs would break the later laws, too.
LAWS = tuple(module.LAW for module in (frame, same, refusal, derivative, linear, domain, type_, reference))

__all__ = ["LAWS"]
