"""The law `reference` of optimizers: every step is the step of the author's rule."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ...finding import DoesNotApply, Finding, Findings, guard
from ...samples.optimizer_runs import OptimizerRun, OptimizerRuns, Positions

EPS = float(np.finfo(np.float64).eps)
RELATIVE = 1e-7  # of the distance that a value has moved: far below the effect of a fault
MIXING = 1e-12  # of the longest distance, for rules that mix values
LAST_DIGITS = 16 * EPS  # of a value
NUDGE = 4 * EPS  # the relative change of gradients that measures the rounding of the rule
NUDGE_FACTOR = 100.0  # tolerance, as a multiple of the effect of nudged gradients


def reference(optimizer: OptimizerRuns) -> Findings:
    """Each step is that of `reference(data, grad, state, settings) -> new data`, under every setting.

    The reference is the rule as in the paper, slow and obvious, with a state for each parameter that starts
    empty: a function of `minigrad_core.testing.references`, or the author's own.
    Faults: any deviation from the rule, such as a bias correction that is one step late, or an epsilon inside
    of the root.
    Fix: the message names the first step and setting at which both differ. If the reference is wrong, mend
    it.
    """
    if optimizer.reference is None:
        raise DoesNotApply("no reference is given: reference = rule, or check_optimizer(cls, reference=rule)")
    for run in optimizer.runs:
        if run.dtype == np.float64:
            yield from _compare_run(optimizer, run)


def _compare_run(optimizer: OptimizerRuns, run: OptimizerRun) -> Findings:
    """Yield the first step at which a run differs from the reference by more than rounding.

    The tolerance is the sum of four terms: a share of the distance that the value has moved so far, a much
    smaller share of the longest distance of all values, the last digits of the value, and a multiple of the
    effect that nudged gradients have on the reference.
    """
    start = [p.data for p in run.make_params()]
    expected_positions = _follow_reference(optimizer, run)
    nudged_positions = _follow_reference(optimizer, replace(run, nudge=NUDGE))
    if any(y.shape != x.shape for x, y in zip(start, expected_positions[-1], strict=True)):
        yield Finding("another-shape", "the reference returns another shape than that of the parameter")
    actual, expected, nudged = (
        np.array([np.concatenate([x.ravel() for x in arrays]) for arrays in [start, *positions]])
        for positions in (optimizer.trajectory(run).positions, expected_positions, nudged_positions)
    )
    distance = np.cumsum(np.abs(np.diff(expected, axis=0)), axis=0)
    longest = distance.max(axis=1, keepdims=True)
    size = np.maximum(np.abs(expected[1:]), np.abs(expected[0]))
    tolerance = RELATIVE * distance + MIXING * longest + LAST_DIGITS * size
    tolerance += NUDGE_FACTOR * np.abs(nudged - expected)[1:]
    is_wrong = ~(np.abs(actual - expected)[1:] <= tolerance)  # also where NaN makes no comparison
    if is_wrong.any():
        step, k = np.argwhere(is_wrong)[0]
        move, expected_move = (values[step + 1, k] - values[step, k] for values in (actual, expected))
        shape = run.shapes[np.searchsorted(np.cumsum([x.size for x in start]), k, side="right")]
        place = f"at step {step + 1}{run.description or ' with the defaults'} a parameter of shape {shape}"
        ratio = f" ({move / expected_move:.6g} times)" if expected_move else ""
        fact = f"{place} moves by {move:.6g}, the reference by {expected_move:.6g}{ratio}"
        yield Finding("another-rule", fact)


def _follow_reference(optimizer: OptimizerRuns, run: OptimizerRun) -> Positions:
    """Return the positions to which the reference leads."""
    rule: Any = optimizer.reference
    positions, data = [], [p.data for p in run.make_params()]
    states: list[dict[str, Any]] = [{} for _ in data]
    settings = {**optimizer.defaults, **run.settings}
    for step in range(run.steps):
        settings |= run.assigned.get(step, {})
        for k, grad in enumerate(run.make_gradients(step)):
            if grad is not None and grad.size:
                arguments = data[k].copy(), grad, states[k], {**settings}
                data[k] = np.array(guard("the reference", partial(rule, *arguments)), np.float64)
        positions.append(list(data))
    return positions
