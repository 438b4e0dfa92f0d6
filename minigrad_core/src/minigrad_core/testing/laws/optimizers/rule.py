"""The laws `rate` and `reference`: a step reads its rate and settings, and follows the author's rule."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ...finding import DoesNotApply, Finding, Findings, SubjectFailed, guard
from ...global_state import is_same_value
from ...samples.optimizer_runs import MIDDLE, RATE, OptimizerRun, OptimizerRuns, Positions

# Settings that have to be refused, with code and fact of the finding.
MEANINGLESS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"lr": RATE, "no_such_setting": 1}, "swallows-settings", "an unknown setting is ignored silently"),
    ({"lr": -RATE}, "accepts-negative-rate", "a negative learning rate is accepted: raise an InputError"),
)
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
    for settings, code, fact in MEANINGLESS:
        with suppress(SubjectFailed):
            optimizer.make(optimizer.default_run.make_params(), **settings)
            yield Finding(code, fact, run=optimizer.default_run, values={"new_settings": settings})
    for run in optimizer.runs:
        still_run = replace(run, settings={**run.settings, "lr": 0.0}, assigned={})
        start = [p.data for p in run.make_params()]
        positions = optimizer.replay(still_run, last=2)  # rounding may move a parameter, as in 0.9 p + 0.1 p
        yield from run.compare(positions, [start, start], "moves-at-zero", "lr = 0 changes a parameter")
        # Settings that are assigned before each step have the effect of those that are given.
        initial = {name: v for name, v in run.settings.items() if name in optimizer.initial}
        assigned = {name: v for name, v in run.settings.items() if name not in initial}
        assigning_run = replace(run, assigned=dict.fromkeys((0, 1), assigned))
        new_settings = {"lr": 3 * RATE, **initial}
        positions = optimizer.replay(assigning_run, last=2, **new_settings)
        fact = "settings that are assigned act otherwise than given"
        expected, values = (
            optimizer.trajectory(run).positions,
            {"new_settings": new_settings, "given": assigned},
        )
        yield from run.compare(positions, expected, "setting-not-read", fact, **values)
    yield from _judge_effects(optimizer)


def _judge_effects(optimizer: OptimizerRuns) -> Findings:
    """Yield settings without effect.

    A number is assigned in mid-run; a flag, and a setting that is read at construction only, is given. Whole
    numbers are not judged: a period may be longer than any run.
    """

    def follow_own(run: OptimizerRun) -> Positions:
        return optimizer.trajectory(run).positions

    for name, values in [("lr", [2 * RATE]), *optimizer.alternatives]:
        if type(values[0]) not in (float, tuple, bool):
            continue
        late = type(values[0]) is not bool and name not in optimizer.initial
        has_effect = partial(_has_effect, late=late)
        changes = [{name: value} for value in _propose_distant(values, optimizer.defaults.get(name))]
        # The setting may matter only together with other settings.
        others = {n: v for n, v in optimizer.combined_changes.settings.items() if n != name}
        runs = (optimizer.default_run, replace(optimizer.combined_changes, settings=others))
        if any(has_effect(follow_own, run, change) for change in changes for run in runs):
            continue
        # The runs may not reach the setting: then it changes nothing in the reference either.
        follow = partial(_follow_reference, optimizer)
        is_judged = optimizer.reference is not None and not optimizer.coupled
        if not is_judged or any(has_effect(follow, optimizer.default_run, change) for change in changes):
            fact = f"{name} is ignored: {values[0]!r} changes nothing"
            fact += "; read it at each step, or say `initial`"
            shown = {"changes": changes, "late": late}
            yield Finding("setting-without-effect", fact, run=optimizer.default_run, values=shown)


def _propose_distant(values: Sequence[Any], default: Any) -> list[Any]:
    """Return values of a setting, and distant ones: numbers, or tuples in which one number is distant."""
    distant = DISTANT_NUMBERS if type(values[0]) is float else []
    if type(values[0]) is tuple:
        pairs = [*zip(values[0], default, strict=True)]
        distant = [tuple(far if new != usual else usual for new, usual in pairs) for far in DISTANT_NUMBERS]
    return [*values, *distant]


def _has_effect(
    follow: Callable[[OptimizerRun], Positions], run: OptimizerRun, change: dict[str, Any], *, late: bool
) -> bool:
    """Return whether a setting changes the end of a run, from the start or from the middle; or is refused.

    follow: returns the positions of a run.
    """
    changed = replace(run, assigned={MIDDLE: change}) if late else run.with_settings(change)
    try:
        return not is_same_value(follow(run)[-1], follow(changed)[-1])
    except SubjectFailed:
        return True


EPS = float(np.finfo(np.float64).eps)
RELATIVE = 1e-7  # of the distance that a value has moved: far below the effect of a fault
MIXING = 1e-12  # of the longest distance, for rules that mix values
LAST_DIGITS = 16 * EPS  # of a value
NUDGE = 4 * EPS  # the relative change of gradients that measures the rounding of the rule
NUDGE_FACTOR = 100.0  # tolerance, as a multiple of the effect of nudged gradients


def reference(optimizer: OptimizerRuns) -> Findings:
    """Each step is that of `reference(data, grad, state, settings) -> new data`, under every setting.

    The reference is the rule as in the paper, slow and obvious, with a state for each parameter that starts
    empty: a function of `minigrad_core.testing.references`, or the author's own.
    Faults: any deviation from the rule, such as a bias correction that is one step late, or an epsilon inside
    of the root.
    Fix: the message names the first step and setting at which both differ. If the reference is wrong, mend
    it.
    """
    if optimizer.reference is None:
        raise DoesNotApply("no reference is given: reference = rule, or check_optimizer(cls, reference=rule)")
    if optimizer.coupled:
        raise DoesNotApply(f"the reference sees one parameter, and these are coupled: {optimizer.coupled}")
    for run in optimizer.runs:
        if run.dtype == np.float64:
            yield from _compare_run(optimizer, run)


def _compare_run(optimizer: OptimizerRuns, run: OptimizerRun) -> Findings:
    """Yield the first step at which a run differs from the reference by more than rounding.

    The tolerance is the sum of four terms: a share of the distance that the value has moved so far, a much
    smaller share of the longest distance of all values, the last digits of the value, and a multiple of the
    effect that nudged gradients have on the reference.
    """
    start = [p.data for p in run.make_params()]
    expected_positions = _follow_reference(optimizer, run)
    nudged_positions = _follow_reference(optimizer, replace(run, nudge=NUDGE))
    if any(y.shape != x.shape for x, y in zip(start, expected_positions[-1], strict=True)):
        yield Finding("another-shape", "the reference returns another shape than that of the parameter")
    actual, expected, nudged = (
        np.array([np.concatenate([x.ravel() for x in arrays]) for arrays in [start, *positions]])
        for positions in (optimizer.trajectory(run).positions, expected_positions, nudged_positions)
    )
    distance = np.cumsum(np.abs(np.diff(expected, axis=0)), axis=0)
    longest = distance.max(axis=1, keepdims=True)
    size = np.maximum(np.abs(expected[1:]), np.abs(expected[0]))
    tolerance = RELATIVE * distance + MIXING * longest + LAST_DIGITS * size
    tolerance += NUDGE_FACTOR * np.abs(nudged - expected)[1:]
    is_wrong = ~(np.abs(actual - expected)[1:] <= tolerance)  # also where NaN makes no comparison
    if is_wrong.any():
        step, k = np.argwhere(is_wrong)[0]
        move, expected_move = (values[step + 1, k] - values[step, k] for values in (actual, expected))
        index = int(np.searchsorted(np.cumsum([x.size for x in start]), k, side="right"))
        shape = run.shapes[index]
        place = f"at step {step + 1}{run.description or ' with the defaults'} a parameter of shape {shape}"
        ratio = f" ({move / expected_move:.6g} times)" if expected_move else ""
        fact = f"{place} moves by {move:.6g}, the reference by {expected_move:.6g}{ratio}"
        shown = {
            # With the parameters before, whose state may be shared.
            "kept": [k for k in range(index) if start[k].size < 100] + [index],
            "expected": np.array([[arrays[index].ravel() for arrays in expected_positions[: step + 1]]]),
            "tolerance": float(np.nan_to_num(abs(move - expected_move), nan=1e-9)) / 2,
        }
        yield Finding("another-rule", fact, run=replace(run, steps=int(step) + 1), values=shown)


def _follow_reference(optimizer: OptimizerRuns, run: OptimizerRun) -> Positions:
    """Return the positions to which the reference leads."""
    rule: Any = optimizer.reference
    positions, data = [], [p.data for p in run.make_params()]
    states: list[dict[str, Any]] = [{} for _ in data]
    settings = {**optimizer.defaults, **run.settings}
    for step in range(run.steps):
        settings |= run.assigned.get(step, {})
        for k, grad in enumerate(run.make_gradients(step)):
            if grad is not None and grad.size:
                arguments = data[k].copy(), grad, states[k], {**settings}
                data[k] = np.array(guard("the reference", partial(rule, *arguments)), np.float64)
        positions.append(list(data))
    return positions
