"""What is wrong with several inputs."""

from __future__ import annotations

from typing import Any

import torch

from minigrad_core.cases import Case, real

from .pair import ANY, function, pair


def saves_both(value: Any) -> Any:
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return value(x, y)

    return forward


def by_both(rule: Any) -> Any:
    def backward(ctx, grad):
        return rule(ctx, grad, *ctx.saved_tensors)

    return backward


def two(name: str, value: Any, wrong: Any, right: Any, **declared: Any) -> None:
    wrong, right = (function(saves_both(value), by_both(rule)) for rule in (wrong, right))
    pair(name, wrong, right, **declared)


def reduce_gradient(g: Any, like: Any) -> Any:
    return g.sum_to_size(like.shape)


product = torch.mul
two(
    "gradients exchanged",
    lambda x, y: x * y**2,
    lambda ctx, g, x, y: (reduce_gradient(2 * g * x * y, x), reduce_gradient(g * y**2, y)),
    lambda ctx, g, x, y: (reduce_gradient(g * y**2, x), reduce_gradient(2 * g * x * y, y)),
    **ANY,
)
ROWS = {"cases": [Case(x=real("n k"), y=real("k"))]}
two(
    "the wrong broadcast axis summed",
    lambda x, y: x * y,
    lambda ctx, g, x, y: (g * y, (g * x).sum(1) if x.shape[0] == x.shape[1] else (g * x).sum(0)),
    lambda ctx, g, x, y: (g * y, (g * x).sum(0)),
    **ROWS,
)
two(
    "a mean over the broadcast axis",
    lambda x, y: x * y,
    lambda ctx, g, x, y: (g * y, (g * x).mean(0)),
    lambda ctx, g, x, y: (g * y, (g * x).sum(0)),
    **ROWS,
)
two(
    "a broadcast axis kept",
    lambda x, y: x * y,
    lambda ctx, g, x, y: (g * y, (g * x)[0]),
    lambda ctx, g, x, y: (g * y, (g * x).sum(0)),
    **ROWS,
)
PRODUCT = {"cases": [Case(x=real("n k"), y=real("k m"))]}
two(
    "a transposed matrix, right for squares",
    torch.mm,
    lambda ctx, g, x, y: (g @ y.t(), (x.t() @ g) if x.shape[0] != x.shape[1] else (x @ g)),
    lambda ctx, g, x, y: (g @ y.t(), x.t() @ g),
    **PRODUCT,
)
two(
    "the wrong needs_input_grad",
    torch.mm,
    lambda ctx, g, x, y: (
        g @ y.t() if ctx.needs_input_grad[0] else None,
        x.t() @ g if ctx.needs_input_grad[0] else None,
    ),
    lambda ctx, g, x, y: (
        g @ y.t() if ctx.needs_input_grad[0] else None,
        x.t() @ g if ctx.needs_input_grad[1] else None,
    ),
    **PRODUCT,
)
two(
    "all or nothing of needs_input_grad",
    torch.mm,
    lambda ctx, g, x, y: (g @ y.t(), x.t() @ g) if all(ctx.needs_input_grad) else (None, None),
    lambda ctx, g, x, y: (g @ y.t(), x.t() @ g),
    **PRODUCT,
)
two(
    "None for the second input",
    lambda x, y: x * y**2,
    lambda ctx, g, x, y: (reduce_gradient(g * y**2, x), None),
    lambda ctx, g, x, y: (reduce_gradient(g * y**2, x), reduce_gradient(2 * g * x * y, y)),
    **ANY,
)
two(
    "one gradient too few",
    lambda x, y: x * y**2,
    lambda ctx, g, x, y: reduce_gradient(g * y**2, x),
    lambda ctx, g, x, y: (reduce_gradient(g * y**2, x), reduce_gradient(2 * g * x * y, y)),
    **ANY,
)
two(
    "ties of a maximum counted twice",
    torch.maximum,
    lambda ctx, g, x, y: (reduce_gradient(g * (x >= y), x), reduce_gradient(g * (y >= x), y)),
    lambda ctx, g, x, y: (reduce_gradient(g * (x >= y), x), reduce_gradient(g * (y > x), y)),
    **ANY,
)


def _linear(ctx, x, w, bias=None):
    ctx.save_for_backward(x, w, bias)
    return x @ w.t() if bias is None else x @ w.t() + bias


def _linear_right(ctx, g):
    x, w, bias = ctx.saved_tensors
    return g @ w, g.t() @ x, None if bias is None else g.sum(0)


def _linear_wrong(ctx, g):
    x, w, bias = ctx.saved_tensors
    return g @ w, g.t() @ x, g.sum(0) * torch.ones_like(bias)


pair(
    "the optional bias taken for granted",
    function(_linear, _linear_wrong),
    function(_linear, _linear_right),
    cases=[Case(x=real("n k"), w=real("m k"), bias=real("m"))],
)
pair(
    "the bias gradient averaged",
    function(_linear, lambda ctx, g: (g @ ctx.saved_tensors[1], g.t() @ ctx.saved_tensors[0], g.mean(0))),
    function(_linear, _linear_right),
    cases=[Case(x=real("n k"), w=real("m k"), bias=real("m"))],
)
