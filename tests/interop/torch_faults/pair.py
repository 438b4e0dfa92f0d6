"""How a fault of `torch.autograd.Function` and its right twin are entered."""

from __future__ import annotations

from typing import Any

from torch.autograd import Function

from minigrad_core.cases import Case, real
from minigrad_interop import subjects

PAIRS: dict[str, tuple[Any, Any]] = {}
ANY = {"broadcasts": True}
MATRIX = {"cases": [Case(x=real("n k"))]}


def pair(name: str, wrong: Any, right: Any, **declared: Any) -> None:
    """Enter a fault and its twin under a name."""
    PAIRS[name] = (subjects.torch(wrong, **declared), subjects.torch(right, **declared))


def function(forward: Any, backward: Any, **attributes: Any) -> type[Function]:
    """Return a Function of two methods."""
    methods = {"forward": staticmethod(forward), "backward": staticmethod(backward), **attributes}
    return type("F", (Function,), methods)


def pair_of(name: str, wrong: tuple[Any, Any], right: tuple[Any, Any], **declared: Any) -> None:
    pair(name, function(*wrong), function(*right), **declared)


def saves_input(value: Any) -> Any:
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return value(x)

    return forward


def by_input(rule: Any) -> Any:
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return rule(grad, x)

    return backward
