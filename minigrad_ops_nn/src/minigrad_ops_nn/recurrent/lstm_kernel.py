"""An LSTM over all steps, on plain arrays: buffers for all steps at once, little left to do in each.

Gates lie one after the other, (4, t, n, k) in the order o, i, f, g, so that each is a block without gaps;
four small products cost what one of four times the width does. The minus in sigmoid(x) = 1 / (1 + exp(-x))
goes into the weights beforehand; exp takes half the time of the tanh that a sigmoid can also be written
with. Backward computes the factors of all steps in a few large calls first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Steps(NamedTuple):
    """What backward needs: the gates (4, t, n, k); c before each step and after the last; and tanh(c)."""

    gates: NDArray[Any]
    cells: NDArray[Any]
    seen: NDArray[Any]


def run(xs: Any, h: Any, c: Any, weights: tuple[Any, ...]) -> tuple[NDArray[Any], NDArray[Any], Steps]:
    """Return (outputs (t, n, k), last c, what backward needs) for xs (t, n, features)."""
    w_ih, w_hh, b_ih, b_hh = weights
    (steps, n, features), k = xs.shape, h.shape[1]
    gates = (xs.reshape(steps * n, features) @ _by_gate(w_ih)).reshape(4, steps, n, k)
    biases: list[Any] = [b for b in (b_ih, b_hh) if b is not None]
    if biases:
        gates += _by_gate(np.add.reduce(biases)[None])[:, None]
    w_hh = _by_gate(w_hh)
    outputs, seen = np.empty((2, steps, n, k), xs.dtype)
    cells = np.empty((steps + 1, n, k), xs.dtype)
    cells[0] = c
    from_h, product = np.empty((4, n, k), xs.dtype), np.empty((n, k), xs.dtype)
    with np.errstate(over="ignore"):  # exp of a large number is inf, whose sigmoid is rightly 0
        for t in range(steps):
            gate = gates[:, t]
            gate += np.matmul(h, w_hh, out=from_h)
            sigmoids = gate[:3]
            np.exp(sigmoids, out=sigmoids)
            sigmoids += 1
            np.divide(1, sigmoids, out=sigmoids)
            np.tanh(gate[3], out=gate[3])
            o, i, f, g = gate
            after = np.multiply(f, cells[t], out=cells[t + 1])
            after += np.multiply(i, g, out=product)
            h = np.multiply(o, np.tanh(after, out=seen[t]), out=outputs[t])
    return outputs, cells[-1].copy(), Steps(gates, cells, seen)


def run_back(
    grads: Any, last_c: Any, steps: Steps, w_hh: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return the gradients of the gates before their nonlinearity, of the first h, and of the first c.

    Those of the gates are (t, n, 4 k) in the order i, f, g, o of the weights.
    """
    factors, through_h = _factors(steps)
    count, n, k = grads.shape
    rows = np.empty((count, n, 4 * k), factors.dtype)
    by_gate = rows.reshape(count, n, 4, k).transpose(0, 2, 1, 3)
    w_back = np.ascontiguousarray(w_hh.T)
    gh, gc = np.zeros_like(last_c), last_c.copy()
    product = np.empty_like(gc)
    for t in reversed(range(count)):
        gh += grads[t]
        gc += np.multiply(gh, through_h[t], out=product)
        np.multiply(factors[1:, t], gc, out=by_gate[t, :3])
        np.multiply(factors[0, t], gh, out=by_gate[t, 3])
        np.matmul(rows[t], w_back, out=gh)
        gc *= steps.gates[2, t]
    return rows, gh, gc


def _by_gate(weight: NDArray[Any]) -> NDArray[Any]:
    """Return (..., 4 k) in the order i, f, g, o as (4, ..., k) in the order o, i, f, g, halved for the
    sigmoids.
    """
    k = weight.shape[1] // 4
    order = [3, 0, 1, 2]
    gates = np.ascontiguousarray(weight.reshape(-1, 4, k).transpose(1, 0, 2)[order])
    gates[:3] *= -1
    return gates


def _factors(steps: Steps) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return what the gradient of h (for o) and of c (for i, f, g) are multiplied by, and dc / dh, for all
    steps.
    """
    gates, cells, seen = steps
    o, i, _, g = gates
    # sigmoid' = s - s**2, tanh' = 1 - t**2.
    factors = gates * gates
    for_o, for_i, for_f, for_g = factors
    np.subtract(gates[:3], factors[:3], out=factors[:3])
    np.subtract(1, for_g, out=for_g)
    for_o *= seen
    for_i *= g
    for_f *= cells[:-1]
    for_g *= i
    through_h = seen * seen
    np.subtract(1, through_h, out=through_h)
    through_h *= o
    return factors, through_h
