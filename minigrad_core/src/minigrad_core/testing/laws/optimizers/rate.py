"""The learning rate and the settings are read at each step."""

from dataclasses import replace
from typing import Any

import numpy as np

from ...finding import Broken, Finding, Findings
from ...samples.run import RATE, changed
from ...samples.runs import OptimizerRuns, parted
from .state import arrays, same


def rate(optimizer: OptimizerRuns) -> Findings:
    """A rate of 0 changes nothing, one below 0 is refused; `lr` and all settings are read at each step.

    They are attributes: assigned before the first step they do what the constructor does with them, assigned
    in mid-run they matter from there on. What can be read at construction only is declared:
    `initial = ("d0",)`. A setting that nobody knows is refused.
    Faults: decay without the factor lr, a rate that is copied at construction, betas that are hard-coded,
    `**settings` that swallow a typo, a setter that resets the state.
    Fix: every term of the step has the factor lr; read `settings["lr"]` in `update`.
    """
    for law in (_refused, _zero, _assigned, _midway, _effects):
        yield from law(optimizer)


def _refused(optimizer: OptimizerRuns) -> Findings:
    params = optimizer.plain.params()
    if not _refuses(optimizer, no_such_setting=1):
        yield Finding("swallows-settings", "an unknown setting is ignored in silence: name the settings")
    refusal = _refuses(optimizer, lr=-RATE)
    if refusal is None:
        yield Finding("accepts-negative-rate", "a negative learning rate is accepted: raise an InputError")
    elif not isinstance(refusal.cause, ValueError):
        yield Finding("wrong-error", f"lr < 0: expected a ValueError, {refusal.fact}")
    made = optimizer.make(params, lr=RATE)
    if hasattr(type(made), "lr"):  # else a plain attribute: no code of the optimizer sees what is assigned
        try:
            made.lr = -RATE
            optimizer.step(made, params, optimizer.plain.grads(1))
        except (Broken, Exception):
            return
        yield Finding("accepts-negative-rate", "a negative rate is refused at first, accepted when assigned")


def _refuses(optimizer: OptimizerRuns, **settings: Any) -> Broken | None:
    try:
        optimizer.make(optimizer.plain.params(), **{"lr": RATE, **settings})
    except Broken as broken:
        return broken
    return None


def _zero(optimizer: OptimizerRuns) -> Findings:
    for run in optimizer.runs:
        params, still = run.params(), replace(run, settings={**run.settings, "lr": 0.0}, assigned={})
        if refusal := _refuses(optimizer, **still.settings):
            yield Finding("refuses-zero-rate", f"lr = 0 must change nothing, and is refused: {refusal.fact}")
            return
        places = optimizer.go(optimizer.make(params, **still.settings), params, still, last=2)
        # To the last digit only: 0.9 p + 0.1 p is p, and no more exact.
        if found := parted(places, [[p.data for p in run.params()]] * 2, run.dtype):
            yield Finding("moves-at-zero", f"lr = 0 changes shape {run.shapes[found[1]]}{run.told}")


def _assigned(optimizer: OptimizerRuns) -> Findings:
    """Settings that are assigned before each step, the same each time, in the place of being given."""
    for run in optimizer.runs:
        given = {k: v for k, v in run.settings.items() if k in optimizer.initial}
        assigned = {k: v for k, v in run.settings.items() if k not in given}
        params, told = run.params(), run.told or f" with lr={RATE}"
        made = optimizer.make(params, lr=3 * RATE, **given)
        if unread := [name for name in assigned if not hasattr(made, name)]:
            yield Finding("setting-not-assignable", f"{unread[0]} is no attribute: it cannot be assigned")
        places = optimizer.go(made, params, replace(run, assigned=dict.fromkeys((0, 1), assigned)), last=2)
        if found := parted(places, optimizer.trace(run).places, run.dtype):
            fact = (
                f"settings that are assigned before each step act otherwise{told}, from step {found[0] + 1}"
            )
            yield Finding("setting-not-read", f"{fact} on: are they read at each step?")


def _midway(optimizer: OptimizerRuns) -> Findings:
    """What matters from the start matters when it is assigned in mid-run; flags and counts are not asked."""
    for name, parts in {"lr": [[2 * RATE]], **optimizer.others}.items():
        changes = [{name: value} for part in parts for value in part if type(value) in (float, tuple)]
        if not changes or name in optimizer.initial:
            continue
        if not any(_matters(optimizer, change, late=True) for change in changes) and any(
            _matters(optimizer, change) for change in changes
        ):
            fact = f"{name} that is assigned in mid-run has no effect: read it at each step, or declare it in"
            yield Finding("setting-not-read", f"{fact} `initial`")


def _effects(optimizer: OptimizerRuns) -> Findings:
    """Another value of a number or a flag is another run; not asked where a reference says more."""
    for name, parts in optimizer.others.items() if not optimizer.reference else ():
        for values in parts if isinstance(optimizer.defaults[name], float | bool | tuple) else ():
            wider = [1e-3, 0.9, 1e3] if isinstance(values[0], float) else []
            if not any(_matters(optimizer, {name: value}) for value in (*values, *wider)):
                yield Finding("setting-without-effect", f"{name} is ignored: {values[0]!r} changes nothing")


def _matters(optimizer: OptimizerRuns, change: dict[str, Any], *, late: bool = False) -> bool:
    """Whether a setting changes a run, or its state, from the start or from the middle; or is refused."""
    (name,) = change
    beside = {k: v for k, v in optimizer.together.settings.items() if k != name}
    for base in (optimizer.short, optimizer.long, replace(optimizer.together, settings=beside)):
        other = replace(base, assigned={base.middle: change}) if late else changed(base, change)
        try:
            one, two = (optimizer.trace(run) for run in (base, other))
        except Broken:
            return True
        moved = any(not np.array_equal(x, y) for x, y in zip(one.places[-1], two.places[-1], strict=True))
        # From the middle state may differ in what the setting is, and nothing else.
        if moved or not (late or same([*arrays(one.state)], [*arrays(two.state)])):
            return True
    return False
