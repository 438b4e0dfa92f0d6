"""The pre-activations of an LSTM's gates, x @ weight_ih + h @ weight_hh + bias, step after step.

Either all inputs are multiplied first, and each step adds its share of that to the product of the states. Or
x, h and 1 lie side by side and are multiplied as one: where BLAS need not pack such small products, they take
less than both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .gate_major import GateMajor, add_biases
from .small_gemm import arrange_operands, fits_small_gemm

# The weights' i, f, g, o as o, i, f, g.
GATES = GateMajor(order=(3, 0, 1, 2), sigmoids=3)
# Rows in a step and in all from which on inputs and states are multiplied as one: fewer do not make up for
# more weights to read at each step, and for cutting their gradient in two.
ROWS, ALL_ROWS = 16, 512


class StepSums(NamedTuple):
    """The sums of each step, those of the sigmoids (3, n, k) and of the tanh (n, k); what the states (t + 1,
    n, k) are to be written to; and x, the h before and 1 side by side, where they lie so.

    Sums are made when they are asked for, of the state that is there by then, and always in the same array:
    it stays in the cache.
    """

    each: Iterator[tuple[NDArray[Any], NDArray[Any]]]
    states: NDArray[Any]
    joined: NDArray[Any] | None


def make_step_sums(xs: NDArray[Any], weights: tuple[Any, ...]) -> StepSums:
    """Return the sums for xs (t, n, features)."""
    (steps, n, features), k = xs.shape, len(weights[1])
    together = n >= ROWS and steps * n >= ALL_ROWS and fits_small_gemm(n, features + k + 1, k, width=64)
    return (_sum_jointly if together else _sum_separately)(xs, weights)


def _sum_separately(xs: NDArray[Any], weights: tuple[Any, ...]) -> StepSums:
    w_ih, w_hh, b_ih, b_hh = weights
    (steps, n, _), k = xs.shape, len(w_hh)
    states = np.empty((steps + 1, n, k), xs.dtype)
    shares = GATES.inputs(xs, w_ih, add_biases(b_ih, b_hh))
    total, product = np.empty((4, n, k), xs.dtype), np.empty((n, 4, k), xs.dtype)
    by_row = total.swapaxes(0, 1)  # so that what is added is read in order: 5.5 us, and 7.4 gate by gate
    rows, weight, out = arrange_operands(states, GATES.columns(w_hh), product.reshape(n, 4 * k))

    def each() -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        parts = total[:3], total[3]
        for row, share in zip(rows, shares, strict=False):
            np.matmul(row, weight, out=out)
            np.add(product, share, out=by_row)
            yield parts

    return StepSums(each(), states, None)


def _sum_jointly(xs: NDArray[Any], weights: tuple[Any, ...]) -> StepSums:
    w_ih, w_hh, b_ih, b_hh = weights
    (steps, n, features), k = xs.shape, len(w_hh)
    joined = np.empty((steps + 1, n, features + k + 1), xs.dtype)
    joined[:-1, :, :features], joined[:, :, -1] = xs, 1
    bias = add_biases(b_ih, b_hh)
    bias = np.zeros(4 * k, xs.dtype) if bias is None else bias
    total = np.empty((4, n, k), xs.dtype)
    rows, weight, out = arrange_operands(
        joined[:-1], GATES.blocks(np.concatenate((w_ih, w_hh, bias[None]))), total
    )

    def each() -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        parts = total[:3], total[3]
        for row in rows:
            np.matmul(row, weight, out=out)
            yield parts

    return StepSums(each(), joined[:, :, features:-1], joined[:-1])
