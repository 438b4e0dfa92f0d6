"""Several outputs, setup_context, once_differentiable, gradients by decree."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from minigrad_core.cases import Case, positive

from .pair import ANY, function, pair, saves_input


def _polar(ctx, x, y):
    r, t = torch.hypot(x, y), torch.atan2(y, x)
    ctx.save_for_backward(x, y)
    return r, t


def _polar_rule(both: bool) -> Any:
    def backward(ctx, gr, gt):
        x, y = ctx.saved_tensors
        s = x * x + y * y
        r = s.sqrt()
        dx, dy = gr * x / r, gr * y / r
        return (dx - gt * y / s, dy + gt * x / s) if both else (dx, dy)

    return backward


pair(
    "the second output forgotten",
    function(_polar, _polar_rule(False)),
    function(_polar, _polar_rule(True)),
    cases=[Case(x=positive("n"), y=positive("n"))],
)


class NewStyle(Function):
    """The cube, with setup_context."""

    @staticmethod
    def forward(x):
        return x**3

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 3 * x**2


class NewStyleWrong(NewStyle):
    """The cube, with the output saved for the input."""

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)


pair("the output saved in the place of the input", NewStyleWrong, NewStyle, **ANY)


class Straight(Function):
    """Rounding, with a gradient by decree."""

    @staticmethod
    def forward(ctx, x):
        return x.round()

    @staticmethod
    def backward(ctx, grad):
        return grad


class StraightDoubled(Straight):
    """The same, which adds one to grad."""

    @staticmethod
    def backward(ctx, grad):
        return grad + 1


pair(
    "a straight-through gradient that is not linear",
    StraightDoubled,
    Straight,
    surrogate="straight through",
    **ANY,
)


class Once(Function):
    """The cube by NumPy, and said to be once differentiable."""

    forward = staticmethod(saves_input(lambda x: x**3))

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return torch.from_numpy(np.asarray(grad.numpy() * 3 * x.numpy() ** 2))


class OnceUnsaid(Once):
    """The same, unsaid."""

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return torch.from_numpy(np.asarray(grad.detach().numpy() * 3 * x.detach().numpy() ** 2))


pair("once differentiable unsaid", OnceUnsaid, Once, **ANY)
