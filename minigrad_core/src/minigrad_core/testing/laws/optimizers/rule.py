"""The laws `rate` and `reference`: a step reads its rate and settings, and follows the author's rule."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...diagnosis.relations import format_ratio
from ...finding import DoesNotApply, Finding, Findings, SubjectFailed, apply_judge, guard
from ...samples.optimizer_run import OptimizerRun, Positions, compare, nudge, select
from ...samples.optimizer_runs import OptimizerRuns

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
            follow = partial(_follow_reference, optimizer)
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
        if run.starts[0].dtype == np.float64:
            yield from _compare_run(optimizer, run)


def _compare_run(optimizer: OptimizerRuns, run: OptimizerRun) -> Findings:
    """Yield the first step at which a run differs from the reference, and changes that avoid it."""
    if deviation := _measure_deviation(optimizer, run):
        positions, tolerance = deviation
        for finding in apply_judge(judge_rule, replace(run, expected=positions), tolerance=tolerance):
            changes = " or ".join(islice(_find_right_runs(optimizer, run), 2))
            yield replace(finding, fact=f"{finding.fact}; right {changes}" if changes else finding.fact)


def _find_right_runs(optimizer: OptimizerRuns, run: OptimizerRun) -> Iterator[str]:
    """Yield changes after which the run is right."""
    singles = [select(run, [k]) for k, start in enumerate(run.starts) if start.size]
    if len(singles) > 1 and not any(_measure_deviation(optimizer, single) for single in singles):
        yield "for each parameter alone: they share something"
        return
    for text, other in _vary_run(optimizer, run):
        with suppress(SubjectFailed), np.errstate(all="ignore"):  # a setting of 0 may give 0 / 0
            if not _measure_deviation(optimizer, other):
                yield text


def _vary_run(optimizer: OptimizerRuns, run: OptimizerRun) -> Iterator[tuple[str, OptimizerRun]]:
    """Yield runs in which a fault may not show: settings at their defaults and at 0, simpler gradients."""
    for name, value in {**optimizer.defaults, **run.settings}.items():
        values = [optimizer.defaults.get(name, value)]
        if isinstance(value, tuple):
            values += [(*value[:k], 0.0, *value[k + 1 :]) for k in range(len(value))]
        elif isinstance(value, int | float) and name != "lr":
            values.append(value * 0)
        rows = {step: {n: v for n, v in row.items() if n != name} for step, row in run.assigned.items()}
        for other in dict.fromkeys(values):
            if other != value:
                settings = {**run.settings, name: other}
                yield f"with {name}={other!r}", replace(run, settings=settings, assigned=rows)
    if run.assigned:
        yield "if no setting changes", replace(run, assigned={})
    pairs = [zip(row, run.starts, strict=True) for row in run.gradients]
    sizes = [[np.ones_like(x) if g is None else np.abs(g) + (g == 0) for g, x in row] for row in pairs]
    yield "if all gradients are above 0", replace(run, gradients=sizes)
    yield "if all gradients are alike", replace(run, gradients=sizes[:1] * len(sizes))


def _measure_deviation(optimizer: OptimizerRuns, run: OptimizerRun) -> tuple[Positions, float] | None:
    """Return where the reference leads and half of the difference from it, None if only rounding differs.

    The tolerance is the sum of four terms: a share of the distance that the value has moved so far, a much
    smaller share of the longest distance of all values, the last digits of the value, and a multiple of the
    effect that nudged gradients have on the reference.
    """
    positions, nudged_positions = (_follow_reference(optimizer, r) for r in (run, nudge(run, NUDGE)))
    if any(y.shape != x.shape for x, y in zip(run.starts, positions[-1], strict=True)):
        raise SubjectFailed("another-shape", "the reference returns another shape than that of the parameter")
    expected, nudged = (flatten([run.starts, *rows]) for rows in (positions, nudged_positions))
    distance = np.cumsum(np.abs(np.diff(expected, axis=0)), axis=0)
    longest = distance.max(axis=1, keepdims=True)
    size = np.maximum(np.abs(expected[1:]), np.abs(expected[0]))
    tolerance = RELATIVE * distance + MIXING * longest + LAST_DIGITS * size
    tolerance += NUDGE_FACTOR * np.abs(nudged - expected)[1:]
    difference = np.abs(flatten(run.positions) - expected[1:])
    is_wrong = ~(difference <= tolerance)  # also where NaN makes no comparison
    # The script needs a number: half of the difference.
    first = difference[is_wrong][:1]
    return (positions, float(np.nan_to_num(first[0], nan=1e-9)) / 2) if first.size else None


def flatten(positions: Positions) -> NDArray[Any]:
    """Return all values after each step, (steps, values)."""
    return np.array([np.concatenate([x.ravel() for x in arrays]) for arrays in positions])


def judge_rule(run: OptimizerRun, tolerance: float) -> Findings:
    """Yield the first step at which a value is not the expected one."""
    actual, expected = (flatten([run.starts, *rows]) for rows in (run.positions, run.expected))
    for step, k in np.argwhere(~(np.abs(actual - expected) <= tolerance))[:1]:
        move, expected_move = (values[step, k] - values[step - 1, k] for values in (actual, expected))
        index = np.searchsorted(np.cumsum([x.size for x in run.starts]), k, side="right")
        place = f"at step {step}{run.description or ' with the defaults'} a parameter of shape"
        ratio = f" ({format_ratio(float(move / expected_move))} times)" if expected_move else ""
        digits = 12 if np.isclose(move, expected_move) else 6
        moves = f"moves by {move:.{digits}g}, the reference by {expected_move:.{digits}g}"
        fact = f"{place} {run.starts[index].shape} {moves}"
        yield Finding("another-rule", fact + ratio)


def _follow_reference(optimizer: OptimizerRuns, run: OptimizerRun) -> Positions:
    """Return the positions to which the reference leads."""
    rule: Any = optimizer.reference
    positions, data = [], list(run.starts)
    states: list[dict[str, Any]] = [{} for _ in data]
    settings = {**optimizer.defaults, **run.settings}
    for step, gradients in enumerate(run.gradients):
        settings |= run.assigned.get(step, {})
        for k, grad in enumerate(gradients):
            if grad is not None and grad.size:
                arguments = data[k].copy(), grad.copy(), states[k], {**settings}
                data[k] = np.array(guard("the reference", partial(rule, *arguments)), np.float64)
        positions.append(list(data))
    return positions
