"""Faults of axes and reductions."""

from __future__ import annotations

from minigrad_core.cases import Case, axis_of, real

from .pair import MATRIX, function, pair


def _mean(ctx, x, dim: int):
    ctx.dim, ctx.shape = dim, x.shape
    return x.mean(dim)


pair(
    "a negative axis",
    function(
        _mean, lambda ctx, g: ((g.unsqueeze(max(ctx.dim, 0)) / ctx.shape[ctx.dim]).expand(ctx.shape), None)
    ),
    function(_mean, lambda ctx, g: ((g.unsqueeze(ctx.dim) / ctx.shape[ctx.dim]).expand(ctx.shape), None)),
    cases=[Case(x=real("n k"), dim=axis_of("x"))],
)
pair(
    "squeeze removes an axis of length 1",
    function(
        _mean, lambda ctx, g: (g.squeeze().unsqueeze(ctx.dim).expand(ctx.shape) / ctx.shape[ctx.dim], None)
    ),
    function(_mean, lambda ctx, g: (g.unsqueeze(ctx.dim).expand(ctx.shape) / ctx.shape[ctx.dim], None)),
    cases=[Case(x=real("n k 2"), dim=axis_of("x"))],
)


def _save_output(ctx, y):
    ctx.save_for_backward(y)
    return y


def _softmax(ctx, x):
    return _save_output(ctx, x.softmax(-1))


def _softmax_by_exp(ctx, x):
    e = x.exp()
    return _save_output(ctx, e / e.sum(-1, keepdim=True))


def _softmax_rule(ctx, g):
    (y,) = ctx.saved_tensors
    return (g - (g * y).sum(-1, keepdim=True)) * y


pair(
    "a softmax without the coupling of its outputs",
    function(_softmax, lambda ctx, g: g * ctx.saved_tensors[0] * (1 - ctx.saved_tensors[0])),
    function(_softmax, _softmax_rule),
    **MATRIX,
)
pair(
    "exp overflows in forward",
    function(_softmax_by_exp, _softmax_rule),
    function(_softmax, _softmax_rule),
    **MATRIX,
)
