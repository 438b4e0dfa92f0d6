"""Gates one after the other in memory, (gates, t, n, k): each is a block without gaps.

A strided product of 32 x 128 takes 3.0 us, one without gaps 0.7. The sigmoids come first, so that one call
serves them all.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class GateMajor(NamedTuple):
    """order: which of the weights' gates comes where; sigmoids: how many of them are, the first ones.

    The weights of sigmoid gates are negated, since `write_logistic_of_negative` takes the negated gate.
    """

    order: tuple[int, ...]
    sigmoids: int

    def columns(self, weight: NDArray[Any]) -> NDArray[Any]:
        """Return weight (i, gates * k) with its gates in this order."""
        return self._by_gate(weight).reshape(weight.shape)

    def blocks(self, weight: NDArray[Any]) -> NDArray[Any]:
        """Return weight (i, gates * k) as (gates, i, k)."""
        return np.ascontiguousarray(self._by_gate(weight).swapaxes(0, 1))

    def inputs(self, xs: NDArray[Any], w_ih: NDArray[Any], bias: NDArray[Any] | None) -> NDArray[Any]:
        """Return `xs @ w_ih + bias` (t, n, gates, k) for xs (t, n, i), in one product for all steps.

        An addition to something else may close the gaps on the way.
        """
        if bias is not None:  # as a column of ones: to add it to the product takes a tenth of the product
            xs, w_ih = append_ones(xs), np.concatenate((w_ih, bias[None]))
        steps, n, features = xs.shape
        gates, wide = len(self.order), w_ih.shape[1]
        product = xs.reshape(steps * n, features) @ self.columns(w_ih)
        return product.reshape(steps, n, gates, wide // gates)

    def _by_gate(self, weight: NDArray[Any]) -> NDArray[Any]:
        gates = len(self.order)
        result = weight.reshape(len(weight), gates, weight.shape[1] // gates)[:, list(self.order)]
        result[:, : self.sigmoids] *= -1
        return result


def append_ones(x: NDArray[Any]) -> NDArray[Any]:
    """Return x (..., i) with a column of ones behind, (..., i + 1)."""
    *leading, features = x.shape
    result = np.empty((*leading, features + 1), x.dtype)
    result[..., :-1], result[..., -1] = x, 1
    return result


def write_logistic_of_negative(x: NDArray[Any], one: NDArray[Any], out: NDArray[Any]) -> None:
    """Make `out` `1 / (1 + exp(x))`, the logistic function of -x, and x scratch; exp takes half the time of
    tanh, and np.reciprocal, which has no vector instructions beyond SSE, twice that of a division.

    one: 1, as an array of x's type, which saves the conversion. The caller ignores overflow: the function of
    an infinite exponential is rightly 0.
    """
    np.exp(x, out=x)
    x += one
    np.divide(one, x, out=out)


def add_biases(*biases: NDArray[Any] | None) -> NDArray[Any] | None:
    """Return the sum of the biases that are there, or None."""
    given = [bias for bias in biases if bias is not None]
    return np.add.reduce(given) if given else None
