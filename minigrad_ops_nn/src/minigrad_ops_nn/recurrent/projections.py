"""Products with the weights, for one step or all steps at once, and their gradients."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import prod
from typing import Any

import numpy as np

from minigrad_core import Array, Context

from ..kernels.ndarrays import are_ndarrays
from ..normalization.sums import column_sums
from .cell import StepGradients


def project(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """Return `x @ weight + bias` for x (..., k), in one product."""
    y = _multiply(x, weight)
    return y if bias is None else y + bias


def projection_gradients(
    ctx: Context,
    through: StepGradients,
    x: Array,
    before: Array,
    w_ih: Array,
    w_hh: Array,
    joined: Array | None = None,
) -> tuple[Array | None, ...]:
    """Return the gradients that were asked for, of x, the state, the weights and the biases.

    `through` is of one step or of all; before: the h that each step started from. joined: x, before and 1,
    side by side, where inputs and states have the same gradient: one product gives three.
    """
    flat_x, flat_h = to_rows(through.x), to_rows(through.h)
    first = through.h if through.h.ndim == 2 else through.h[0]
    needs = iter(ctx.needs)

    def owed(gradient: Callable[[], Array]) -> Array | None:
        return gradient() if next(needs, False) else None

    if joined is None:
        of_w_ih, of_w_hh, of_bias = (
            lambda: to_rows(x).T @ flat_x,
            lambda: to_rows(before).T @ flat_h,
            lambda: column_sums(flat_x),
        )
    else:
        of_w_ih, of_w_hh, of_bias = _joint_gradients(joined, flat_x, len(w_ih))
    grads = (
        owed(lambda: _multiply(through.x, w_ih.T)),
        owed(lambda: through.state[0] + first @ w_hh.T),
        *[owed(lambda: through.state[1]) for _ in through.state[1:]],  # the c of an LSTM
        owed(of_w_ih),
        owed(of_w_hh),
        gb := owed(of_bias),
        owed(lambda: column_sums(flat_h) if gb is None or through.h is not through.x else gb.copy()),
    )
    return grads[: len(ctx.needs)]  # biases that were left out have no gradient


def _joint_gradients(joined: Array, through: Array, features: int) -> tuple[Callable[[], Array], ...]:
    """Return what gives the gradients of both weights and the bias, by one product, once it is asked for."""
    whole = cache(lambda: to_rows(joined).T @ through)
    return lambda: whole()[:features], lambda: whole()[features:-1], lambda: whole()[-1]


def to_rows(x: Any) -> Any:
    """Return x (..., k) as a matrix of k columns."""
    return x if x.ndim == 2 else x.reshape(prod(x.shape[:-1]), x.shape[-1])


def _multiply(x: Array, weight: Array) -> Array:
    """Return `x @ weight` in one product; the array owns its memory, as a reshaped product would not."""
    shape = (*x.shape[:-1], weight.shape[1])
    if not are_ndarrays(x, weight):
        return (to_rows(x) @ weight).reshape(shape)
    y: Any = np.empty(shape, np.result_type(x, weight))
    np.matmul(to_rows(x), weight, out=to_rows(y))
    return y
