"""The operations that every rule makes: a cell, one step; and a sequence, all steps in one node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core.errors import InputError

from .rule import check_recurrent
from .unroll import input_gradients, run, run_back, weighted

if TYPE_CHECKING:
    from minigrad_core import Array, Context

    from .rule import Rule, State


def cell_forward(
    op: str, rule: Rule, ctx: Context, x: Array, state: State, weights: tuple[Any, ...]
) -> State:
    """Return the next state; x is (n, features)."""
    check_recurrent(op, rule, x, state, weights)
    if x.ndim != 2:
        raise InputError(f"{op} expected x (n, features), one step, got {x.shape}")
    w_ih, w_hh, b_ih, b_hh = weights
    after, kept = rule.step(weighted(x, w_ih, b_ih), weighted(state[0], w_hh, b_hh), state)
    ctx.save(rule, kept, x, state, w_ih, w_hh)
    return after


def cell_backward(ctx: Context, *grads: Array) -> tuple[Array | None, ...]:
    """Return the gradients of x, state, weights and biases."""
    rule, kept, x, state, w_ih, w_hh = ctx.saved
    from_x, from_h, direct = rule.back(grads, kept)
    gx, *rest = input_gradients(from_x, from_h, x, state[0], w_ih)
    return owed(ctx, gx, (direct[0] + from_h @ w_hh.T, *direct[1:]), rest)


def sequence_forward(
    op: str, rule: Rule, ctx: Context, xs: Array, state: State, weights: tuple[Any, ...]
) -> tuple[Array, ...]:
    """Return the outputs (t, n, hidden) and the last state other than h; xs is (t, n, features)."""
    check_sequence(op, rule, xs, state, weights)
    outputs, last, kept = run(rule, xs, state, weights)
    ctx.save(rule, kept, xs, state, outputs, weights[0], weights[1])
    return outputs, *last[1:]


def check_sequence(op: str, rule: Rule, xs: Array, state: State, weights: tuple[Any, ...]) -> None:
    """Raise `InputError` unless everything fits xs (t, n, features) of at least one step."""
    check_recurrent(op, rule, xs, state, weights)
    if xs.ndim != 3 or not xs.shape[0]:
        raise InputError(f"{op} expected x (t, n, features) of at least one step, got {xs.shape}")


def sequence_backward(ctx: Context, grad: Array, *last: Array) -> tuple[Array | None, ...]:
    """Return the gradients of xs, state, weights and biases."""
    rule, kept, xs, state, outputs, w_ih, w_hh = ctx.saved
    zero = np.zeros(state[0].shape, grad.dtype)
    through_x, through_h, first = run_back(rule, grad, (zero, *last), kept, w_hh)
    gx, *rest = input_gradients(through_x, through_h, xs, started_from(state[0], outputs), w_ih)
    return owed(ctx, gx, first, rest)


def started_from(h: Array, outputs: Array) -> Array:
    """Return the state (t, n, hidden) that each step started from."""
    return np.concatenate([h.reshape(1, *h.shape), outputs[:-1]])


def owed(ctx: Context, gx: Array, state: State, rest: list[Array]) -> tuple[Array | None, ...]:
    """Return the gradients that were asked for, in the order of the inputs; absent biases are owed none."""
    grads = (gx, *state, *rest)
    return tuple(grad if needed else None for grad, needed in zip(grads, ctx.needs, strict=False))
