"""A simple recurrent network over all steps, on plain arrays; the states are computed where they stay."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cell import SequenceResult, StepGradients
from .gate_major import add_biases


def run(nonlinearity: str, xs: Any, state: tuple[Any, ...], weights: tuple[Any, ...]) -> SequenceResult:
    """Return what all steps of xs (t, n, features) give."""
    w_ih, w_hh, b_ih, b_hh = weights
    (steps, n, features), k = xs.shape, len(w_hh)
    states = np.empty((steps + 1, n, k), xs.dtype)
    states[0] = state[0]
    np.matmul(xs.reshape(steps * n, features), w_ih, out=states[1:].reshape(steps * n, k))
    if (bias := add_biases(b_ih, b_hh)) is not None:
        states[1:] += bias
    from_h = np.empty((n, k), xs.dtype)
    for h, following in pairwise(states):
        following += np.matmul(h, w_hh, out=from_h)
        if nonlinearity == "tanh":
            np.tanh(following, out=following)
        else:
            np.maximum(following, 0, out=following)
    return SequenceResult(states[1:], states[:-1], (), states[1:])


def run_backward(nonlinearity: str, grads: Any, outputs: NDArray[Any], w_hh: Any) -> StepGradients:
    """Return the gradients of all steps; those of weighted inputs and states are one array (t, n, k).

    It holds the slopes of the nonlinearity until its step comes.
    """
    if nonlinearity == "tanh":
        through = outputs * outputs
        np.subtract(1, through, out=through)
    else:
        through = (outputs > 0).astype(outputs.dtype)
    gh = np.zeros_like(through[0])
    for step in reversed(range(len(grads))):
        gh += grads[step]
        through[step] *= gh
        if step:
            np.matmul(through[step], w_hh.T, out=gh)
    return StepGradients(through, through, (np.zeros_like(gh),))
