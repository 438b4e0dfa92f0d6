"""The learning rate and the settings are read at each step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...finding import Broken, Finding
from ...samples.modes import others, settings_of
from ...samples.optimizer import changed
from ...samples.runs import RATE, parted
from .. import first
from .state import arrays, same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...samples.optimizer import OptimizerRuns


@first
def rate(optimizer: OptimizerRuns) -> Iterator[Finding]:
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


def _refused(optimizer: OptimizerRuns) -> Iterator[Finding]:
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


def _zero(optimizer: OptimizerRuns) -> Iterator[Finding]:
    for run in optimizer.runs:
        params, still = run.params(), replace(run, settings={**run.settings, "lr": 0.0}, assigned={})
        if refusal := _refuses(optimizer, **still.settings):
            yield Finding("refuses-zero-rate", f"lr = 0 must change nothing, and is refused: {refusal.fact}")
            return
        places = optimizer.go(optimizer.make(params, **still.settings), params, still, last=2)
        # To the last digit only: 0.9 p + 0.1 p is p, and no more exact.
        if found := parted(places, [[p.data for p in run.params()]] * 2, run.dtype):
            yield Finding("moves-at-zero", f"lr = 0 changes shape {run.shapes[found[1]]}{run.told}")


def _assigned(optimizer: OptimizerRuns) -> Iterator[Finding]:
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
            fact = f"settings that are assigned before each step act otherwise{told}, from step {found[0] + 1}"
            yield Finding("setting-not-read", f"{fact} on: are they read at each step?")


def _midway(optimizer: OptimizerRuns) -> Iterator[Finding]:
    """What matters from the start matters when it is assigned in mid-run; not so flags, counts and lengths."""
    plain = optimizer.short
    unchanged = optimizer.trace(plain).places[-1]
    for run in (changed(plain, {"lr": 2 * RATE}), *optimizer.alone):
        late = {k: v for k, v in run.settings.items() if type(v) in (float, tuple)}
        late = {k: v for k, v in late.items() if k not in optimizer.initial and plain.settings.get(k) != v}
        if not late or not parted(optimizer.trace(run).places[-1:], [unchanged]):
            continue
        places = optimizer.trace(replace(plain, assigned={plain.middle: late})).places[-1]
        if all(map(np.array_equal, places, unchanged)):
            fact = f"{next(iter(late))} that is assigned in mid-run has no effect: read it at each step, or "
            yield Finding("setting-not-read", fact + "declare it in `initial`")


def _effects(optimizer: OptimizerRuns) -> Iterator[Finding]:
    """Another value of a number or a flag is another run, alone or beside all others; a reference says more."""
    for name, parameter in settings_of(optimizer.cls, "lr").items() if not optimizer.reference else ():
        for values in others(parameter) if isinstance(parameter.default, float | bool | tuple) else ():
            wider = [1e-3, 0.9, 1e3] if isinstance(parameter.default, float) else []
            if not any(_matters(optimizer, {name: value}) for value in (*values, *wider)):
                yield Finding("setting-without-effect", f"{name} is ignored: {values[0]!r} changes nothing")


def _matters(optimizer: OptimizerRuns, candidate: dict[str, Any]) -> bool:
    """Whether a setting changes a run, or its state, or is refused."""
    short = optimizer.short
    for base in (short, replace(optimizer.together, shapes=short.shapes, steps=short.steps)):
        try:
            one, two = (optimizer.trace(run) for run in (base, changed(base, candidate)))
        except Broken:
            return True
        if parted(one.places, two.places) or not same([*arrays(one.state)], [*arrays(two.state)]):
            return True
    return False
