"""The pre-activations of an LSTM's gates, x @ weight_ih + h @ weight_hh + bias, step by step.

There are two methods. The first multiplies all inputs at once, and each step adds its part of the result to
the product of the states. The second joins x, h and 1 to one matrix and multiplies it in each step. One
product takes less time than two if BLAS does not pack such small operands.
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
# The least number of rows, in a step and in all steps, for which inputs and states are multiplied as one.
# With fewer rows, reading more weights at each step and splitting their gradient costs more than it saves.
ROWS, ALL_ROWS = 16, 512


class StepSums(NamedTuple):
    """The sums of all steps.

    sums: yields the sums of each step, of the sigmoids (3, n, k) and of the tanh (n, k); states: (t + 1, n,
    k), where the caller writes the states; joined: x, the previous h and 1, side by side, or None.

    The iterator computes the sums of a step when it reaches the step, from the state that the caller has
    written. All steps use the same array, which stays in the cache.
    """

    sums: Iterator[tuple[NDArray[Any], NDArray[Any]]]
    states: NDArray[Any]
    joined: NDArray[Any] | None


def make_step_sums(xs: NDArray[Any], weights: tuple[Any, ...]) -> StepSums:
    """Return the sums for xs (t, n, features)."""
    (steps, n, features), k = xs.shape, len(weights[1])
    joint = n >= ROWS and steps * n >= ALL_ROWS and fits_small_gemm(n, features + k + 1, k, width=64)
    return (_sum_jointly if joint else _sum_separately)(xs, weights)


def _sum_separately(xs: NDArray[Any], weights: tuple[Any, ...]) -> StepSums:
    w_ih, w_hh, b_ih, b_hh = weights
    (steps, n, _), k = xs.shape, len(w_hh)
    states = np.empty((steps + 1, n, k), xs.dtype)
    inputs = GATES.project(xs, w_ih, add_biases(b_ih, b_hh))
    total, product = np.empty((4, n, k), xs.dtype), np.empty((n, 4, k), xs.dtype)
    by_row = total.swapaxes(0, 1)  # both terms are read in order of memory: 5.5 us, and 7.4 gate by gate
    rows, weight, out = arrange_operands(states, GATES.to_columns(w_hh), product.reshape(n, 4 * k))

    def yield_sums() -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        parts = total[:3], total[3]
        for row, from_x in zip(rows, inputs, strict=False):
            np.matmul(row, weight, out=out)
            np.add(product, from_x, out=by_row)
            yield parts

    return StepSums(yield_sums(), states, None)


def _sum_jointly(xs: NDArray[Any], weights: tuple[Any, ...]) -> StepSums:
    w_ih, w_hh, b_ih, b_hh = weights
    (steps, n, features), k = xs.shape, len(w_hh)
    joined = np.empty((steps + 1, n, features + k + 1), xs.dtype)
    joined[:-1, :, :features], joined[:, :, -1] = xs, 1
    bias = add_biases(b_ih, b_hh)
    bias = np.zeros(4 * k, xs.dtype) if bias is None else bias
    total = np.empty((4, n, k), xs.dtype)
    blocks = GATES.to_blocks(np.concatenate((w_ih, w_hh, bias[None])))
    rows, weight, out = arrange_operands(joined[:-1], blocks, total)

    def yield_sums() -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        parts = total[:3], total[3]
        for row in rows:
            np.matmul(row, weight, out=out)
            yield parts

    return StepSums(yield_sums(), joined[:, :, features:-1], joined[:-1])
