"""Faults in functions of several inputs."""

from __future__ import annotations

from typing import Any

import torch

from minigrad_core.cases import Case, real

from .pair import ANY, function, pair

ROWS = {"cases": [Case(x=real("n k"), y=real("k"))]}
PRODUCT = {"cases": [Case(x=real("n k"), y=real("k m"))]}


def binary(name: str, value: Any, wrong: Any, right: Any, **declared: Any) -> None:
    """Add a pair of rules, `rule(ctx, grad, x, y)`, for a function of two inputs."""

    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return value(x, y)

    def make_backward(rule: Any) -> Any:
        return lambda ctx, grad: rule(ctx, grad, *ctx.saved_tensors)

    pair(name, function(forward, make_backward(wrong)), function(forward, make_backward(right)), **declared)


def _multiply_square(x, y):
    return x * y**2


def _multiply_square_rule(ctx, g, x, y):
    return (g * y**2).sum_to_size(x.shape), (2 * g * x * y).sum_to_size(y.shape)


binary(
    "the gradients are exchanged",
    _multiply_square,
    lambda ctx, g, x, y: ((2 * g * x * y).sum_to_size(x.shape), (g * y**2).sum_to_size(y.shape)),
    _multiply_square_rule,
    **ANY,
)
binary(
    "None for the second input",
    _multiply_square,
    lambda ctx, g, x, y: ((g * y**2).sum_to_size(x.shape), None),
    _multiply_square_rule,
    **ANY,
)
binary(
    "one gradient too few",
    _multiply_square,
    lambda ctx, g, x, y: (g * y**2).sum_to_size(x.shape),
    _multiply_square_rule,
    **ANY,
)
binary(
    "the wrong broadcast axis is summed if the sizes are equal",
    torch.mul,
    lambda ctx, g, x, y: (g * y, (g * x).sum(1) if x.shape[0] == x.shape[1] else (g * x).sum(0)),
    lambda ctx, g, x, y: (g * y, (g * x).sum(0)),
    **ROWS,
)
binary(
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
binary(
    "gradients only if all inputs need them",
    torch.mm,
    lambda ctx, g, x, y: (g @ y.t(), x.t() @ g) if all(ctx.needs_input_grad) else (None, None),
    lambda ctx, g, x, y: (g @ y.t(), x.t() @ g),
    **PRODUCT,
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
    "the optional bias is required in backward",
    function(_linear, _linear_wrong),
    function(_linear, _linear_right),
    cases=[Case(x=real("n k"), w=real("m k"), bias=real("m"))],
)
