"""The law `domain`: results are finite where the true value is finite, and NaN where it has to be NaN."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from ..closeness import is_finite
from ..finding import Comparison, Finding, Findings, Law, Result, Script, SubjectFailed
from ..samples.sample import Family, Sample, Undrawable
from ..samples.special_values import scale_values
from ..scripts.results import judge_lost_nan
from ..study import Study
from ..subjects.subject import flatten_floats
from ..trial import Trial

HALVINGS = 50  # of the bisection for the last finite value
REPRESENTABLE = 1e290  # a function that reaches this size before it is infinite truly overflows


def domain(study: Study, trial: Trial) -> Findings:
    """Results are finite where the true value is finite and representable; NaN is neither made nor lost.

    The law holds at the values that the cases describe, at zeros, ties and edges inside the domain, at values
    around 1,000, and at 1e200 and 1e-200 where the output scales with its input. A NaN on which the result
    depends stays NaN, unless the reference also drops it.
    Faults: `log(sum(exp(x)))`, `1 / (1 + exp(-x))`, 0 / 0 in a norm at zero, `where(x > 0, x, 0)`.
    Fix: subtract the maximum, use both branches, divide only where the divisor is not zero, name the domain
    (positive, nonzero, unit, between) in the cases.
    """
    if not trial.sample.is_finite or trial.sample.recipe.family is Family.MAGNITUDES:
        return  # squares overflow there; `_judge_huge_values` judges functions that scale with their input
    if Family.EMPTIES in trial.sample.recipe.families:  # 0 / 0 is right where a count is 0
        return
    yield from _judge_results(trial)
    broadcasts = study.subject.declared.broadcasts
    if trial in study.nan_trials and (broadcasts or not _selects_inputs(trial)):
        yield from _judge_lost_nan(study, trial)
    if trial is study.first_trial:
        yield from _judge_huge_values(trial)


def _judge_results(trial: Trial) -> Findings:
    gradients = trial.gradients if trial.has_gradients else ()
    for result in trial.name_gradients(gradients) if trial.is_finite else trial.output_results:
        if not is_finite(result.values) and (
            result.is_gradient or not _has_infinite_reference(trial, result)
        ):
            yield from _report_not_finite(trial, result)


def _has_infinite_reference(trial: Trial, output: Result) -> bool:
    """Return whether a reference is infinite or NaN wherever an output is."""
    y, arrays = output.values, [reference.arrays[output.position] for reference in trial.comparable_outputs]
    return any(np.all(np.isfinite(x) <= np.isfinite(y)) for x in arrays if x.shape == y.shape)


def _report_not_finite(trial: Trial, result: Result) -> Findings:
    """Yield a finding if a result is NaN, or infinite although a number would represent it."""
    recipe = trial.sample.recipe
    comparison = Comparison(result, None, trial.used_cotangents)
    if recipe.family is Family.CASE and not result.is_gradient:
        fact = f"forward gives NaN or infinity on {' '.join(repr(recipe.case).split())}: "
        fact += "mend the formula there (0 / 0, an overflow), or name the domain where it is defined "
        fact += "(positive, nonzero, unit, between)"
        yield Finding("not-finite", fact, trial.sample, comparison=comparison)
    elif np.isnan(result.values).any() and recipe.family is not Family.EXTREMES:
        code = "nan-at-kink" if result.is_gradient and recipe.family is Family.KINKS else "makes-nan"
        fact = f"{result.name} is NaN at {recipe.label}, which its cases allow"
        fact += ", where the output is finite" * result.is_gradient
        yield Finding(code, fact, trial.sample, comparison=comparison)
    elif recipe.family is not Family.KINKS:
        last = _find_last_finite(trial, result)
        if last < REPRESENTABLE:
            fact = f"{result.name} is not finite at {recipe.label}, though next to it it is {last:.4g}"
            yield Finding("overflow", fact, trial.sample, comparison=comparison)


def _judge_huge_values(trial: Trial) -> Findings:
    """Judge values whose squares overflow or vanish, if f(2 x) = 2 f(x): then the results have to be finite.

    If some outputs do not change instead, only large values are judged.
    """
    sample = trial.sample
    try:
        doubled = trial.run_on(sample.replace_inputs({i: 2 * sample.inputs[i] for i in sample.floats}))
    except SubjectFailed:
        return  # 2 x lies outside of the domain
    y, y_doubled = trial.flat_outputs, doubled.flat_outputs
    doubles = np.abs(y_doubled - 2 * y) <= 1e-13 * np.abs(y_doubled)
    if not doubles.any() or not (doubles | (y_doubled == y)).all():
        return
    for factor in (1e200, 1e-200) if doubles.all() else (1e200,):
        label = f"values around {factor:g}"
        recipe = sample.recipe.with_change(Family.EXTREMES, label, scale_values(factor))
        try:
            scaled = trial.run_on(sample.apply_change(recipe))
            _ = scaled.differentiable and scaled.gradients
        except (SubjectFailed, Undrawable):
            continue
        # The squares of a reduction may overflow: only a reference shows that they should not.
        if trial.is_elementwise or scaled.comparable_outputs:
            yield from _judge_results(scaled)


def _selects_inputs(trial: Trial) -> bool:
    """Return whether each float output consists of some of the input values, as of a sort or a maximum.

    A NaN may then be among the values that were not selected.
    """
    values = np.concatenate([trial.sample.inputs[i].ravel() for i in trial.sample.floats] or [np.empty(0)])
    floats = [y for y in trial.outputs if y.dtype.kind == "f"]  # integer outputs may be the places
    return all(y.size < values.size and np.isin(y, values).all() for y in floats)


def _judge_lost_nan(study: Study, trial: Trial) -> Findings:
    """Yield a finding if a NaN in the input vanishes although the result depends on that value.

    For an elementwise subject all values are NaN at once. Otherwise one value is NaN: in the first trial the
    largest and then the smallest, because some results depend on only one of them; in other trials the last.
    """
    for i in trial.sample.floats:
        x = trial.sample.inputs[i]
        places: Sequence[Any] = [slice(None)]
        if not trial.is_elementwise:
            ends = (x.argmax(), x.argmin()) if x.size and trial is study.first_trial else (x.size - 1,)
            places = list(dict.fromkeys(map(int, ends))) if x.size else []
        for place in places:
            with suppress(SubjectFailed):
                if (sample := _find_lost_nan(trial, i, place)) is not None:
                    fact = f"input {i}: a NaN that the result depends on vanishes: the output is finite"
                    script = Script(judge_lost_nan, {"in_all": trial.is_elementwise})
                    yield Finding("swallows-nan", fact, sample, script=script)


def _find_lost_nan(trial: Trial, i: int, place: Any) -> Sample | None:
    """Return the sample with NaN at `place` of input `i` if its outputs depend on it, and are not NaN."""
    x, y = trial.sample.inputs[i], trial.flat_outputs

    def place_value(value: Any) -> Sample:
        changed = x.copy()
        changed.flat[place] = value
        return trial.sample.replace_inputs({i: changed})

    def run_at(value: Any) -> Trial:
        return trial.run_on(place_value(value))

    with_nan = run_at(np.nan)
    is_nan = np.isnan(with_nan.flat_outputs)
    if is_nan.shape != y.shape or (is_nan.all() if trial.is_elementwise else is_nan.any()):
        return None
    # An elementwise function with steps changes only for a large move. Elsewhere a large move may change the
    # order of the values.
    factors = (1 - 2.0**-10, 0.4) if trial.is_elementwise else (1 - 2.0**-10,)
    moves = any((~is_nan & (y != run_at(x.flat[place] * factor).flat_outputs)).any() for factor in factors)
    references = [flatten_floats(output.arrays) for output in with_nan.comparable_outputs]
    # A reference that drops NaN shows that the author means to drop it.
    is_dropped = any(np.array_equal(np.isnan(reference), is_nan) for reference in references)
    return place_value(np.nan) if moves and not is_dropped else None


def _find_last_finite(trial: Trial, result: Result) -> float:
    """Return the largest value of a result before it is not finite, or one beyond `REPRESENTABLE`.

    The value is infinity if the result is never finite. Large inputs are shrunk towards zero, and tiny inputs
    enlarged, until the result is finite; the edge is found by bisection. A true overflow has values near the
    largest float64 there. An overflow of an intermediate value, as in log(sum(exp(x))), jumps from 709 to
    infinity. No finer precision than float64 is needed for that.
    """
    sample = trial.sample

    def evaluate(exponent: float) -> float:
        inputs = {i: sample.inputs[i] * 2.0**exponent for i in sample.floats}
        try:
            shrunk = trial.run_on(sample.replace_inputs(inputs))
            values = (shrunk.pull(trial.cotangents) if result.is_gradient else shrunk.outputs)[
                result.position
            ]
        except SubjectFailed:
            return np.inf
        return float(np.abs(values).max(initial=0.0)) if is_finite(values) else np.inf

    largest = max((np.abs(sample.inputs[i]).max(initial=0.0) for i in sample.floats), default=0.0)
    direction = 1.0 if largest < 1 else -1.0
    exponents = (direction * e for e in (1, 4, 16, 64, 256))
    low = next((e for e in exponents if evaluate(e) < np.inf), 1000.0 * direction)
    high = 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if REPRESENTABLE <= (value := evaluate(middle)) < np.inf:
            return value
        low, high = (middle, high) if value < np.inf else (low, middle)
    return evaluate(low)


LAW = Law("domain", domain, after=("frame", "same"))
