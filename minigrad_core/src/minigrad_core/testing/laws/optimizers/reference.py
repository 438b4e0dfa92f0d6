"""Every step is that of the rule that the author gives."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ...finding import DoesNotApply, Finding, Findings
from ...guard import guard
from ...samples.optimizer_runs import OptimizerRun, OptimizerRuns, Positions

WITHIN = 1e-7  # of a value's own way; far below what a slip changes
ROUNDING = 1e-12  # of the longest way, for rules that mix values
EPS = float(np.finfo(np.float64).eps)
DIGITS, NUDGE, NOISE = 16 * EPS, 4 * EPS, 100.0


def reference(optimizer: OptimizerRuns) -> Findings:
    """Each step is that of `reference(data, grad, state, settings) -> new data`, under every setting.

    The reference is the rule as in the paper, slow and obvious, with a state that starts empty for each
    parameter: one from `minigrad_core.testing.references`, or the author's own.
    Faults: anything in the rule, such as a bias correction that is one step late, an epsilon inside the root.
    Fix: the message names the first step and setting at which they part; if the reference is wrong, mend it.
    """
    if optimizer.reference is None:
        raise DoesNotApply("no reference is given: reference = rule, or check_optimizer(cls, reference=rule)")
    for run in optimizer.runs:
        if run.dtype == np.float64:
            yield from _compare_run(optimizer, run)


def _compare_run(optimizer: OptimizerRuns, run: OptimizerRun) -> Findings:
    """Say where a run first parts from the reference by more than rounding.

    Allowed are a share of each value's own way so far, a much smaller one of the longest, last digits, and a
    multiple of what the rule itself makes of gradients that move by a few last digits.
    """
    start = [p.data for p in run.params()]
    followed, nudged = (_follow_reference(optimizer, replace(run, nudge=nudge)) for nudge in (0.0, NUDGE))
    if any(y.shape != x.shape for x, y in zip(start, followed[-1], strict=True)):
        yield Finding("another-shape", "the reference returns another shape than that of the parameter")
    actual, expected, other = (
        np.array([np.concatenate([x.ravel() for x in now]) for now in [start, *positions]])
        for positions in (optimizer.trajectory(run).positions, followed, nudged)
    )
    way = np.cumsum(np.abs(np.diff(expected, axis=0)), axis=0)
    mixed = ROUNDING * way.max(axis=1, keepdims=True)
    digits = (
        DIGITS * np.maximum(np.abs(expected[1:]), np.abs(expected[0])) + NOISE * np.abs(other - expected)[1:]
    )
    wrong = ~(np.abs(actual - expected)[1:] <= WITHIN * way + mixed + digits)
    if wrong.any():
        step, k = np.argwhere(wrong)[0]
        a, b = (positions[step + 1, k] - positions[step, k] for positions in (actual, expected))
        shape = run.shapes[np.searchsorted(np.cumsum([x.size for x in start]), k, side="right")]
        where = f"at step {step + 1}{run.description or ' with the defaults'} a parameter of shape {shape}"
        times = f" ({a / b:.6g} times)" if b else ""
        yield Finding("another-rule", f"{where} moves by {a:.6g}, the reference by {b:.6g}{times}")


def _follow_reference(optimizer: OptimizerRuns, run: OptimizerRun) -> Positions:
    """Return where the reference goes."""
    rule: Any = optimizer.reference
    positions, now = [], [p.data for p in run.params()]
    states: list[dict[str, Any]] = [{} for _ in now]
    settings = {**optimizer.defaults, **run.settings}
    for step in range(run.steps):
        settings |= run.assigned.get(step, {})
        for k, grad in enumerate(run.gradients(step)):
            if grad is not None and grad.size:
                given = now[k].copy(), grad, states[k], {**settings}
                now[k] = np.array(guard("the reference", partial(rule, *given)), np.float64)
        positions.append(list(now))
    return positions
