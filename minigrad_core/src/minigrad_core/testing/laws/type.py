"""The law `type`: float32 stays float32, float64 stays float64, and both are as precise as they can be."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..closeness import all_true, is_finite, largest_magnitude
from ..finding import Comparison, Finding, Findings, Law, Result, Script, SubjectFailed
from ..oracle.compare import measure_rounding
from ..oracle.slopes import LONG
from ..reference_output import evaluate_reference, function_name
from ..samples.sample import Family, Sample, Undrawable
from ..samples.special_values import make_extreme
from ..samples.values import Style
from ..scripts.results import judge_call, judge_truncation, judge_types, locate, show_difference
from ..study import ORDINARY, Study
from ..trial import Trial

HALF, SINGLE = np.dtype(np.float16), np.dtype(np.float32)
DOUBLE, LONG_DOUBLE = np.dtype(np.float64), np.dtype(np.longdouble)
# Values of about 1000, or nearly equal inputs: a tiny result there has not cancelled by chance.
SHIFTED = (Family.FAR, Family.CLOSE)
NEAR_EDGE = (Family.TINY, Family.SMALL)
# Float32 has no digits for a kink or an extreme value, and rounds the values that an index selects.
NO_PRECISION = (Family.KINKS, Family.INDICES, Family.EXTREMES, Family.MAGNITUDES)
FLOAT32_TOLERANCE = 1e3 * float(np.finfo(SINGLE).eps)  # of each value, or of the largest value of a sum
ROUNDINGS = 64  # rounding errors of half a unit in the last place that a right formula may add up
FEW_ROUNDINGS = 8  # of the same kind, in a formula for one value of each input
REDRAWS = (1, 2)  # steps of the seed: one of these samples has to lose digits, too
DRAWS = 4  # of rounding errors of the cotangents: in one draw two errors may cancel, as the cotangents do
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
    if trial in study.varied_trials or is_extreme or is_far or _has_small_values(trial):
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
    for result in _list_float_results(trial):
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
    if is_relevant or recipe.family is Family.FAR or _has_small_values(trial):
        with suppress(SubjectFailed):
            pairs = zip(_list_float_results(single), _list_float_results(trial), strict=True)
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
    for result, double in zip(_list_float_results(single), _list_float_results(trial), strict=True):
        values, exact = result.values, double.values
        is_representable = is_finite(exact) and largest_magnitude(exact) < FLOAT32_LARGE**2
        if values.shape == exact.shape and is_representable and not is_finite(values):
            is_wrong = ~np.isfinite(values)
            place = np.unravel_index(int(is_wrong.argmax()), values.shape)
            fact = f"{result.name} is {values[place]} in float32 at {trial.sample.recipe.label}, "
            fact += f"in float64 {exact[place]:.4g}"
            comparison = Comparison(result, exact, single.used_cotangents, is_wrong)
            script = _show_types(comparison, single.sample, DOUBLE)
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
            if is_precise or not all(is_finite(result.values) for result in _list_float_results(single)):
                double = trial.run_on(sample)
                if sample.is_finite and double.is_finite:
                    yield from _judge_overflow(double, single)
                    yield from _judge_float32(study, double, single) if is_precise else ()


def _has_small_values(trial: Trial) -> bool:
    """Return whether an elementwise sample has small values, where a series may replace a formula."""
    return trial.is_pointwise and trial.sample.recipe.style is Style.SMALL


def _list_float_results(trial: Trial) -> list[Result]:
    return [result for result in trial.results if result.values.dtype.kind == "f"]


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
    for function in trial.subject.declared.implemented:
        reference = evaluate_reference(function, trial.subject, half.sample)
        for output, expected in zip(half.output_results, reference.arrays if reference else (), strict=False):
            actual = output.values.dtype
            if expected.dtype == HALF != actual:
                comparison = Comparison(output, HALF, half.used_cotangents)
                name = function_name(function)
                fact = f"{output.name} is {actual} for float16 inputs, {name} gives float16"
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
    finding = _find_lost_digits(coarse, dtype, fine_dtype)
    if finding is None:
        return
    recipe = coarse.sample.recipe
    for step in REDRAWS:
        with suppress(SubjectFailed, Undrawable):
            redrawn = coarse.run_on(study.draw(recipe.replace(seed=recipe.seed + step)).cast(dtype))
            if _find_lost_digits(redrawn, dtype, fine_dtype) is not None:
                yield finding
                return


def _find_lost_digits(
    coarse: Trial, coarse_dtype: np.dtype[Any], fine_dtype: np.dtype[Any]
) -> Finding | None:
    """Return the first result that has lost digits, compared with the same call in a finer dtype.

    The error may be as large as a tolerance, or as the change of the result if the inputs are rounded
    differently.
    """
    fine = coarse.run_on(coarse.sample.cast(fine_dtype))
    if np.finfo(fine.flat_outputs.dtype).dtype != fine_dtype:
        return None
    pairs = zip(_list_float_results(coarse), _list_float_results(fine), strict=True)
    for k, (result, fine_result) in enumerate(pairs):
        values, exact = result.values, fine_result.values
        if exact.dtype != fine_dtype or not is_finite(exact) or exact.shape != values.shape or not exact.size:
            continue
        limit = np.finfo(coarse_dtype).max
        # Terms of a sum, or products of its terms, may overflow where the result does not.
        is_representable = np.abs(exact) < (limit / 4 if coarse.is_pointwise else np.sqrt(limit))
        rounding = (
            0.0 if result.is_gradient else ROUNDINGS * float(np.finfo(fine_dtype).eps) * fine.largest_input
        )
        if not coarse.is_pointwise and (not is_representable.all() or np.abs(exact).max() <= rounding):
            continue  # an overflow in one place reaches others; and terms that cancel leave no digits
        error = np.where(is_representable, np.abs(values.astype(fine_dtype) - exact), 0)
        tolerance = _find_tolerance(coarse, coarse_dtype, exact, is_gradient=result.is_gradient)
        if all_true(error <= tolerance):
            continue
        if not result.is_gradient and _reference_loses_digits(coarse, fine, k, error):
            return None

        def evaluate(sample: Sample, k: int = k) -> Any:
            return _list_float_results(fine.run_on(sample))[k].values

        eps = float(np.finfo(coarse_dtype).eps)
        moves = measure_rounding(evaluate, fine.sample, exact, eps)
        if result.is_gradient:
            moves = np.maximum(moves, _measure_cotangent_rounding(fine, result.position, eps))
        if not coarse.is_pointwise:
            moves = moves.max()  # an entry may cancel terms that were rounded in other entries
        is_wrong = ~(error <= tolerance + ROUNDINGS * moves)
        if is_wrong.any():
            finer = "float64" if fine_dtype == DOUBLE else "long double"
            label, relative = coarse.sample.recipe.label, float(np.max(error) / np.abs(exact).max())
            fact = f"{result.name} loses precision at {label}, against {finer}: "
            fact += f"it is off by {relative:.1g} of its size"
            if np.isnan(relative):
                place = np.unravel_index(int(np.isnan(error).argmax()), values.shape)
                fact = f"{result.name} is NaN at {label}, in {finer} {exact[place]:.4g}"
            expected = exact.astype(values.dtype)
            comparison = Comparison(result, expected, coarse.used_cotangents, is_wrong)
            script = _show_types(comparison, coarse.sample, fine_dtype)
            return Finding("imprecise", fact, coarse.sample, comparison=comparison, script=script)
    return None


def _measure_cotangent_rounding(fine: Trial, i: int, eps: float) -> NDArray[Any]:
    """Return how far the gradient for input `i` moves if the cotangents move by about `eps` of their size.

    A gradient is linear in the cotangents: its change is the gradient for their rounding errors. In a
    symmetric result, such as a covariance, two cotangents may cancel.
    """
    gradients = []
    for k in range(DRAWS):
        shares = fine.draw_like(f"rounding {k}", fine.cotangents)
        gradients.append(fine.pull([eps * g * s for g, s in zip(fine.cotangents, shares, strict=True)])[i])
    return np.max(np.abs(gradients), axis=0)


def _show_types(comparison: Comparison, sample: Sample, dtype: np.dtype[Any]) -> Script:
    """Return the script for a result that differs if the float inputs have another dtype."""
    name = "float64" if dtype == DOUBLE else "longdouble"
    dtypes = [name if needed else None for needed in sample.needs]
    return show_difference(judge_types, comparison, dtypes=dtypes)


def _find_tolerance(coarse: Trial, dtype: np.dtype[Any], exact: NDArray[Any], *, is_gradient: bool) -> Any:
    """Return the rounding errors that a right formula may make in a result, element by element."""
    info, base, family = np.finfo(dtype), coarse.base, coarse.sample.recipe.family
    eps, size = float(info.eps), float(np.abs(exact).max())
    tolerance = ROUNDINGS * eps * np.abs(exact) + float(info.tiny) / eps
    if not coarse.is_pointwise:  # a sum of terms of this size
        tolerance = tolerance + ROUNDINGS * eps * size
    # An output at small values may be the difference of terms that are as large as usual outputs.
    if not is_gradient and family is Family.SMALL:
        tolerance = tolerance + ROUNDINGS * eps * base.largest_output
    if is_gradient and base.has_gradients:
        # Terms of this size may cancel where a function saturates. A NaN counts as 0.
        usual = float(np.nan_to_num(base.largest_gradient))
        # A sum of products of two inputs has terms that grow with both.
        growth = 1.0 if coarse.is_pointwise else max(1.0, coarse.largest_input / (base.largest_input or 1.0))
        is_short = coarse.is_pointwise and family not in (*SHIFTED, *NEAR_EDGE)
        count = FEW_ROUNDINGS if is_short else 4 * ROUNDINGS
        tolerance = tolerance + count * eps * usual * growth**2
        # At nearly equal, large or small values the terms that cancel may be larger than the usual ones.
        if size < 0.05 * usual and (family in SHIFTED or _has_small_values(coarse)):
            return np.inf
        if family in SHIFTED:
            tolerance = np.maximum(tolerance, 1e6 * eps * size)
    return tolerance


def _reference_loses_digits(coarse: Trial, fine: Trial, k: int, error: NDArray[Any]) -> bool:
    """Return whether output `k` of a reference is about as inaccurate, as in a fit of nearly equal points."""
    own = coarse.subject.declared.reference
    for reference, fine_reference in zip(coarse.comparable_outputs, fine.comparable_outputs, strict=False):
        if reference.function is own and coarse.is_pointwise:
            continue  # the author's own is a slow and obvious formula, and each value has a precise one
        x, exact = reference.arrays[k], fine_reference.arrays[k]
        if x.shape == exact.shape == error.shape:
            reference_error = np.abs(x - exact)
            return bool(reference_error.max(initial=0.0) > 0.1 * error.max(initial=0.0))
    return False


LAW = Law("type", types, after=("frame", "same"))
