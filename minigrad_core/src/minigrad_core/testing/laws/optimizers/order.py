"""Each parameter moves as it would alone, whatever else is in the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ....contracts import Optimizer
from ...finding import Broken, Finding
from ...guarded import guarded
from ...samples.runs import RATE, parted
from .state import same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...samples.optimizer import OptimizerRuns
    from ...samples.runs import Places, Run


def order(optimizer: OptimizerRuns) -> Iterator[Finding]:
    """A parameter moves as it would alone, in any order and group, and rests where its gradient is None.

    None is no gradient of zero, which has momentum and decay: a step without a gradient is no step at all,
    for counts too. A group moves as an optimizer of its own with the settings that it overrides.
    Faults: a step count for all parameters, `for p, s in zip(those with a gradient, states)`, `return` at the
    first None, `self.lr` in `update`.
    Fix: one state for each parameter; `if p.grad is not None`; `settings` in `update` has the overrides.
    """
    groups = _takes_groups(optimizer)
    for run in optimizer.runs:
        for finding in (*_alone(optimizer, run), *(_grouped(optimizer, run) if groups else ())):
            yield finding
            return


def _alone(optimizer: OptimizerRuns, run: Run) -> Iterator[Finding]:
    """Each parameter in an optimizer of its own, which does not step where it has no gradient."""
    together = optimizer.trace(run).places
    for k, param in enumerate(run.params()):
        made, before = optimizer.make([param], **run.settings), param.data.copy()
        rested = ""
        for step in range(run.steps):
            optimizer.assign(made, run.assigned.get(step, {}))
            grad = run.grads(step)[k]
            if grad is None:
                rested = ", once its gradient was None"
                if not np.array_equal(together[step][k], before):
                    yield Finding(
                        "none-is-zero", f"a parameter whose gradient is None moves at step {step + 1}{run.told}"
                    )
                    return
                continue
            optimizer.step(made, [param], [grad])
            if parted([[param.data]], [[together[step][k]]], run.dtype):
                yield Finding(*_told(together, run, k, step, rested))
                return
            before = together[step][k]


def _told(together: Places, run: Run, k: int, step: int, rested: str) -> tuple[str, str]:
    shape, missing = run.shapes[k], any(g is None for g in run.grads(step))
    then = together[step - 1][k] if step else run.params()[k].data
    if missing and np.array_equal(together[step][k], then):
        return "stops-at-none", (
            f"a parameter of shape {shape} is not updated at step {step + 1}, where another one's gradient is "
            f"None{run.told}: skip that one only"
        )
    told = f"parameters together do not move as each alone: that of shape {shape} from step {step + 1} on"
    return "parameters-interfere", f"{told}{rested}{run.told}: is state, or a count, shared?"


def _takes_groups(optimizer: OptimizerRuns) -> bool:
    """Only what inherits from `Optimizer` owes groups; what else takes them has to do them right."""
    if isinstance(optimizer.cls, type) and issubclass(optimizer.cls, Optimizer):
        return True
    params = optimizer.plain.params()
    try:
        made = optimizer.make([{"params": params}], lr=RATE)
        optimizer.go(made, params, optimizer.plain, last=1)
    except Broken:
        return False
    starts = optimizer.plain.params()
    return not all(np.array_equal(p.data, q.data) for p, q in zip(params, starts, strict=True))


def _grouped(optimizer: OptimizerRuns, run: Run) -> Iterator[Finding]:
    """Two groups in reverse order: one with the settings of the run, the other with the defaults."""
    half = len(run.shapes) // 2
    first, second = (list(range(len(run.shapes)))[::-1][part] for part in (slice(half), slice(half, None)))
    base, mine, theirs = _divided(optimizer, run)
    params = run.params()
    entries = [
        {"params": [params[k] for k in which], **own} for which, own in ((first, mine), (second, theirs))
    ]
    made = optimizer.make(entries, **base)
    if mine and (finding := _restored(optimizer, run, made, base)):
        yield finding
        return
    places = optimizer.go(made, params, run, last=min(run.steps, 3))
    other = optimizer.short if mine != theirs else run
    for which, expected in ((first, optimizer.trace(run)), (second, optimizer.trace(other))):
        ours, alike = ([[now[k] for k in which] for now in run_] for run_ in (places, expected.places))
        if found := parted(ours, alike, run.dtype):
            step, k = found
            yield Finding(
                "groups-ignored",
                f"a group that overrides {', '.join(mine) or 'nothing'} does not move as an optimizer of its own: "
                f"shape {run.shapes[which[k]]}, from step {step + 1} on{run.told}",
            )
            return
    for p, g in zip(params, run.grads(0), strict=True):
        p.grad = g
    guarded("zero_grad", lambda: made.zero_grad())
    if any(p.grad is not None for p in params):
        yield Finding("grad-not-none", "after zero_grad the gradients of a group are not None")


def _divided(optimizer: OptimizerRuns, run: Run) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return what all of the optimizer is given, and what either group overrides."""
    if run.assigned or optimizer.initial & run.settings.keys():  # an override hides what is assigned
        return run.settings, {}, {}
    base = {"lr": 2 * RATE}
    return base, run.settings, optimizer.short.settings if run in optimizer.alone else run.settings


def _restored(optimizer: OptimizerRuns, run: Run, made: Any, base: dict[str, Any]) -> Finding | None:
    """Overrides that are in the exported state come back with it."""
    params = run.params()
    half = len(params) // 2
    entries = [{"params": params[::-1][:half], **base}, {"params": params[::-1][half:], **base}]
    other, saved = optimizer.make(entries, **base), guarded("state_dict", lambda: made.state_dict())
    guarded("load_state_dict", lambda: other.load_state_dict(saved))
    if same(guarded("state_dict", lambda: other.state_dict()), saved):
        return None
    return Finding("state-lost", "what a group overrides is in the exported state, but loading does not restore it")
