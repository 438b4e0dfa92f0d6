"""Faults at some shapes and indices only, with twins that PyTorch or the author restrict."""

from __future__ import annotations

import torch

from minigrad_core.cases import Case, axis_of, index_into, real

from .pair import ANY, MATRIX, by_input, function, pair, pair_of, saves_input


def _blocks(grad, x):
    whole = torch.zeros_like(x)
    size = 32
    for start in range(0, max(x.shape[-1] // size, 1) * size, size):
        block = slice(start, start + size)
        whole[..., block] = x[..., block].cos()
    return grad[..., None] * whole


_sums = saves_input(lambda x: x.sin().sum(-1))
pair_of(
    "the remainder of blocks of 32",
    (_sums, by_input(_blocks)),
    (_sums, by_input(lambda grad, x: grad[..., None] * x.cos())),
    **MATRIX,
)
pair_of(
    "wrong for 0-d inputs only",
    (saves_input(torch.exp), by_input(lambda grad, x: grad * x.exp() if x.dim() else grad)),
    (saves_input(torch.exp), by_input(lambda grad, x: grad * x.exp())),
    **ANY,
)


def _read(ctx, x, index):
    ctx.save_for_backward(index)
    ctx.shape = x.shape
    return x[index]


def _add_rows(ctx, grad):
    (index,) = ctx.saved_tensors
    return torch.zeros(ctx.shape, dtype=grad.dtype).index_add(0, index, grad), None


def _copy_rows(ctx, grad):
    (index,) = ctx.saved_tensors
    return torch.zeros(ctx.shape, dtype=grad.dtype).index_copy(0, index, grad), None


# The twin reads at negative indices, and raises when it adds there; no case promises negative indices.
pair(
    "repeated indices are assigned, not added",
    function(_read, _copy_rows),
    function(_read, _add_rows),
    cases=[Case(x=real("n k"), index=index_into("x", axis=0, shape="m"))],
)


def _squares(ctx, x, dim):
    ctx.save_for_backward(x)
    ctx.dim = dim
    return (x**2).sum(dim)


def _unsqueeze(ctx, grad):
    (x,) = ctx.saved_tensors
    return 2 * x * grad.unsqueeze(ctx.dim), None


def _last(ctx, grad):
    (x,) = ctx.saved_tensors
    return 2 * x * (grad[..., None] if ctx.dim in (-1, x.dim() - 1) else grad), None


# `sum` accepts several axes, `unsqueeze` one; an axis without an annotation is a single axis.
pair(
    "right for the first and the last axis",
    function(_squares, _last),
    function(_squares, _unsqueeze),
    cases=[Case(x=real("n n n"), dim=axis_of("x"))],
)


def _positive(x):
    return torch.where(x > 0, x, torch.zeros_like(x))  # NaN becomes 0, since the comparison is false


pair_of(
    "half of the gradient below zero",
    (saves_input(_positive), by_input(lambda grad, x: torch.where(x > 0, grad, grad / 2))),
    (saves_input(_positive), by_input(lambda grad, x: torch.where(x > 0, grad, torch.zeros_like(grad)))),
    **ANY,
)
