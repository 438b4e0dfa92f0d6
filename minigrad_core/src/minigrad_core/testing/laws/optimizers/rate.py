"""The law `rate`: a step reads its rate and its settings."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ...finding import Finding, Findings, Law, SubjectFailed, apply_judge
from ...samples.optimizer_run import OptimizerRun, Positions, compare
from ...samples.optimizer_runs import OptimizerRuns
from .reference import follow_reference

# Numbers that are tried if those near the default have no effect: a cap or a threshold may lie far away.
DISTANT_NUMBERS: list[Any] = [1e-3, 0.9, 1e3]


def rate(optimizer: OptimizerRuns) -> Findings:
    """A rate of 0 changes nothing, one below 0 is refused; `lr` and all settings are read at each step.

    Settings are attributes, and a value that is assigned matters from the next step on. Settings that are
    read at construction only are declared: `initial = ("d0",)`. An unknown setting is refused.
    Faults: decay without the factor lr, a rate that is copied at construction, betas that are hard-coded,
    `**settings` that swallow a typo, a setter that resets the state.
    Fix: every term of the step has the factor lr; read `settings["lr"]` in `update`.
    """
    yield from apply_judge(judge_refusals, optimizer.default_run)
    for run in optimizer.runs:
        yield from apply_judge(judge_zero_rate, run)
        yield from apply_judge(judge_assignment, run)
    yield from _judge_effects(optimizer)


def judge_refusals(run: OptimizerRun) -> Findings:
    """Yield settings that have to be refused."""
    with suppress(SubjectFailed):
        run.make(run.make_params(), **run.settings, no_such_setting=1)
        yield Finding("swallows-settings", "an unknown setting is ignored silently")
    with suppress(SubjectFailed):
        run.make(run.make_params(), lr=-run.settings["lr"])
        yield Finding("accepts-negative-rate", "a negative learning rate is accepted: raise an InputError")


def judge_zero_rate(run: OptimizerRun) -> Findings:
    """Yield that two steps with a rate of 0 move a parameter by more than rounding, as in 0.9 p + 0.1 p."""
    still_run = replace(run, settings={**run.settings, "lr": 0.0}, assigned={}, gradients=run.gradients[:2])
    expected, fact = [run.starts, run.starts], "lr = 0 changes a parameter"
    yield from compare(run, still_run.positions, expected, "moves-at-zero", fact)


def judge_assignment(run: OptimizerRun) -> Findings:
    """Yield that settings that are assigned before each step act otherwise than those that are given."""
    initial = getattr(run.cls, "initial", ())
    given = {name: value for name, value in run.settings.items() if name in initial}
    assigned = {name: value for name, value in run.settings.items() if name not in initial}
    settings, assignments = {**given, "lr": 3 * run.settings["lr"]}, {0: assigned, 1: assigned}
    assigning_run = replace(run, settings=settings, assigned=assignments, gradients=run.gradients[:2])
    fact = "settings that are assigned act otherwise than given"
    yield from compare(run, assigning_run.positions, run.positions, "setting-not-read", fact)


def _judge_effects(optimizer: OptimizerRuns) -> Findings:
    """Yield settings without effect.

    A number is assigned in mid-run; a flag, and a setting that is read at construction only, is given. Whole
    numbers are not judged: a period may be longer than any run.
    """
    run, combined_run = optimizer.default_run, optimizer.combined_changes
    rates = ("lr", [2 * run.settings["lr"]])
    for name, values in [rates, *optimizer.alternatives]:
        if type(values[0]) not in (float, tuple, bool):
            continue
        changes = [{name: value} for value in _propose_distant(values, optimizer.defaults.get(name))]
        # The setting may matter only together with other settings.
        others = {n: v for n, v in combined_run.settings.items() if n != name}
        runs = (run, replace(combined_run, settings=others))
        if all(any(judge_effect(each, changes)) for each in runs):
            # The runs may not reach the setting: then it changes nothing in the reference either.
            follow = partial(follow_reference, optimizer)
            changed_runs = [change_setting(run, change) for change in changes]
            is_judged = optimizer.reference is not None and not optimizer.coupled
            if not is_judged or any(has_other_end(follow(run), follow(other)) for other in changed_runs):
                yield from apply_judge(judge_effect, run, changes=changes)


def _propose_distant(values: Sequence[Any], default: Any) -> list[Any]:
    """Return values of a setting, and distant ones: numbers, or tuples in which one number is distant."""
    distant = DISTANT_NUMBERS if type(values[0]) is float else []
    if type(values[0]) is tuple:
        pairs = [*zip(values[0], default, strict=True)]
        distant = [tuple(far if new != usual else usual for new, usual in pairs) for far in DISTANT_NUMBERS]
    return [*values, *distant]


def judge_effect(run: OptimizerRun, changes: Sequence[dict[str, Any]]) -> Findings:
    """Yield that no change of a setting changes the end of the run, or is refused."""
    for change in changes:
        try:
            if has_other_end(run.positions, change_setting(run, change).positions):
                return
        except SubjectFailed:
            return
    ((name, value),) = changes[0].items()
    fact = f"{name} is ignored: {value!r} changes nothing; read it at each step, or say `initial`"
    yield Finding("setting-without-effect", fact)


def change_setting(run: OptimizerRun, change: dict[str, Any]) -> OptimizerRun:
    """Return the run with a setting that is assigned in mid-run, or given if no step reads it: a flag too."""
    ((name, value),) = change.items()
    if isinstance(value, bool) or name in getattr(run.cls, "initial", ()):
        return replace(run, settings={**run.settings, name: value})
    return replace(run, assigned={len(run.gradients) // 2: change})


def has_other_end(positions: Positions, others: Positions) -> bool:
    """Return whether parameters differ after the last step."""
    return not all(np.array_equal(x, y) for x, y in zip(positions[-1], others[-1], strict=True))


LAW = Law("rate", rate, after=("in_place",))
