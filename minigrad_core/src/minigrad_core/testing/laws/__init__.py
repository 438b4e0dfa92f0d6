"""The eight laws of a differentiable function, one file for each; every law sees every sample.

A law is a generator: it is given the study and one of its trials, and yields what it finds wrong there.
"""

from . import derivative, domain, frame, linear, reference, refusal, same
from . import type as type_

# In this order: what keeps state or writes to its inputs would break the others too.
LAWS = tuple(module.LAW for module in (frame, same, refusal, derivative, linear, domain, type_, reference))

__all__ = ["LAWS"]
