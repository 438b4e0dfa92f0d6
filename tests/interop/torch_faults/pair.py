"""Add pairs of `torch.autograd.Function`."""

from __future__ import annotations

from typing import Any

from torch.autograd import Function

from minigrad_interop import subjects

from ..fault_pairs import ANY, MATRIX, FaultPairs

__all__ = ["ANY", "MATRIX", "PAIRS", "by_input", "function", "pair", "pair_of", "saves_input"]
PAIRS = FaultPairs(subjects.torch)
pair = PAIRS.add


def function(forward: Any, backward: Any, **attributes: Any) -> type[Function]:
    """Return a Function with these methods."""
    methods = {"forward": staticmethod(forward), "backward": staticmethod(backward), **attributes}
    return type("F", (Function,), methods)


def pair_of(name: str, wrong: tuple[Any, Any], right: tuple[Any, Any], **declared: Any) -> None:
    """Add a pair of (forward, backward)."""
    pair(name, function(*wrong), function(*right), **declared)


def saves_input(value: Any) -> Any:
    """Return a forward method that saves its input."""

    def forward(ctx, x):
        ctx.save_for_backward(x)
        return value(x)

    return forward


def by_input(rule: Any) -> Any:
    """Return a backward method for `rule(grad, x)`."""

    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return rule(grad, x)

    return backward
