"""Products with the weights, for one step or for all steps at once, and their gradients."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import prod
from typing import Any

import numpy as np

from minigrad_core import Array, Context

from ..kernels.ndarrays import are_ndarrays
from ..normalization.sums import column_sums
from .equations import StepGradients


def project(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """Return `x @ weight + bias` for x (..., k), in one product."""
    y = _multiply(x, weight)
    return y if bias is None else y + bias


def projection_gradients(
    ctx: Context,
    gradients: StepGradients,
    x: Array,
    previous: Array,
    w_ih: Array,
    w_hh: Array,
    joined: Array | None = None,
) -> tuple[Array | None, ...]:
    """Return the gradients of x, the state, the weights and the biases; None where `ctx.needs` is false.

    `gradients` is of one step or of all steps; previous: the h that each step started from. joined: x,
    previous and 1, side by side, if inputs and states have the same gradient: one product gives three
    gradients.
    """
    flat_x, flat_h = to_rows(gradients.x), to_rows(gradients.h)
    first = gradients.h if gradients.h.ndim == 2 else gradients.h[0]
    needs = iter(ctx.needs)

    def compute_if_needed(gradient: Callable[[], Array]) -> Array | None:
        return gradient() if next(needs, False) else None

    if joined is None:
        of_w_ih, of_w_hh, of_bias = (
            lambda: to_rows(x).T @ flat_x,
            lambda: to_rows(previous).T @ flat_h,
            lambda: column_sums(flat_x),
        )
    else:
        of_w_ih, of_w_hh, of_bias = _joint_gradients(joined, flat_x, len(w_ih))
    shares_gradient = gradients.h is gradients.x
    grads = (
        compute_if_needed(lambda: _multiply(gradients.x, w_ih.T)),
        compute_if_needed(lambda: gradients.state[0] + first @ w_hh.T),
        *[compute_if_needed(lambda: gradients.state[1]) for _ in gradients.state[1:]],  # the c of an LSTM
        compute_if_needed(of_w_ih),
        compute_if_needed(of_w_hh),
        gb := compute_if_needed(of_bias),
        compute_if_needed(lambda: column_sums(flat_h) if gb is None or not shares_gradient else gb.copy()),
    )
    return grads[: len(ctx.needs)]  # biases that are left out have no gradient


def _joint_gradients(joined: Array, grad: Array, features: int) -> tuple[Callable[[], Array], ...]:
    """Return functions that compute the gradients of both weights and the bias, from one shared product."""
    whole = cache(lambda: to_rows(joined).T @ grad)
    return lambda: whole()[:features], lambda: whole()[features:-1], lambda: whole()[-1]


def to_rows(x: Any) -> Any:
    """Return x (..., k) as a matrix of k columns."""
    return x if x.ndim == 2 else x.reshape(prod(x.shape[:-1]), x.shape[-1])


def _multiply(x: Array, weight: Array) -> Array:
    """Return `x @ weight` in one product; the array owns its memory, unlike a reshaped product."""
    shape = (*x.shape[:-1], weight.shape[1])
    if not are_ndarrays(x, weight):
        return (to_rows(x) @ weight).reshape(shape)
    y: Any = np.empty(shape, np.result_type(x, weight))
    np.matmul(to_rows(x), weight, out=to_rows(y))
    return y
