"""A cell unrolled step by step, in formulas that can be recorded: for higher derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array

from .cell import CellEquations, SequenceResult, State, StepGradients, Weights
from .projections import project


def run(cell: CellEquations, xs: Array, state: State, weights: Weights) -> SequenceResult:
    """Return what all steps of xs (t, n, features) give."""
    w_ih, w_hh, b_ih, b_hh = weights
    from_x = project(xs, w_ih, b_ih)
    states, kept = [state], []
    for step in range(xs.shape[0]):
        state, own = cell.step(from_x[step], project(state[0], w_hh, b_hh), state)
        states.append(state)
        kept.append(own)
    hs = np.stack([state[0] for state in states])
    return SequenceResult(hs[1:], hs[:-1], state[1:], kept)


def run_backward(cell: CellEquations, grads: Array, last: State, kept: Any, w_hh: Array) -> StepGradients:
    """Return the gradients of all steps."""
    throughs: list[StepGradients] = []
    for step in reversed(range(len(kept))):
        gh = grads[step]
        if throughs:
            later = throughs[-1]
            gh = gh + later.state[0] + later.h @ w_hh.T
            last = later.state[1:]
        throughs.append(cell.step_backward((gh, *last), kept[step]))
    throughs.reverse()
    through_x, through_h = (np.stack([each[at] for each in throughs]) for at in (0, 1))
    return StepGradients(through_x, through_h, throughs[0].state)
