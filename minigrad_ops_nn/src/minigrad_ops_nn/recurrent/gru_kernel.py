"""A GRU over all steps, on plain arrays: buffers for all steps at once, little left to do in each."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .cell import SequenceResult, StepGradients
from .gate_major import GateMajor, add_biases, write_logistic_of_negative

GATES = GateMajor(order=(0, 1, 2), sigmoids=2)


class SavedSteps(NamedTuple):
    """The gates r, z, m (3, t, n, k); what r multiplies (t, n, k); h before each step (t, n, k)."""

    gates: NDArray[Any]
    past: NDArray[Any]
    before: NDArray[Any]


def run(xs: Any, state: tuple[Any, ...], weights: tuple[Any, ...]) -> SequenceResult:
    """Return what all steps of xs (t, n, features) give."""
    w_ih, w_hh, b_ih, b_hh = weights
    k = len(w_hh)
    bias, past_bias = b_ih, None
    if b_hh is not None:  # that of m is multiplied by r, the others may as well be the input's
        shared, past_bias = b_hh.copy(), b_hh[2 * k :]
        shared[2 * k :] = 0
        bias = add_biases(b_ih, shared)
    shares, w_hh = GATES.inputs(xs, w_ih, bias), GATES.blocks(w_hh)
    steps, n, _, _ = shares.shape
    gates = np.empty((3, steps, n, k), xs.dtype)
    states = np.empty((steps + 1, n, k), xs.dtype)
    states[0] = state[0]
    past = np.empty((steps, n, k), xs.dtype)
    total, product, one = np.empty((2, n, k), xs.dtype), np.empty((n, k), xs.dtype), np.ones((), xs.dtype)
    by_row = total.swapaxes(0, 1)
    with np.errstate(over="ignore"):
        by_step = zip(shares, gates.swapaxes(0, 1), past, states, states[1:], strict=False)
        for share, gate, p, h, following in by_step:
            np.matmul(h, w_hh[2], out=p)
            if past_bias is not None:
                p += past_bias
            np.matmul(h, w_hh[:2], out=total)
            by_row += share[:, :2]
            write_logistic_of_negative(total, one, out=gate[:2])
            r, z, m = gate
            np.add(share[:, 2], np.multiply(r, p, out=product), out=product)
            np.tanh(product, out=m)
            np.subtract(h, m, out=following)
            following *= z
            following += m
    return SequenceResult(states[1:], states[:-1], (), SavedSteps(gates, past, states[:-1]))


def run_backward(grads: Any, kept: SavedSteps, w_hh: Any) -> StepGradients:
    """Return the gradients of all steps.

    Their arrays hold what the gradient of h is multiplied by, until its step comes.
    """
    through_x, through_h = _gate_factors(kept)
    steps, n, k = kept.past.shape
    of_m = through_x[..., 2 * k :]
    by_gate = through_h.reshape(steps, n, 3, k).swapaxes(1, 2)
    gh, product = np.zeros((2, n, k), through_h.dtype)
    parts = (range(steps), grads, by_gate, of_m, through_h, kept.gates[1])
    for step, grad, factors, factor, rows, z in zip(*(part[::-1] for part in parts), strict=True):
        gh += grad
        factors *= gh
        factor *= gh
        gh *= z
        if step:
            gh += np.matmul(rows, w_hh.T, out=product)
    through_x[..., : 2 * k] = through_h[..., : 2 * k]
    return StepGradients(through_x, through_h, (gh,))


def _gate_factors(kept: SavedSteps) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the gates by h', in the order of the weights: as the inputs reach them, only m filled in; and as
    the states do.
    """
    (r, z, m), past, before = kept
    steps, n, k = past.shape
    through_x, through_h = np.empty((2, steps, n, 3 * k), past.dtype)
    of_r, of_z, of_past = np.moveaxis(through_h.reshape(steps, n, 3, k), 2, 0)
    of_m = through_x[..., 2 * k :]
    rest = 1 - z
    slope = m * m
    np.subtract(1, slope, out=slope)
    np.multiply(slope, rest, out=of_m)
    np.multiply(of_m, r, out=of_past)
    rest *= z
    np.multiply(rest, np.subtract(before, m, out=slope), out=of_z)
    np.subtract(1, r, out=slope)
    slope *= past
    np.multiply(slope, of_past, out=of_r)
    return through_x, through_h
