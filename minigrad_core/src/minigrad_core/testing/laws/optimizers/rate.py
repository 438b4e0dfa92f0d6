"""The law `rate`: the learning rate and the settings are read at each step."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from ...finding import Finding, Findings, SubjectFailed
from ...global_state import is_same_value
from ...samples.optimizer_runs import MIDDLE, RATE, OptimizerRun, OptimizerRuns

# Settings that have to be refused, with code and fact of the finding.
MEANINGLESS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"lr": RATE, "no_such_setting": 1}, "swallows-settings", "an unknown setting is ignored in silence"),
    ({"lr": -RATE}, "accepts-negative-rate", "a negative learning rate is accepted: raise an InputError"),
)
# Numbers that are tried if those near the default have no effect: a cap or a threshold may lie far away.
DISTANT_NUMBERS = [1e-3, 0.9, 1e3]


def rate(optimizer: OptimizerRuns) -> Findings:
    """A rate of 0 changes nothing, one below 0 is refused; `lr` and all settings are read at each step.

    Settings are attributes, and a value that is assigned matters from the next step on. Settings that are
    read at construction only are declared: `initial = ("d0",)`. An unknown setting is refused.
    Faults: decay without the factor lr, a rate that is copied at construction, betas that are hard-coded,
    `**settings` that swallow a typo, a setter that resets the state.
    Fix: every term of the step has the factor lr; read `settings["lr"]` in `update`.
    """
    for settings, code, fact in MEANINGLESS:
        with suppress(SubjectFailed):
            optimizer.make(optimizer.default_run.make_params(), **settings)
            yield Finding(code, fact)
    for run in optimizer.runs:
        yield from _judge_zero_rate(optimizer, run)
        yield from _judge_assignment(optimizer, run)
    yield from _judge_effects(optimizer)


def _judge_zero_rate(optimizer: OptimizerRuns, run: OptimizerRun) -> Findings:
    """Yield a finding if a parameter moves at a rate of 0 by more than rounding, as in 0.9 p + 0.1 p."""
    params = run.make_params()
    still_run = replace(run, settings={**run.settings, "lr": 0.0}, assigned={})
    instance = optimizer.make(params, **still_run.settings)
    positions = optimizer.take_steps(instance, params, still_run, last=2)
    if divergence := run.find_divergence(positions, [[p.data for p in run.make_params()]] * 2):
        yield Finding("moves-at-zero", f"lr = 0 changes a parameter{divergence}")


def _judge_assignment(optimizer: OptimizerRuns, run: OptimizerRun) -> Findings:
    """Yield a finding if settings have another effect when they are assigned before each step."""
    initial = {name: v for name, v in run.settings.items() if name in optimizer.initial}
    assigned = {name: v for name, v in run.settings.items() if name not in initial}
    params = run.make_params()
    instance = optimizer.make(params, lr=3 * RATE, **initial)
    assigning_run = replace(run, assigned=dict.fromkeys((0, 1), assigned))
    positions = optimizer.take_steps(instance, params, assigning_run, last=2)
    if divergence := run.find_divergence(positions, optimizer.trajectory(run).positions):
        fact = f"settings that are assigned act otherwise than given{divergence}"
        yield Finding("setting-not-read", fact)


def _judge_effects(optimizer: OptimizerRuns) -> Findings:
    """Yield settings without effect.

    A number is assigned in mid-run; a flag, and a setting that is read at construction only, is given. Whole
    numbers are not judged: a period may be longer than any run.
    """
    for name, values in [("lr", [2 * RATE]), *optimizer.alternatives]:
        kind = type(values[0])
        if kind not in (float, tuple, bool):
            continue
        is_late = kind is not bool and name not in optimizer.initial
        proposals = [*values]
        if kind is float:
            proposals += DISTANT_NUMBERS
        elif kind is tuple:  # one number of the tuple differs from the default
            pairs = [*zip(values[0], optimizer.defaults[name], strict=True)]
            for number in DISTANT_NUMBERS:
                proposals.append(tuple(number if new != default else default for new, default in pairs))
        if not any(_has_effect(optimizer, {name: value}, late=is_late) for value in proposals):
            when = " assigned in mid-run" if is_late else ""
            fact = f"{name} is ignored: {values[0]!r}{when} changes nothing"
            yield Finding("setting-without-effect", f"{fact}; read it at each step, or say `initial`")


def _has_effect(optimizer: OptimizerRuns, change: dict[str, Any], *, late: bool) -> bool:
    """Return whether a setting changes the end of a run, from the start or from the middle; or is refused.

    The setting may matter only together with other settings, so the run with other settings counts, too.
    """
    others = {name: v for name, v in optimizer.combined_changes.settings.items() if name not in change}
    for run in (optimizer.default_run, replace(optimizer.combined_changes, settings=others)):
        changed = replace(run, assigned={MIDDLE: change}) if late else run.with_settings(change)
        try:
            end, changed_end = (optimizer.trajectory(r).positions[-1] for r in (run, changed))
            if not is_same_value(end, changed_end):
                return True
        except SubjectFailed:
            return True
    return False
