"""The learning rate and the settings are read at each step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...finding import Broken, Finding
from ...samples.modes import others, settings_of
from ...samples.optimizer import changed
from ...samples.runs import RATE, parted
from .state import arrays, same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...samples.optimizer import OptimizerRuns
    from ...samples.parameters import PLAIN
from ...samples.runs import FEW, Run


def rate(optimizer: OptimizerRuns) -> Iterator[Finding]:
    """A rate of 0 changes nothing, one below 0 is refused; `lr` and all settings are read at each step.

    They are attributes: assigned before the first step they do what the constructor does with them, assigned
    in mid-run they matter from there on. What can be read at construction only is declared:
    `initial = ("d0",)`. A setting that nobody knows is refused.
    Faults: decay without the factor lr, a rate that is copied at construction, betas that are hard-coded, `**settings` that swallow a
    typo, a setter that resets the state.
    Fix: every term of the step has the factor lr; read `settings["lr"]` in `update`.
    """
    for law in (_refused, _zero, _assigned, _midway, _effects):
        for finding in law(optimizer):
            yield finding
            return


def _refused(optimizer: OptimizerRuns) -> Iterator[Finding]:
    params = optimizer.plain.params()
    try:
        optimizer.make(params, lr=RATE, no_such_setting=1)
    except Broken:
        pass
    else:
        yield Finding("swallows-settings", "an unknown setting is ignored in silence: name the settings")
    try:
        optimizer.make(params, lr=-RATE)
    except Broken as broken:
        if not isinstance(broken.cause, ValueError):
            yield Finding("wrong-error", f"lr < 0: expected a ValueError, {broken.fact}")
            return
    else:
        yield Finding("accepts-negative-rate", "a negative learning rate is accepted: raise an InputError")
        return
    made = optimizer.make(params, lr=RATE)
    if not hasattr(type(made), "lr"):
        return  # a plain attribute: no code of the optimizer sees what is assigned
    try:
        made.lr = -RATE
        optimizer.step(made, params, optimizer.plain.grads(1))
    except (Broken, Exception):
        return
    yield Finding("accepts-negative-rate", "a negative rate is refused at first, and accepted when assigned")


def _zero(optimizer: OptimizerRuns) -> Iterator[Finding]:
    for run in optimizer.runs:
        params, starts = run.params(), run.params()
        still = replace(run, settings={**run.settings, "lr": 0.0}, assigned={})
        try:
            made = optimizer.make(params, **still.settings)
        except Broken as broken:
            yield Finding("refuses-zero-rate", f"lr = 0 is refused, and must change nothing: {broken.fact}")
            return
        places = optimizer.go(made, params, still, last=2)
        # To the last digit only: 0.9 p + 0.1 p is p, and no more exact.
        if found := parted(places, [[p.data for p in starts]] * 2, run.dtype):
            yield Finding(
                "moves-at-zero", f"lr = 0 changes a parameter of shape {run.shapes[found[1]]}{run.told}"
            )
            return


def _assigned(optimizer: OptimizerRuns) -> Iterator[Finding]:
    """Settings that are assigned before each step, the same each time, in the place of being given."""
    for run in optimizer.runs:
        given = {k: v for k, v in run.settings.items() if k in optimizer.initial}
        assigned = {k: v for k, v in run.settings.items() if k not in given}
        params = run.params()
        made = optimizer.make(params, lr=3 * RATE, **given)
        if unread := [name for name in assigned if not hasattr(made, name)]:
            yield Finding("setting-not-assignable", f"{unread[0]} is no attribute: it cannot be assigned")
            return
        before = {0: assigned, 1: assigned}
        places = optimizer.go(made, params, replace(run, assigned=before), last=2)
        if found := parted(places, optimizer.trace(run).places, run.dtype):
            yield Finding(
                "setting-not-read",
                f"settings that are assigned before each step have another effect{run.told or f' with lr={RATE}'}, "
                f"from step {found[0] + 1} on: are they read at each step?",
            )
            return


def _midway(optimizer: OptimizerRuns) -> Iterator[Finding]:
    """What matters from the start matters when it is assigned in mid-run; not so flags, counts and lengths."""
    plain = optimizer.short
    unchanged = optimizer.trace(plain).places[-1]
    faster = replace(plain, settings={"lr": 2 * RATE}, told=f" with lr={2 * RATE}")
    for run in (faster, *optimizer.alone):
        late = {
            k: v
            for k, v in run.settings.items()
            if k not in optimizer.initial and type(v) in (float, tuple) and plain.settings.get(k) != v
        }
        if not late or not parted(optimizer.trace(run).places[-1:], [unchanged]):
            continue
        params = run.params()
        midway = replace(plain, assigned={plain.middle: late})
        places = optimizer.go(optimizer.make(params, **midway.settings), params, midway)
        if all(np.array_equal(x, y) for x, y in zip(places[-1], unchanged, strict=True)):
            yield Finding(
                "setting-not-read",
                f"{next(iter(late))} that is assigned in mid-run has no effect: read it at each step, or "
                "declare it in `initial`",
            )
            return


def _effects(optimizer: OptimizerRuns) -> Iterator[Finding]:
    """Another value of a number or a flag is another run, alone or beside all others; a reference says more."""
    if optimizer.reference is not None:
        return
    for name, parameter in settings_of(optimizer.cls, "lr").items():
        for values in others(parameter) if isinstance(parameter.default, float | bool | tuple) else ():
            wider = [1e-3, 0.9, 1e3] if isinstance(parameter.default, float) else []
            if not any(_matters(optimizer, {name: value}) for value in (*values, *wider)):
                yield Finding("setting-without-effect", f"{name} is ignored: {values[0]!r} changes nothing")
                return


def _matters(optimizer: OptimizerRuns, candidate: dict[str, Any]) -> bool:
    """Whether a setting changes a run, or its state, or is refused."""
    for base in (optimizer.short, replace(optimizer.together, shapes=optimizer.short.shapes, steps=optimizer.short.steps)):
        try:
            one, two = (optimizer.trace(run) for run in (base, changed(base, candidate)))
        except Broken:
            return True
        if parted(one.places, two.places) or not same([*arrays(one.state)], [*arrays(two.state)]):
            return True
    return False
