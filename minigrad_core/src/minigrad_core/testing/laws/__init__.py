"""The laws: of differentiable functions, one file for each; of initializers; and of optimizers.

A law of functions is a generator function: it takes the study and one of its trials, and yields the faults
that it finds. Every law sees every sample. The laws of initializers take draws, those of optimizers runs.
"""

from collections.abc import Callable
from typing import Any

from ..finding import Law
from . import derivative, domain, frame, linear, reference, refusal, same
from . import type as type_
from .initializers import arrays, distribution
from .optimizers import movement, rule, state

__all__ = ["INITIALIZER_LAWS", "LAWS", "OPTIMIZER_LAWS"]


def _make_laws(first: Callable[..., Any], *others: Callable[..., Any]) -> tuple[Law, ...]:
    """Return laws with the names of the functions; if the first law is broken, the others are blocked."""
    name = first.__name__
    return (Law(name, first), *(Law(law.__name__.rstrip("_"), law, after=(name,)) for law in others))


# In this order: an operation that keeps state or writes to its inputs would break the later laws, too.
LAWS = tuple(module.LAW for module in (frame, same, refusal, derivative, linear, domain, type_, reference))
INITIALIZER_LAWS = _make_laws(
    arrays.shape_and_type, arrays.generator, distribution.claim, distribution.reference
)
OPTIMIZER_LAWS = _make_laws(
    *(movement.in_place, state.frame, rule.rate, state.state),
    *(movement.order, state.type_, movement.descent, rule.reference),
)
