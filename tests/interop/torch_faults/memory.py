"""What is kept between forward and backward, and between calls, and what is written to."""

from __future__ import annotations

from typing import Any

import torch
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from .pair import ANY, MATRIX, by_input, function, pair, pair_of, saves_input

pair_of(
    "an input changed in place by forward",
    (
        lambda ctx, x: (ctx.save_for_backward(x), x.sub_(x.mean()).exp())[1],
        lambda ctx, g: g * ctx.saved_tensors[0].exp(),
    ),
    (lambda ctx, x: _exp(ctx, x), lambda ctx, g: g * ctx.saved_tensors[0]),
    **MATRIX,
)


def _exp(ctx, x):
    y = x.exp()
    ctx.save_for_backward(y)
    return y


def _exp_attribute(ctx, x):
    ctx.y = x.exp()
    return ctx.y


def _square_attribute(ctx, x):
    ctx.x = x
    return x * x


def _square(ctx, x):
    ctx.save_for_backward(x)
    return x * x


pair_of(
    "an output kept as an attribute",
    (_exp_attribute, lambda ctx, g: g * ctx.y),
    (_exp, lambda ctx, g: g * ctx.saved_tensors[0]),
    **ANY,
)
pair_of(
    "an input kept as an attribute",
    (_square_attribute, lambda ctx, g: 2 * g * ctx.x),
    (_square, lambda ctx, g: 2 * g * ctx.saved_tensors[0]),
    **ANY,
)
pair_of(
    "float64 constants in forward",
    (lambda ctx, x: x * torch.full(x.shape, 2.0, dtype=torch.float64), lambda ctx, g: 2 * g),
    (lambda ctx, x: x * torch.full_like(x, 2.0), lambda ctx, g: 2 * g),
    **ANY,
)
pair_of(
    "a float32 buffer in forward",
    (
        lambda ctx, x: torch.zeros(x.shape).add_(x.sin()).to(x.dtype) + _keep(ctx, x),
        lambda ctx, g: g * ctx.saved_tensors[0].cos(),
    ),
    (
        lambda ctx, x: torch.zeros_like(x).add_(x.sin()) + _keep(ctx, x),
        lambda ctx, g: g * ctx.saved_tensors[0].cos(),
    ),
    **ANY,
)


def _keep(ctx, x):
    ctx.save_for_backward(x)
    return 0


class KeepsOnClass(Function):
    """The sine, saved on the class."""

    last: Any = None

    @staticmethod
    def forward(ctx, x):
        KeepsOnClass.last = x
        return x.sin()

    @staticmethod
    def backward(ctx, grad):
        return grad * KeepsOnClass.last.cos()


Sine = function(saves_input(torch.sin), by_input(lambda g, x: g * x.cos()))
pair("state on the class", KeepsOnClass, Sine, **ANY)


class Counts(Function):
    """A counter on the class."""

    calls = 0

    @staticmethod
    def forward(ctx, x):
        Counts.calls += 1
        ctx.save_for_backward(x)
        return x.sin()

    backward = staticmethod(by_input(lambda g, x: g * x.cos()))


pair("a counter on the class", Counts, Sine, **ANY)
_masks: dict[Any, Any] = {}


def _cache_by_shape(ctx, x):
    ctx.save_for_backward(_masks.setdefault((x.shape, x.dtype), x > 0))
    return x.clamp(min=0)


pair_of(
    "a mask cached by shape",
    (_cache_by_shape, lambda ctx, g: g * ctx.saved_tensors[0]),
    (
        lambda ctx, x: (ctx.save_for_backward(x > 0), x.clamp(min=0))[1],
        lambda ctx, g: g * ctx.saved_tensors[0],
    ),
    **ANY,
)
_buffers: dict[Any, Any] = {}


def _into_buffer(ctx, g):
    out = _buffers.setdefault((g.shape, g.dtype), torch.empty_like(g))
    return torch.mul(g.detach(), ctx.saved_tensors[0].detach().cos(), out=out)


pair(
    "a gradient buffer that is used again",
    function(saves_input(torch.sin), once_differentiable(_into_buffer)),
    Sine,
    **ANY,
)
pair(
    "the random state set",
    function(
        lambda ctx, x: (torch.manual_seed(0), _keep(ctx, x), x.sin())[2], by_input(lambda g, x: g * x.cos())
    ),
    Sine,
    **ANY,
)


def _flat_forward(ctx, x):
    ctx.save_for_backward(x)
    return torch.as_strided(x, x.shape, torch.empty(x.shape).stride()).sin()


pair(
    "memory read as if contiguous",
    function(_flat_forward, by_input(lambda g, x: g * x.cos())),
    Sine,
    **MATRIX,
)
pair(
    "contiguity asked of x",
    function(
        lambda ctx, x: (_keep(ctx, x), x.view(-1).sin().view(x.shape))[1], by_input(lambda g, x: g * x.cos())
    ),
    Sine,
    **MATRIX,
)
