"""Faults in functions with several outputs, setup_context, once_differentiable, and surrogate gradients."""

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
    "the second output is ignored",
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
    """The cube, which saves the output instead of the input."""

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)


pair("the output is saved instead of the input", NewStyleWrong, NewStyle, **ANY)


class Straight(Function):
    """Rounding, with a straight-through gradient."""

    @staticmethod
    def forward(ctx, x):
        return x.round()

    @staticmethod
    def backward(ctx, grad):
        return grad


class StraightPlusOne(Straight):
    """A straight-through gradient plus one."""

    @staticmethod
    def backward(ctx, grad):
        return grad + 1


pair(
    "a straight-through gradient that is not linear",
    StraightPlusOne,
    Straight,
    surrogate="straight through",
    **ANY,
)


class Once(Function):
    """The cube in NumPy, declared once differentiable."""

    forward = staticmethod(saves_input(lambda x: x**3))

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return torch.from_numpy(np.asarray(grad.numpy() * 3 * x.numpy() ** 2))


class OnceUndeclared(Once):
    """The cube in NumPy, without the declaration."""

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return torch.from_numpy(np.asarray(grad.detach().numpy() * 3 * x.detach().numpy() ** 2))


pair("once differentiable, but not declared", OnceUndeclared, Once, **ANY)
