"""Every step is that of the rule that the author gives."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ...finding import DoesNotApply, Finding, Findings
from ...guarded import guarded
from ...samples.runs import OptimizerRuns, Places, Run

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
            yield from _compared(optimizer, run)


def _compared(optimizer: OptimizerRuns, run: Run) -> Findings:
    """Say where a run first parts from the reference by more than rounding.

    Allowed are a share of each value's own way so far, a much smaller one of the longest, last digits, and a
    multiple of what the rule itself makes of gradients that move by a few last digits.
    """
    start = [p.data for p in run.params()]
    followed, nudged = (_followed(optimizer, replace(run, nudge=nudge)) for nudge in (0.0, NUDGE))
    if any(y.shape != x.shape for x, y in zip(start, followed[-1], strict=True)):
        yield Finding("another-shape", "the reference returns another shape than that of the parameter")
    mine, its, other = (
        np.array([np.concatenate([x.ravel() for x in now]) for now in [start, *places]])
        for places in (optimizer.trace(run).places, followed, nudged)
    )
    way = np.cumsum(np.abs(np.diff(its, axis=0)), axis=0)
    mixed = ROUNDING * way.max(axis=1, keepdims=True)
    digits = DIGITS * np.maximum(np.abs(its[1:]), np.abs(its[0])) + NOISE * np.abs(other - its)[1:]
    wrong = ~(np.abs(mine - its)[1:] <= WITHIN * way + mixed + digits)
    if wrong.any():
        step, k = np.argwhere(wrong)[0]
        a, b = (places[step + 1, k] - places[step, k] for places in (mine, its))
        shape = run.shapes[np.searchsorted(np.cumsum([x.size for x in start]), k, side="right")]
        where = f"at step {step + 1}{run.told or ' with the defaults'} a parameter of shape {shape}"
        times = f" ({a / b:.6g} times)" if b else ""
        yield Finding("another-rule", f"{where} moves by {a:.6g}, the reference by {b:.6g}{times}")


def _followed(optimizer: OptimizerRuns, run: Run) -> Places:
    """Return where the reference goes."""
    rule: Any = optimizer.reference
    places, now = [], [p.data for p in run.params()]
    states: list[dict[str, Any]] = [{} for _ in now]
    settings = {**optimizer.defaults, **run.settings}
    for step in range(run.steps):
        settings |= run.assigned.get(step, {})
        for k, grad in enumerate(run.grads(step)):
            if grad is not None and grad.size:
                given = now[k].copy(), grad, states[k], {**settings}
                now[k] = np.array(guarded("the reference", partial(rule, *given)), np.float64)
        places.append(list(now))
    return places
