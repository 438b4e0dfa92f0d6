"""Every step is that of the rule that the author gives."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...finding import DoesNotApply, Finding, Findings
from ...guarded import guarded
from ...samples.runs import STEPS, OptimizerRuns, Places, Run

WITHIN = 1e-7  # of a value's own move; far below what a slip changes
ROUNDING = 1e-12  # of the largest move of a parameter, for what mixes its values
DIGITS, NUDGE = 16 * float(np.finfo(np.float64).eps), 4 * float(np.finfo(np.float64).eps)
NOISE = 100.0


def reference(optimizer: OptimizerRuns) -> Findings:
    """Each step is that of `reference(data, grad, state, settings) -> new data`, under every setting.

    The reference is the rule as in the paper, slow and obvious, with a state that starts empty for each
    parameter: one from `minigrad_core.testing.references`, or the author's own. It is compared step by step
    with every run: settings changed alone, together and in mid-run, gradients over eight orders of magnitude,
    matrices, vectors and scalars.
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
    ways = [
        optimizer.trace(run).places,
        _followed(optimizer, run),
        _followed(optimizer, replace(run, nudge=NUDGE)),
    ]
    found: list[tuple[int, str]] = []
    for k, start in enumerate(p.data for p in run.params()):
        if not start.size:
            continue
        if any(now[k].shape != start.shape for now in ways[1]):
            yield Finding("another-shape", f"the reference returns another shape than {start.shape}")
        mine, its, nudged = (np.array([start, *(now[k] for now in places)]) for places in ways)
        way = np.cumsum(np.abs(np.diff(its, axis=0)), axis=0)
        longest = way.max(axis=tuple(range(1, way.ndim)), keepdims=True)
        digits = DIGITS * np.maximum(np.abs(its[1:]), np.abs(start)) + NOISE * np.abs(nudged - its)[1:]
        with np.errstate(invalid="ignore"):
            within = np.abs(mine - its)[1:] <= WITHIN * way + ROUNDING * longest + digits
        for step in np.flatnonzero(~within.reshape(len(way), -1).all(axis=1))[:1]:
            where = f"{run.told or ' with the defaults'} a parameter of shape {start.shape}"
            moves = _told(*(places[step + 1] - places[step] for places in (mine, its)))
            found.append((int(step), f"at step {step + 1}{where} moves {moves}"))
    if found:
        yield Finding("another-rule", min(found)[1])


def _followed(optimizer: OptimizerRuns, run: Run) -> Places:
    """Return where the reference goes."""
    rule: Any = optimizer.reference
    places, now = [], [p.data for p in run.params()]
    states: list[dict[str, Any]] = [{} for _ in now]
    settings = {**optimizer.defaults, **run.settings}
    for step in range(STEPS):
        settings |= run.assigned.get(step, {})
        for k, grad in enumerate(run.grads(step)):
            if grad is not None and grad.size:
                given = now[k].copy(), grad, states[k], {**settings}
                now[k] = np.array(guarded("the reference", partial(rule, *given)), np.float64)
        places.append(list(now))
    return places


def _told(mine: NDArray[Any], its: NDArray[Any]) -> str:
    worst = np.unravel_index(int(np.argmax(np.abs(mine - its) / (np.abs(its) + 1e-300))), its.shape)
    ratio = f" ({mine[worst] / its[worst]:.6g} times)" if its[worst] else ""
    at = f"at {tuple(map(int, worst))} " if its.ndim else ""
    return f"{at}by {mine[worst]:.6g}, the reference by {its[worst]:.6g}{ratio}"
