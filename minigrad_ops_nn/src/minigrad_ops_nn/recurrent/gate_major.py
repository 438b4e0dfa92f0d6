"""Gates in the first axis, (gates, t, n, k): the values of each gate are contiguous in memory.

A product of 32 x 128 values takes 3.0 us if they are strided, and 0.7 if they are contiguous. The sigmoids
come first, so that one call computes all of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class GateMajor(NamedTuple):
    """An order of gates in which the sigmoids come first.

    order: the index, in the weights, of the gate of each block; sigmoids: the number of sigmoid gates.

    The weights of sigmoid gates are negated, since `write_logistic_of_negative` takes the negated gate.
    """

    order: tuple[int, ...]
    sigmoids: int

    def to_columns(self, weight: NDArray[Any]) -> NDArray[Any]:
        """Return weight (i, gates * k) with its gates in this order."""
        return self._split_gates(weight).reshape(weight.shape)

    def to_blocks(self, weight: NDArray[Any]) -> NDArray[Any]:
        """Return weight (i, gates * k) as (gates, i, k)."""
        return np.ascontiguousarray(self._split_gates(weight).swapaxes(0, 1))

    def project(self, xs: NDArray[Any], w_ih: NDArray[Any], bias: NDArray[Any] | None) -> NDArray[Any]:
        """Return `xs @ w_ih + bias` (t, n, gates, k) for xs (t, n, i), in one product for all steps.

        The values of a gate are not contiguous in the result. The caller adds the result to a contiguous
        array.
        """
        if bias is not None:  # as a column of ones; an addition would take a tenth of the product's time
            xs, w_ih = append_ones(xs), np.concatenate((w_ih, bias[None]))
        steps, n, features = xs.shape
        gates, wide = len(self.order), w_ih.shape[1]
        product = xs.reshape(steps * n, features) @ self.to_columns(w_ih)
        return product.reshape(steps, n, gates, wide // gates)

    def _split_gates(self, weight: NDArray[Any]) -> NDArray[Any]:
        gates = len(self.order)
        result = weight.reshape(len(weight), gates, weight.shape[1] // gates)[:, list(self.order)]
        result[:, : self.sigmoids] *= -1
        return result


def append_ones(x: NDArray[Any]) -> NDArray[Any]:
    """Return x (..., i) followed by a column of ones, (..., i + 1)."""
    *leading, features = x.shape
    result = np.empty((*leading, features + 1), x.dtype)
    result[..., :-1], result[..., -1] = x, 1
    return result


def write_logistic_of_negative(x: NDArray[Any], one: NDArray[Any], out: NDArray[Any]) -> None:
    """Write `1 / (1 + exp(x))`, the logistic function of -x, into `out`, and overwrite x.

    exp takes half the time of tanh. np.reciprocal, which has no vector instructions beyond SSE, takes twice
    the time of a division. one: 1 as an array of x's dtype, which saves a conversion. The caller ignores
    overflow: where the exponential is infinite, the function is 0.
    """
    np.exp(x, out=x)
    x += one
    np.divide(one, x, out=out)


def add_biases(*biases: NDArray[Any] | None) -> NDArray[Any] | None:
    """Return the sum of the biases that are not None, or None."""
    given = [bias for bias in biases if bias is not None]
    return np.add.reduce(given) if given else None
