"""A rule applied to one step and to a sequence, and the gradients of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from minigrad_core import Array

    from .rule import Rule, State


def run(rule: Rule, xs: Array, state: State, weights: tuple[Any, ...]) -> tuple[Array, State, list[Any]]:
    """Return (outputs (t, n, hidden), the last state, what each step kept) for xs (t, n, features)."""
    w_ih, w_hh, b_ih, b_hh = weights
    # One product for all inputs; only the states have to wait for each other.
    from_x = weighted(xs, w_ih, b_ih)
    outputs, kept = [], []
    for step in range(xs.shape[0]):
        state, own = rule.step(from_x[step], weighted(state[0], w_hh, b_hh), state)
        outputs.append(state[0])
        kept.append(own)
    return np.stack(outputs), state, kept


def run_back(
    rule: Rule, grads: Array, last: State, kept: list[Any], w_hh: Array
) -> tuple[Array, Array, State]:
    """Return the gradients (t, n, gates * hidden) of the weighted inputs and states, and of the first state.

    grads: of the outputs (t, n, hidden); last: of the last state, beside what flows through the outputs.
    """
    through_x, through_h = [], []
    for step in reversed(range(len(kept))):
        from_x, from_h, direct = rule.back((last[0] + grads[step], *last[1:]), kept[step])
        last = (direct[0] + from_h @ w_hh.T, *direct[1:])
        through_x.append(from_x)
        through_h.append(from_h)
    return np.stack(through_x[::-1]), np.stack(through_h[::-1]), last


def input_gradients(
    through_x: Array, through_h: Array, xs: Array, hs: Array, w_ih: Array
) -> tuple[Array, ...]:
    """Return the gradients of xs, weight_ih, weight_hh, bias_ih and bias_hh, each in one product.

    hs: (t, n, hidden), the state that each step started from.
    """
    flat_x, flat_h = _rows(through_x), _rows(through_h)
    return (
        (flat_x @ w_ih.T).reshape(xs.shape),
        _rows(xs).T @ flat_x,
        _rows(hs).T @ flat_h,
        flat_x.sum(axis=0),
        flat_h.sum(axis=0),
    )


def weighted(x: Array, weight: Array, bias: Array | None) -> Array:
    """Return `x @ weight + bias` for x (..., k)."""
    y = (_rows(x) @ weight).reshape(*x.shape[:-1], weight.shape[1])
    return y if bias is None else y + bias


def _rows(x: Array) -> Array:
    return x if x.ndim == 2 else x.reshape(x.size // max(x.shape[-1], 1), x.shape[-1])
