"""An LSTM over all steps, on plain arrays: buffers for all steps at once, little left to do in each."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .cell import SequenceResult, StepGradients
from .gate_major import write_logistic_of_negative
from .lstm_sums import make_step_sums
from .small_gemm import arrange_operands


class SavedSteps(NamedTuple):
    """The gates (4, t, n, k); the two terms of c, f * c and i * g (2, t, n, k); tanh(c) and h (t, n, k)."""

    gates: NDArray[Any]
    terms: NDArray[Any]
    seen: NDArray[Any]
    outputs: NDArray[Any]


def run(xs: Any, state: tuple[Any, ...], weights: tuple[Any, ...]) -> SequenceResult:
    """Return what all steps of xs (t, n, features) give."""
    (steps, n, _), k = xs.shape, len(weights[1])
    each, states, joined = make_step_sums(xs, weights)
    states[0], c = state[0], state[1].copy()
    outputs = states[1:] if joined is None else np.empty((steps, n, k), xs.dtype)
    gates = np.empty((4, steps, n, k), xs.dtype)
    terms, seen = np.empty((2, steps, n, k), xs.dtype), np.empty((steps, n, k), xs.dtype)
    one = np.ones((), xs.dtype)
    by_step = zip(each, gates[:3].swapaxes(0, 1), *gates, *terms, seen, outputs, states[1:], strict=True)
    with np.errstate(over="ignore"):
        for (sigmoids, tanh), o_i_f, o, i, f, g, carried, added, tanh_c, next_h, next_state in by_step:
            write_logistic_of_negative(sigmoids, one, out=o_i_f)
            np.tanh(tanh, out=g)
            np.multiply(f, c, out=carried)
            np.multiply(i, g, out=added)
            np.add(carried, added, out=c)
            np.multiply(o, np.tanh(c, out=tanh_c), out=next_h)
            if joined is not None:
                next_state[...] = next_h
    return SequenceResult(outputs, states[:-1], (c,), SavedSteps(gates, terms, seen, outputs), joined)


def run_backward(grads: Any, last: tuple[Any, ...], kept: SavedSteps, w_hh: Any) -> StepGradients:
    """Return the gradients of all steps; those of weighted inputs and states are one array (t, n, 4 k).

    It holds what the gradients of c (for i, f, g) and of h (for o) are multiplied by, until its step comes.
    """
    through, slopes = _gate_factors(kept)
    gc = last[0].copy()
    gh, product = np.zeros_like(gc), np.empty_like(gc)
    rows, w_back, from_row = arrange_operands(through, w_hh.T, gh)
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
    return StepGradients(through, through, (np.zeros_like(gc), gc))


def _gate_factors(kept: SavedSteps) -> tuple[NDArray[Any], NDArray[Any]]:
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
