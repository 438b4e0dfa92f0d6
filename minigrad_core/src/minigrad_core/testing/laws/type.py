"""The law `type`: float32 stays float32, float64 stays float64, and both are as precise as they can be."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from ..closeness import all_true, is_finite, largest_magnitude
from ..finding import Comparison, Finding, Findings, Law, Result, Script, SubjectFailed
from ..oracle.precision import (
    NEAR_EDGE,
    SHIFTED,
    find_lost_digits,
    has_small_values,
    list_float_results,
    show_types,
)
from ..oracle.slopes import LONG
from ..samples.sample import Family, Undrawable
from ..samples.special_values import make_extreme
from ..samples.values import Style
from ..scripts.results import judge_call, judge_truncation, locate
from ..study import ORDINARY, Study
from ..trial import Trial

HALF, SINGLE = np.dtype(np.float16), np.dtype(np.float32)
DOUBLE, LONG_DOUBLE = np.dtype(np.float64), np.dtype(np.longdouble)
# Float32 has no digits for a kink or an extreme value, and rounds the values that an index selects.
NO_PRECISION = (Family.KINKS, Family.INDICES, Family.EXTREMES, Family.MAGNITUDES)
FLOAT32_TOLERANCE = 1e3 * float(np.finfo(SINGLE).eps)  # of each value, or of the largest value of a sum
REDRAWS = (1, 2)  # steps of the seed: one of these samples has to lose digits, too
FLOAT32_LARGE = 1e12  # inputs whose cubes float32 can represent


def types(study: Study, trial: Trial) -> Findings:
    """float32 inputs give float32 results, as precise as float32 allows; float64 likewise.

    float16 and float32 are compared with float64. float64 is compared with long double where values are tiny
    or close together. A formula is wrong if it loses more digits than it would by rounding of the inputs.
    Faults: `np.zeros(shape)` without a dtype, a NumPy scalar such as `np.log(2)`, which turns float32 into
    float64 where a Python float does not, an int64 mask, `log(1 + x)` near zero, a variance by
    E[x^2] - E[x]^2.
    Fix: `dtype=x.dtype`, `float(np.log(2))`; `np.log1p`, `np.expm1`, `np.logaddexp`, shifted formulas.
    """
    sample, recipe = trial.sample, trial.sample.recipe
    if sample.fixes_type or not sample.floats:  # NumPy itself gives float64 for np.exp(2.0)
        return
    if trial.differentiable and not trial.has_gradients:
        return
    yield from _judge_dtypes(trial, trial.results, DOUBLE)
    if recipe.family is Family.CASE:
        yield from _judge_truncation(trial)
    if LONG and recipe.family in (*SHIFTED, *NEAR_EDGE) and trial.is_finite:
        with suppress(SubjectFailed):
            yield from _judge_lost_digits(study, trial, DOUBLE, LONG_DOUBLE)

    # The type is one more dimension of the covering array: float32 meets each level alone. Large values meet
    # settings, too, because float32 overflows where float64 does not.
    is_wide = recipe.style is Style.WIDE and recipe.family in ORDINARY
    is_extreme = (recipe.family is Family.EXTREMES or is_wide) and sample.is_finite and trial.is_finite
    is_far = recipe.family is Family.FAR and len(recipe.families) == 1
    if trial in study.varied_trials or is_extreme or is_far or has_small_values(trial):
        try:
            single = trial.run_on(sample.cast(np.float32))
            yield from _judge_dtypes(trial, single.results, SINGLE)
            if is_extreme:
                yield from _judge_overflow(trial, single)
            yield from _judge_float32(study, trial, single)
        except SubjectFailed as failure:
            if recipe.family is Family.CASE:
                yield _report_failure(trial, SINGLE, failure)
    if recipe.family is Family.CASE:
        yield from _judge_large_values(study, trial)
        yield from _judge_half(study, trial)


def _judge_dtypes(trial: Trial, results: Sequence[Result], dtype: np.dtype[Any]) -> Findings:
    """Yield float outputs and gradients that are not of the dtype of the inputs."""
    for result in results if trial.differentiable else ():
        actual = result.values.dtype
        # A complex output has the precision of its parts.
        is_right = not result.is_gradient and (actual.kind not in "fc" or np.finfo(actual).dtype == dtype)
        if actual != dtype and not is_right:
            recipe, cotangents = trial.sample.recipe, [y.astype(dtype) for y in trial.cotangents]
            place = "" if recipe.family is Family.CASE else f" (at {recipe.label})"
            fact = f"{result.name} is {actual} for {dtype} inputs{place}"
            comparison = Comparison(result, dtype, cotangents)
            yield Finding("wrong-dtype", fact, trial.sample.cast(dtype), comparison=comparison)


def _judge_truncation(trial: Trial) -> Findings:
    """Yield results whose values all fit into 24 bits, and not into 12, for inputs that need 53 bits."""
    inputs = [trial.sample.inputs[i] for i in trial.sample.floats]
    if not any((x != x.astype(SINGLE)).any() for x in inputs):
        return
    for result in list_float_results(trial):
        y = result.values
        fits_float32 = all_true(y == y.astype(SINGLE)) and is_finite(y)
        if fits_float32 and (np.frexp(y)[0] * 2**12 % 1).any():
            fact = f"{result.name} has single precision for float64: is something cast to float32?"
            script = Script(judge_truncation, {"place": locate(result)}, trial.used_cotangents)
            yield Finding("imprecise", fact, trial.sample, script=script)


def _judge_float32(study: Study, trial: Trial, single: Trial) -> Findings:
    """Yield results of float32 that are less precise than the same values computed in float64."""
    recipe = trial.sample.recipe
    if not trial.sample.is_finite or not trial.is_finite or recipe.family in NO_PRECISION:
        return
    is_relevant = trial in study.representatives or recipe.family in (Family.CASE, Family.AXES, Family.LARGE)
    if is_relevant or recipe.family is Family.FAR or has_small_values(trial):
        with suppress(SubjectFailed):
            pairs = zip(list_float_results(single), list_float_results(trial), strict=True)
            if not all(_is_close_in_float32(trial, x.values, y.values) for x, y in pairs):
                yield from _judge_lost_digits(study, single, SINGLE, DOUBLE)


def _is_close_in_float32(trial: Trial, x: Any, y: Any) -> bool:
    """Return whether a result in float32 is as close to that in float64 as rounded inputs allow."""
    scale = np.abs(y) if trial.is_pointwise else largest_magnitude(y)
    return x.shape == y.shape and all_true(np.abs(x - y) <= FLOAT32_TOLERANCE * scale)


def _judge_overflow(trial: Trial, single: Trial) -> Findings:
    """Yield results that are not finite in float32, although float32 could represent them."""
    inputs = np.concatenate([np.abs(trial.sample.inputs[i]).ravel() for i in trial.sample.floats])
    if not all_true((inputs == 0) | ((inputs > 1 / FLOAT32_LARGE) & (inputs < FLOAT32_LARGE))):
        return
    for result, double in zip(list_float_results(single), list_float_results(trial), strict=True):
        values, exact = result.values, double.values
        is_representable = is_finite(exact) and largest_magnitude(exact) < FLOAT32_LARGE**2
        if values.shape == exact.shape and is_representable and not is_finite(values):
            is_wrong = ~np.isfinite(values)
            place = np.unravel_index(int(is_wrong.argmax()), values.shape)
            fact = f"{result.name} is {values[place]} in float32 at {trial.sample.recipe.label}, "
            fact += f"in float64 {exact[place]:.4g}"
            comparison = Comparison(result, exact, single.used_cotangents, is_wrong)
            script = show_types(comparison, single.sample, DOUBLE)
            yield Finding("overflow", fact, single.sample, comparison=comparison, script=script)


def _judge_large_values(study: Study, trial: Trial) -> Findings:
    """Yield results of a case that float32 loses at values of magnitude up to 40, and around 1000.

    The pool has extreme values for one case, and combines them with few settings. float64 runs only where it
    is compared with float32.
    """
    recipe = trial.sample.recipe
    wide = recipe.replace(style=Style.WIDE, label=f"wide values of {recipe.label}")
    extreme = next(make_extreme(recipe.replace(seed=recipe.seed + 1), trial.subject))
    for large in (wide, extreme.replace(label=f"{extreme.label}, of {recipe.label}")):
        with suppress(SubjectFailed, Undrawable):
            sample = study.draw(large)
            single = trial.run_on(sample.cast(SINGLE))
            is_precise = large is wide and trial.is_pointwise
            if is_precise or not all(is_finite(result.values) for result in list_float_results(single)):
                double = trial.run_on(sample)
                if sample.is_finite and double.is_finite:
                    yield from _judge_overflow(double, single)
                    yield from _judge_float32(study, double, single) if is_precise else ()


def _judge_half(study: Study, trial: Trial) -> Findings:
    """Yield results of float16 that differ in type from NumPy's, or in value from those of float64.

    Where no NumPy function is implemented, results may be of a wider type.
    """
    half = trial.half
    if half is None:
        return
    if half.differentiable and (failure := half.backward_pass.failure) is not None:
        yield _report_failure(trial, HALF, failure)
        return
    for reference in half.comparable_outputs:
        for output, expected in zip(half.output_results, reference.arrays, strict=True):
            actual = output.values.dtype
            if expected.dtype == HALF != actual:
                comparison = Comparison(output, HALF, half.used_cotangents)
                fact = f"{output.name} is {actual} for float16 inputs, {reference.name} gives float16"
                yield Finding("wrong-dtype", fact, half.sample, comparison=comparison)
    yield from _judge_lost_digits(study, half, HALF, DOUBLE)


def _report_failure(trial: Trial, dtype: np.dtype[Any], failure: SubjectFailed) -> Finding:
    """Return the finding that the subject fails in a dtype."""
    script = Script(judge_call, cotangents=[g.astype(dtype) for g in trial.used_cotangents])
    return Finding(failure.code, f"in {dtype}: {failure.fact}", trial.sample.cast(dtype), script=script)


def _judge_lost_digits(
    study: Study, coarse: Trial, dtype: np.dtype[Any], fine_dtype: np.dtype[Any]
) -> Findings:
    """Yield the first result of `dtype` that has lost digits, if other values of its recipe lose some, too.

    Values may lie by chance where large terms of a right formula cancel: those of a matrix that is nearly
    singular, in one of 30,000 draws.
    """
    finding = find_lost_digits(coarse, dtype, fine_dtype)
    if finding is None:
        return
    recipe = coarse.sample.recipe
    for step in REDRAWS:
        with suppress(SubjectFailed, Undrawable):
            redrawn = coarse.run_on(study.draw(recipe.replace(seed=recipe.seed + step)).cast(dtype))
            if find_lost_digits(redrawn, dtype, fine_dtype) is not None:
                yield finding
                return


LAW = Law("type", types, after=("frame", "same"))
