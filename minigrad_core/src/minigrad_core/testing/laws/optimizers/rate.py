"""The learning rate and the settings are read at each step."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from ...finding import Finding, Findings, SubjectFailed
from ...global_state import is_same_value
from ...samples.optimizer_runs import MIDDLE, RATE, OptimizerRun, OptimizerRuns

MEANINGLESS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"lr": RATE, "no_such_setting": 1}, "swallows-settings", "an unknown setting is ignored in silence"),
    ({"lr": -RATE}, "accepts-negative-rate", "a negative learning rate is accepted: raise an InputError"),
)
WIDER = [1e-3, 0.9, 1e3]  # a cap or a threshold may lie far from its default


def rate(optimizer: OptimizerRuns) -> Findings:
    """A rate of 0 changes nothing, one below 0 is refused; `lr` and all settings are read at each step.

    They are attributes, and what is assigned matters from there on. What is read at construction only is
    declared: `initial = ("d0",)`. A setting that nobody knows is refused.
    Faults: decay without the factor lr, a rate that is copied at construction, betas that are hard-coded,
    `**settings` that swallow a typo, a setter that resets the state.
    Fix: every term of the step has the factor lr; read `settings["lr"]` in `update`.
    """
    for settings, code, fact in MEANINGLESS:
        with suppress(SubjectFailed):  # it is refused
            optimizer.make(optimizer.default_run.params(), **settings)
            yield Finding(code, fact)
    for run in optimizer.runs:
        yield from _judge_zero_rate(optimizer, run)
        yield from _judge_assigned(optimizer, run)
    yield from _judge_effects(optimizer)


def _judge_zero_rate(optimizer: OptimizerRuns, run: OptimizerRun) -> Findings:
    params, still = run.params(), replace(run, settings={**run.settings, "lr": 0.0}, assigned={})
    positions = optimizer.take_steps(optimizer.make(params, **still.settings), params, still, last=2)
    # To the last digit only: 0.9 p + 0.1 p is p, and no more exact.
    if where := run.find_divergence(positions, [[p.data for p in run.params()]] * 2):
        yield Finding("moves-at-zero", f"lr = 0 changes a parameter{where}")


def _judge_assigned(optimizer: OptimizerRuns, run: OptimizerRun) -> Findings:
    """Settings that are assigned before each step, the same each time, in the place of being given."""
    given = {k: v for k, v in run.settings.items() if k in optimizer.initial}
    assigned = {k: v for k, v in run.settings.items() if k not in given}
    params = run.params()
    made = optimizer.make(params, lr=3 * RATE, **given)
    positions = optimizer.take_steps(
        made, params, replace(run, assigned=dict.fromkeys((0, 1), assigned)), last=2
    )
    if where := run.find_divergence(positions, optimizer.trajectory(run).positions):
        yield Finding("setting-not-read", f"settings that are assigned act otherwise than given{where}")


def _judge_effects(optimizer: OptimizerRuns) -> Findings:
    """A number that is assigned in mid-run changes what follows; a flag, or what is initial, all of it."""
    for name, values in [("lr", [2 * RATE]), *optimizer.alternatives]:
        kind = type(values[0])
        late = kind in (float, tuple) and name not in optimizer.initial
        if kind is tuple:  # of which one part is another one
            parts = [*zip(values[0], optimizer.defaults[name], strict=True)]
            values = [*values, *(tuple([w if new != old else old for new, old in parts]) for w in WIDER)]
        changes = [{name: v} for v in [*values, *(WIDER if kind is float else ())]]
        # A count, such as a period, may be longer than any run.
        if kind in (float, tuple, bool) and not any(_has_effect(optimizer, c, late=late) for c in changes):
            fact = f"{name} is ignored: {values[0]!r}{' assigned in mid-run' if late else ''} changes nothing"
            yield Finding("setting-without-effect", f"{fact}; read it at each step, or say `initial`")


def _has_effect(optimizer: OptimizerRuns, change: dict[str, Any], *, late: bool) -> bool:
    """Whether a setting changes a run, from the start or from the middle; or is refused."""
    beside = {k: v for k, v in optimizer.all_changed.settings.items() if k not in change}
    for base in (optimizer.default_run, replace(optimizer.all_changed, settings=beside)):
        other = replace(base, assigned={MIDDLE: change}) if late else base.with_settings(change)
        try:
            if not is_same_value(
                optimizer.trajectory(base).positions[-1], optimizer.trajectory(other).positions[-1]
            ):
                return True
        except SubjectFailed:
            return True
    return False
