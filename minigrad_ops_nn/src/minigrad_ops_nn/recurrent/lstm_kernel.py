"""An LSTM over all steps, on plain arrays: buffers for all steps at once, little left to do in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .gate_major import GateMajor, negated_logistic, summed
from .panels import fit, operands
from .rule import Through, Unrolled

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The weights' i, f, g, o as o, i, f, g.
GATES = GateMajor(order=(3, 0, 1, 2), sigmoids=3)
# Rows in a step and in all from which on inputs and states are multiplied as one: fewer do not make up for
# more weights to read at each step, and for cutting their gradient in two.
ROWS, ALL_ROWS = 16, 512


class Source(NamedTuple):
    """What the gates are made of: rows (t + 1, n, ...), at each step, by weight (4, ..., k).

    Either the rows are `states` (t + 1, n, k), h, and gates (4, t, n, k) hold the share of the inputs. Or the
    rows are x, h and 1 side by side, of which `states` is a view, and all but the last are `joined`.
    """

    rows: NDArray[Any]
    weight: NDArray[Any]
    gates: NDArray[Any]
    states: NDArray[Any]
    joined: NDArray[Any] | None


class Kept(NamedTuple):
    """The gates (4, t, n, k); the two terms of c, f * c and i * g (2, t, n, k); tanh(c) and h (t, n, k)."""

    gates: NDArray[Any]
    terms: NDArray[Any]
    seen: NDArray[Any]
    outputs: NDArray[Any]


def run(xs: Any, state: tuple[Any, ...], weights: tuple[Any, ...]) -> Unrolled:
    """Return what all steps of xs (t, n, features) give."""
    (steps, n, features), k = xs.shape, len(weights[1])
    together = n >= ROWS and steps * n >= ALL_ROWS and fit(n, features + k + 1, k, width=64)
    rows, weight, gates, states, joined = (_together if together else _apart)(xs, weights)
    states[0], c = state[0], state[1].copy()
    outputs = states[1:] if joined is None else np.empty((steps, n, k), xs.dtype)
    terms, seen = np.empty((2, steps, n, k), xs.dtype), np.empty((steps, n, k), xs.dtype)
    total = np.empty((4, n, k), xs.dtype)  # of all gates at one step: it stays in the cache
    rows, weight, product = operands(rows, weight, total)
    sigmoids, tanh = total[:3], total[3]
    by_step = zip(rows, gates[:3].swapaxes(0, 1), *gates, *terms, seen, outputs, states[1:], strict=False)
    with np.errstate(over="ignore"):
        for step, (row, o_i_f, o, i, f, g, carried, added, tanh_c, next_h, next_state) in enumerate(by_step):
            np.matmul(row, weight, out=product)
            if joined is None:
                total += gates[:, step]
            negated_logistic(sigmoids, out=o_i_f)
            np.tanh(tanh, out=g)
            np.multiply(f, c, out=carried)
            np.multiply(i, g, out=added)
            np.add(carried, added, out=c)
            np.multiply(o, np.tanh(c, out=tanh_c), out=next_h)
            if joined is not None:
                next_state[...] = next_h
    return Unrolled(outputs, states[:-1], (c,), Kept(gates, terms, seen, outputs), joined)


def _apart(xs: NDArray[Any], weights: tuple[Any, ...]) -> Source:
    w_ih, w_hh, b_ih, b_hh = weights
    states = np.empty((len(xs) + 1, xs.shape[1], len(w_hh)), xs.dtype)
    gates = GATES.inputs(xs, w_ih, summed(b_ih, b_hh))
    return Source(states, GATES.weight(w_hh), gates, states, joined=None)


def _together(xs: NDArray[Any], weights: tuple[Any, ...]) -> Source:
    w_ih, w_hh, b_ih, b_hh = weights
    (steps, n, features), k = xs.shape, len(w_hh)
    rows = np.empty((steps + 1, n, features + k + 1), xs.dtype)
    rows[:-1, :, :features], rows[:, :, -1] = xs, 1
    bias = summed(b_ih, b_hh)
    bias = np.zeros(4 * k, xs.dtype) if bias is None else bias
    weight = GATES.weight(np.concatenate((w_ih, w_hh, bias[None])))
    gates = np.empty((4, steps, n, k), xs.dtype)
    return Source(rows, weight, gates, rows[:, :, features:-1], joined=rows[:-1])


def run_back(grads: Any, last: tuple[Any, ...], kept: Kept, w_hh: Any) -> Through:
    """Return the gradients of all steps; those of weighted inputs and states are one array (t, n, 4 k).

    It holds what the gradients of c (for i, f, g) and of h (for o) are multiplied by, until its step comes.
    """
    through, slopes = _factors(kept)
    gc = last[0].copy()
    gh, product = np.zeros_like(gc), np.empty_like(gc)
    rows, w_back, from_row = operands(through, w_hh.T, gh)
    n, k = gc.shape
    # The gradients of the state, repeated as the gates lie in a row: copied and multiplied without gaps in
    # 5 us, multiplied gate by gate, in runs of k values, in 13.
    spread = np.empty((n, 4, k), gc.dtype)
    of_c, of_h = spread[:, :3], spread[:, 3]
    steps = (range(len(grads)), grads, slopes, through.reshape(len(grads), n, 4, k), rows, kept.gates[2])
    for step, grad, slope, factors, row, f in zip(*(part[::-1] for part in steps), strict=True):
        gh += grad
        gc += np.multiply(gh, slope, out=product)
        of_c[...], of_h[...] = gc[:, None], gh
        factors *= spread
        gc *= f
        if step:
            np.matmul(row, w_back, out=from_row)
    return Through(through, through, (np.zeros_like(gc), gc))


def _factors(kept: Kept) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return dc / dgate, for o dh / dgate, as (t, n, 4 k) in the order of the weights; and dh / dc.

    sigmoid' = y - y**2 and tanh' = 1 - y**2, where y is a factor of a product at hand:
    d(i g) / d(gate of i) = i g - i g i.
    """
    (o, i, f, g), (carried, added), seen, h = kept
    steps, n, k = seen.shape
    through = np.empty((steps, n, 4 * k), seen.dtype)
    by_gate = through.reshape(steps, n, 4, k).swapaxes(1, 2)
    slopes = np.empty_like(seen)
    np.subtract(added, np.multiply(added, i, out=slopes), out=by_gate[:, 0])
    np.subtract(carried, np.multiply(carried, f, out=slopes), out=by_gate[:, 1])
    np.subtract(i, np.multiply(added, g, out=slopes), out=by_gate[:, 2])
    np.subtract(h, np.multiply(h, o, out=slopes), out=by_gate[:, 3])
    np.subtract(o, np.multiply(h, seen, out=slopes), out=slopes)
    return through, slopes
