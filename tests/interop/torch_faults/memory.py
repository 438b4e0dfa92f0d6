"""Faults of saved tensors, of state between calls, and of writes in place."""

from __future__ import annotations

from typing import Any

import torch
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from .pair import ANY, MATRIX, by_input, function, pair, pair_of, saves_input


def _save(ctx, x, y):
    """Save x and return y."""
    ctx.save_for_backward(x)
    return y


def _exp(ctx, x):
    y = x.exp()
    return _save(ctx, y, y)


def _exp_attribute(ctx, x):
    ctx.y = x.exp()
    return ctx.y


def _square_attribute(ctx, x):
    ctx.x = x
    return x * x


def _times_saved(ctx, g):
    return g * ctx.saved_tensors[0]


pair_of(
    "an input changed in place by forward",
    (
        lambda ctx, x: _save(ctx, x, x.sub_(x.mean()).exp()),
        lambda ctx, g: g * ctx.saved_tensors[0].exp(),
    ),
    (_exp, _times_saved),
    **MATRIX,
)
pair_of(
    "an output is kept as an attribute",
    (_exp_attribute, lambda ctx, g: g * ctx.y),
    (_exp, _times_saved),
    **ANY,
)
pair_of(
    "an input is kept as an attribute",
    (_square_attribute, lambda ctx, g: 2 * g * ctx.x),
    (saves_input(torch.square), by_input(lambda g, x: 2 * g * x)),
    **ANY,
)
pair_of(
    "float64 constants in forward",
    (lambda ctx, x: x * torch.full(x.shape, 2.0, dtype=torch.float64), lambda ctx, g: 2 * g),
    (lambda ctx, x: x * torch.full_like(x, 2.0), lambda ctx, g: 2 * g),
    **ANY,
)

_cosine = by_input(lambda g, x: g * x.cos())
Sine: Any = function(saves_input(torch.sin), _cosine)


def _keep_unused_output(ctx, x):
    ctx.y = x.sin()
    return _save(ctx, x, ctx.y)


pair("an unused output is kept alive", function(_keep_unused_output, _cosine), Sine, **ANY)


class KeepsOnClass(Function):
    """The sine, which saves its input on the class."""

    last: Any = None

    @staticmethod
    def forward(ctx, x):
        KeepsOnClass.last = x
        return x.sin()

    @staticmethod
    def backward(ctx, grad):
        return grad * KeepsOnClass.last.cos()


class Counts(Function):
    """The sine, which counts its calls on the class."""

    calls = 0

    @staticmethod
    def forward(ctx, x):
        Counts.calls += 1
        return _save(ctx, x, x.sin())

    backward = staticmethod(_cosine)


pair("state on the class", KeepsOnClass, Sine, **ANY)
pair("a counter on the class", Counts, Sine, **ANY)

_masks: dict[Any, Any] = {}
pair_of(
    "a mask cached by shape",
    (
        lambda ctx, x: _save(ctx, _masks.setdefault((x.shape, x.dtype), x > 0), x.clamp(min=0)),
        _times_saved,
    ),
    (lambda ctx, x: _save(ctx, x > 0, x.clamp(min=0)), _times_saved),
    **ANY,
)
_buffers: dict[Any, Any] = {}


def _into_buffer(ctx, g):
    out = _buffers.setdefault((g.shape, g.dtype), torch.empty_like(g))
    return torch.mul(g.detach(), ctx.saved_tensors[0].detach().cos(), out=out)


def _reseed(x):
    torch.manual_seed(0)
    return x.sin()


def _read_as_contiguous(x):
    return torch.as_strided(x, x.shape, torch.empty(x.shape).stride()).sin()


def _sine_in_float32(x):
    return torch.zeros(x.shape).add_(x.sin()).to(x.dtype)


FORWARD_FAULTS: dict[str, Any] = {
    "the random state is changed": (_reseed, ANY),
    "a float32 buffer in forward": (_sine_in_float32, ANY),
    "memory is read as if contiguous": (_read_as_contiguous, MATRIX),
    "contiguous inputs are required": (lambda x: x.view(-1).sin().view(x.shape), MATRIX),
}
for name, (value, cases) in FORWARD_FAULTS.items():
    pair(name, function(saves_input(value), _cosine), Sine, **cases)
pair(
    "a buffer for gradients is reused",
    function(saves_input(torch.sin), once_differentiable(_into_buffer)),
    Sine,
    **ANY,
)
