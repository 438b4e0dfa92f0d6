"""The law `reference`: each step is that of the author's rule."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...diagnosis.relations import format_ratio
from ...finding import DoesNotApply, Finding, Findings, Law, SubjectFailed, apply_judge, guard
from ...samples.optimizer_run import OptimizerRun, Positions, nudge, select
from ...samples.optimizer_runs import OptimizerRuns

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
    positions, nudged_positions = (follow_reference(optimizer, r) for r in (run, nudge(run, NUDGE)))
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


def follow_reference(optimizer: OptimizerRuns, run: OptimizerRun) -> Positions:
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


LAW = Law("reference", reference, after=("in_place",))
