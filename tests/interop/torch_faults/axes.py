"""Axes, indices and reductions."""

from __future__ import annotations

from typing import Any

from minigrad_core.cases import Case, axis_of, index_into, real

from .pair import MATRIX, function, pair


def _mean(ctx, x, dim: int):
    ctx.dim, ctx.shape = dim, x.shape
    return x.mean(dim)


pair(
    "the axis from behind",
    function(
        _mean, lambda ctx, g: ((g.unsqueeze(max(ctx.dim, 0)) / ctx.shape[ctx.dim]).expand(ctx.shape), None)
    ),
    function(_mean, lambda ctx, g: ((g.unsqueeze(ctx.dim) / ctx.shape[ctx.dim]).expand(ctx.shape), None)),
    cases=[Case(x=real("n k"), dim=axis_of("x"))],
)
pair(
    "the scale of a mean",
    function(_mean, lambda ctx, g: (g.unsqueeze(ctx.dim).expand(ctx.shape) / ctx.shape[0], None)),
    function(_mean, lambda ctx, g: (g.unsqueeze(ctx.dim).expand(ctx.shape) / ctx.shape[ctx.dim], None)),
    cases=[Case(x=real("n k"), dim=axis_of("x"))],
)
pair(
    "squeezed too much",
    function(
        _mean, lambda ctx, g: (g.squeeze().unsqueeze(ctx.dim).expand(ctx.shape) / ctx.shape[ctx.dim], None)
    ),
    function(_mean, lambda ctx, g: (g.unsqueeze(ctx.dim).expand(ctx.shape) / ctx.shape[ctx.dim], None)),
    cases=[Case(x=real("n k 2"), dim=axis_of("x"))],
)


def _rows(ctx, x, index):
    ctx.save_for_backward(index)
    ctx.shape = x.shape
    return x[index]


def _assign(ctx, g):
    out = g.new_zeros(ctx.shape)
    out[ctx.saved_tensors[0]] = g
    return out, None


def _add(ctx, g):
    return g.new_zeros(ctx.shape).index_put((ctx.saved_tensors[0],), g, accumulate=True), None


pair(
    "repeated indices assigned, not added",
    function(_rows, _assign),
    function(_rows, _add),
    cases=[Case(x=real("n k"), index=index_into("x", axis=0, shape="m"))],
)


def _largest(ctx, x):
    values, places = x.max(dim=1)
    ctx.save_for_backward(places)
    ctx.shape = x.shape
    return values


pair(
    "a maximum scattered along the wrong axis",
    function(
        _largest,
        lambda ctx, g: g.new_zeros(ctx.shape).scatter(
            0, ctx.saved_tensors[0][None] % ctx.shape[0], g[None].expand(1, -1)[:, : ctx.shape[1]]
        ),
    ),
    function(
        _largest, lambda ctx, g: g.new_zeros(ctx.shape).scatter(1, ctx.saved_tensors[0][:, None], g[:, None])
    ),
    **MATRIX,
)


def _softmax(ctx, x):
    y = x.softmax(-1)
    ctx.save_for_backward(y)
    return y


pair(
    "a softmax that forgets the coupling",
    function(_softmax, lambda ctx, g: g * ctx.saved_tensors[0] * (1 - ctx.saved_tensors[0])),
    function(
        _softmax, lambda ctx, g: (g - (g * ctx.saved_tensors[0]).sum(-1, keepdim=True)) * ctx.saved_tensors[0]
    ),
    **MATRIX,
)
pair(
    "a softmax summed over the batch",
    function(_softmax, lambda ctx, g: (g - (g * ctx.saved_tensors[0]).sum()) * ctx.saved_tensors[0]),
    function(
        _softmax, lambda ctx, g: (g - (g * ctx.saved_tensors[0]).sum(-1, keepdim=True)) * ctx.saved_tensors[0]
    ),
    **MATRIX,
)
pair(
    "exp overflows in forward",
    function(
        lambda ctx, x: (lambda e: (ctx.save_for_backward(y := e / e.sum(-1, keepdim=True)), y)[1])(x.exp()),
        lambda ctx, g: (g - (g * ctx.saved_tensors[0]).sum(-1, keepdim=True)) * ctx.saved_tensors[0],
    ),
    function(
        _softmax, lambda ctx, g: (g - (g * ctx.saved_tensors[0]).sum(-1, keepdim=True)) * ctx.saved_tensors[0]
    ),
    **MATRIX,
)


def _normalize(ctx, x, eps: float = 1e-5):
    mean, var = x.mean(-1, keepdim=True), x.var(-1, keepdim=True, unbiased=False)
    ctx.save_for_backward(x)
    ctx.eps = eps
    return (x - mean) / (var + eps).sqrt()


def _norm_rule(terms: int) -> Any:
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        s = (x.var(-1, keepdim=True, unbiased=False) + ctx.eps).rsqrt()
        h = (x - x.mean(-1, keepdim=True)) * s
        dx = g - g.mean(-1, keepdim=True) * (terms > 1) - h * (g * h).mean(-1, keepdim=True) * (terms > 2)
        return dx * s, None

    return backward


pair(
    "a norm without the term of its variance",
    function(_normalize, _norm_rule(2)),
    function(_normalize, _norm_rule(3)),
    cases=[Case(x=real("n k"))],
)
