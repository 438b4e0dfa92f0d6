"""Every step is that of the rule that the author gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...finding import DoesNotApply, Finding
from ...guarded import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ...samples.optimizer import OptimizerRuns
    from ...samples.runs import Places, Run

WITHIN = 1e-7  # of a value's own move; far below what a slip changes
ROUNDING = 1e-12  # of the largest move of a parameter, for what mixes its values
NUDGE = 4 * float(np.finfo(np.float64).eps)
NOISE = 100.0


def reference(optimizer: OptimizerRuns) -> Iterator[Finding]:
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
        if run.dtype == np.float64 and (finding := _compared(optimizer, run)):
            yield finding
            return


def _compared(optimizer: OptimizerRuns, run: Run) -> Finding | None:
    places = optimizer.trace(run).places
    expected = _followed(optimizer, run, 0.0)
    noise: Places | None = None
    for step, (now, then) in enumerate(zip(places, expected, strict=True)):
        for k, (mine, its) in enumerate(zip(now, then, strict=True)):
            start = run.params()[k].data
            allowed = _allowed(its, start, [e[k] for e in expected[: step + 1]])
            if its.shape == mine.shape and np.all(np.abs(mine - its) <= allowed):
                continue
            # Only now, since it costs as much again: how far does rounding carry this rule?
            noise = noise or _followed(optimizer, run, NUDGE)
            if its.shape == mine.shape and np.all(np.abs(mine - its) <= NOISE * np.abs(noise[step][k] - its)):
                continue
            before, its_before = (places[step - 1][k], expected[step - 1][k]) if step else (start, start)
            return Finding("another-rule", _told(run, step, k, mine - before, its - its_before))
    return None


def _allowed(its: NDArray[Any], start: NDArray[Any], path: list[NDArray[Any]]) -> NDArray[Any]:
    """Return what rounding may do: a share of each value's own way, and of the largest one."""
    way = np.zeros_like(start)
    for before, after in zip([start, *path], path, strict=False):
        way += np.abs(after - before)
    digits = 16 * np.finfo(np.float64).eps * np.maximum(np.abs(its), np.abs(start))
    return np.asarray(WITHIN * way + ROUNDING * way.max(initial=0.0) + digits)


def _followed(optimizer: OptimizerRuns, run: Run, nudge: float) -> Places:
    """Return where the reference goes, with gradients that are moved by a few last digits."""
    rule = optimizer.reference
    assert rule is not None
    places, now = [], [p.data for p in run.params()]
    states: list[dict[str, Any]] = [{} for _ in now]
    for step in range(run.steps):
        settings = run.settings_at(step, optimizer.defaults)
        for k, grad in enumerate(run.grads(step)):
            if grad is not None:
                given = now[k].copy(), grad * (1 + nudge), states[k], settings
                now[k] = guarded("the reference", lambda given=given: np.array(rule(*given), np.float64))
        places.append(list(now))
    return places


def _told(run: Run, step: int, k: int, mine: NDArray[Any], its: NDArray[Any]) -> str:
    where = f"at step {step + 1}{run.told or ' with the defaults'} a parameter of shape {run.shapes[k]}"
    if mine.shape != its.shape:
        return f"{where} has another shape in the reference: {its.shape}"
    worst = np.unravel_index(int(np.argmax(np.abs(mine - its) / (np.abs(its) + 1e-300))), its.shape)
    at = f"at {tuple(map(int, worst))} " if its.ndim else ""
    numbers = f"by {mine[worst]:.6g}, the reference by {its[worst]:.6g}"
    if not its[worst]:
        return f"{where} moves {at}{numbers}"
    ratio = mine[worst] / its[worst]
    same = np.allclose(mine, ratio * its, rtol=1e-4, atol=1e-12 * float(np.abs(mine).max()))
    if same and its.size > 1:
        at = "everywhere "
    return f"{where} moves {at}{ratio:.6g} times as far as the reference: {numbers}"
