"""Every step is that of the rule that the author gives."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...diagnosis.facts import as_number, ratio_of
from ...finding import DoesNotApply, Finding, Findings
from ...guarded import guarded
from ...samples.run import Run
from ...samples.runs import OptimizerRuns, Places

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
    starts = [p.data for p in run.params()]
    mine, its = ([starts, *places] for places in (optimizer.trace(run).places, _followed(optimizer, run)))
    found = []
    for k, start in enumerate(starts):
        if any(now[k].shape != start.shape for now in its):
            yield Finding("another-shape", f"the reference returns another shape than {start.shape}")
        step = _apart(np.array([now[k] for now in mine]), np.array([now[k] for now in its]))
        if step and _beyond_noise(optimizer, run, mine[step][k] - its[step][k], its[step][k], step, k):
            found.append((step, k))
    if found:
        step, k = min(found)
        where = f"at step {step}{run.told or ' with the defaults'} a parameter of shape {run.shapes[k]}"
        moves = (places[step][k] - places[step - 1][k] for places in (mine, its))
        yield Finding("another-rule", f"{where} moves {_told(*moves)}")


def _apart(mine: NDArray[Any], its: NDArray[Any]) -> int | None:
    """Return the first step at which two ways part by more than rounding, None if they do not.

    Allowed are a share of each value's own way so far, a much smaller one of the longest, and last digits.
    """
    way, sizes = np.cumsum(np.abs(np.diff(its, axis=0)), axis=0), np.abs(its)
    digits = DIGITS * np.maximum(sizes[1:], sizes[0])
    longest = way.reshape(len(way), -1).max(axis=1, initial=0).reshape(-1, *[1] * (way.ndim - 1))
    with np.errstate(invalid="ignore"):
        within = np.abs(mine[1:] - its[1:]) <= WITHIN * way + ROUNDING * longest + digits
    steps = within.reshape(len(way), -1).all(axis=1)
    return None if steps.all() else int(steps.argmin()) + 1


def _beyond_noise(optimizer: OptimizerRuns, run: Run, off: Any, its: Any, step: int, k: int) -> bool:
    """Whether they part by more than the rule itself does when its gradients move by a few last digits."""
    noise = np.abs(_followed(optimizer, run, NUDGE)[step - 1][k] - its)
    return not np.all(np.abs(off) <= NOISE * noise)


def _followed(optimizer: OptimizerRuns, run: Run, nudge: float = 0.0) -> Places:
    """Return where the reference goes, with gradients that are moved by a share of themselves."""
    rule: Any = optimizer.reference
    places, now = [], [p.data for p in run.params()]
    states: list[dict[str, Any]] = [{} for _ in now]
    for step in range(run.steps):
        settings = run.settings_at(step, optimizer.defaults)
        for k, grad in enumerate(run.grads(step)):
            if grad is not None and grad.size:
                given = now[k].copy(), grad * (1 + nudge), states[k], settings
                now[k] = np.array(guarded("the reference", partial(rule, *given)), np.float64)
        places.append(list(now))
    return places


def _told(mine: NDArray[Any], its: NDArray[Any]) -> str:
    worst = np.unravel_index(int(np.argmax(np.abs(mine - its) / (np.abs(its) + 1e-300))), its.shape)
    numbers = f"by {mine[worst]:.6g}, the reference by {its[worst]:.6g}"
    if ratio := ratio_of(mine, its):
        return f"{as_number(ratio)} times as far as the reference: {numbers}"
    at = f"at {tuple(map(int, worst))} " if its.ndim else ""
    return f"{at}{numbers}" + (f" ({mine[worst] / its[worst]:.6g} times)" if its[worst] else "")
