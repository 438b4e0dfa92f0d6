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


def _make_law(run: Callable[..., Any], *after: str) -> Law:
    """Return a law with the name of the function; it is blocked if one of the laws `after` is broken."""
    return Law(run.__name__.rstrip("_"), run, after)


# In this order: an operation that keeps state or writes to its inputs would break the later laws, too.
LAWS = tuple(module.LAW for module in (frame, same, refusal, derivative, linear, domain, type_, reference))
INITIALIZER_LAWS = (
    _make_law(arrays.shape_and_type),
    _make_law(arrays.generator, "shape_and_type"),
    _make_law(distribution.claim, "shape_and_type"),
    _make_law(distribution.reference, "shape_and_type"),
)
OPTIMIZER_LAWS = (
    _make_law(movement.in_place),
    _make_law(state.frame, "in_place"),
    _make_law(rule.rate, "in_place"),
    _make_law(state.state, "in_place", "frame"),  # state that is shared would break these laws, too
    _make_law(movement.order, "in_place", "frame"),
    _make_law(state.type_, "in_place", "frame"),
    _make_law(movement.descent, "in_place"),
    _make_law(rule.reference, "in_place"),
)
