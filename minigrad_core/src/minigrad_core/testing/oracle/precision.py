"""The loss of digits: results of one dtype, compared with those of the same call in a finer dtype."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..closeness import all_true, is_finite
from ..finding import Comparison, Finding, Result, Script
from ..samples.sample import Family, Sample
from ..samples.values import Style
from ..scripts.results import judge_types, show_difference
from ..trial import Trial
from .compare import measure_rounding

# Values of about 1000, or nearly equal inputs: a tiny result there has not cancelled by chance.
SHIFTED = (Family.FAR, Family.CLOSE)
NEAR_EDGE = (Family.TINY, Family.SMALL)
ROUNDINGS = 64  # rounding errors of half a unit in the last place that a right formula may add up
FEW_ROUNDINGS = 8  # of the same kind, in a formula for one value of each input
DRAWS = 4  # of rounding errors of the cotangents: in one draw two errors may cancel, as the cotangents do


def list_float_results(trial: Trial) -> list[Result]:
    """Return the outputs and gradients that are real floating-point numbers."""
    return [result for result in trial.results if result.values.dtype.kind == "f"]


def has_small_values(trial: Trial) -> bool:
    """Return whether an elementwise sample has small values, where a series may replace a formula."""
    return trial.is_pointwise and trial.sample.recipe.style is Style.SMALL


def show_types(comparison: Comparison, sample: Sample, dtype: np.dtype[Any]) -> Script:
    """Return the script for a result that differs if the float inputs have another dtype."""
    name = "float64" if dtype == np.float64 else "longdouble"
    dtypes = [name if needed else None for needed in sample.needs]
    return show_difference(judge_types, comparison, dtypes=dtypes)


def find_lost_digits(coarse: Trial, dtype: np.dtype[Any], fine_dtype: np.dtype[Any]) -> Finding | None:
    """Return the first result of a trial that has lost digits, compared with the same call in a finer dtype.

    The error may be as large as a tolerance, or as the change of the result if the inputs are rounded
    differently.
    """
    fine = coarse.run_on(coarse.sample.cast(fine_dtype))
    if np.finfo(fine.flat_outputs.dtype).dtype != fine_dtype:
        return None
    pairs = zip(list_float_results(coarse), list_float_results(fine), strict=True)
    for k, (result, fine_result) in enumerate(pairs):
        exact = fine_result.values
        if exact.dtype != fine_dtype or exact.shape != result.values.shape or not exact.size:
            continue
        error = _measure_error(coarse, fine, result, exact, np.finfo(dtype).max) if is_finite(exact) else None
        if error is None:
            continue
        tolerance = _find_tolerance(coarse, dtype, exact, is_gradient=result.is_gradient)
        if all_true(error <= tolerance):
            continue
        if not result.is_gradient and _reference_loses_digits(coarse, fine, k, error):
            return None
        moves = _measure_moves(fine, k, exact, float(np.finfo(dtype).eps))
        is_wrong = ~(error <= tolerance + ROUNDINGS * moves)
        if is_wrong.any():
            fact = f"{result.name} {_describe_loss(exact, error, coarse.sample.recipe.label)}"
            expected = exact.astype(result.values.dtype)
            comparison = Comparison(result, expected, coarse.used_cotangents, is_wrong)
            script = show_types(comparison, coarse.sample, fine_dtype)
            return Finding("imprecise", fact, coarse.sample, comparison=comparison, script=script)
    return None


def _describe_loss(exact: NDArray[Any], error: NDArray[Any], label: str) -> str:
    finer = "float64" if exact.dtype == np.float64 else "long double"
    if not np.isfinite(error).all():
        place = np.unravel_index(int((~np.isfinite(error)).argmax()), error.shape)
        name = "NaN" if np.isnan(error[place]) else "infinite"
        return f"is {name} at {label}, in {finer} {exact[place]:.4g}"
    relative = float(np.max(error) / np.abs(exact).max())
    return f"loses precision at {label}, against {finer}: it is off by {relative:.1g} of its size"


def _measure_error(
    coarse: Trial, fine: Trial, result: Result, exact: NDArray[Any], limit: Any
) -> NDArray[Any] | None:
    """Return the error of each value, 0 where the dtype cannot represent the terms of a value.

    limit: the largest number of the dtype. Return None if an overflow may have reached all values, or if
    terms that cancel leave no digits.
    """
    # Terms of a sum, or products of its terms, may overflow where the result does not.
    is_representable = np.abs(exact) < (limit / 4 if coarse.is_pointwise else np.sqrt(limit))
    eps = float(np.finfo(exact.dtype).eps)
    rounding = 0.0 if result.is_gradient else ROUNDINGS * eps * fine.largest_input
    if not coarse.is_pointwise and (not is_representable.all() or np.abs(exact).max() <= rounding):
        return None
    return np.where(is_representable, np.abs(result.values.astype(exact.dtype) - exact), 0)


def _measure_moves(fine: Trial, k: int, exact: NDArray[Any], eps: float) -> Any:
    """Return how far result `k` moves if inputs and cotangents move by up to `eps` of their size."""
    result = list_float_results(fine)[k]

    def evaluate(sample: Sample) -> Any:
        return list_float_results(fine.run_on(sample))[k].values

    moves = measure_rounding(evaluate, fine.sample, exact, eps)
    if result.is_gradient:
        moves = np.maximum(moves, _measure_cotangent_rounding(fine, result.position, eps))
    # An entry may cancel terms that were rounded in other entries.
    return moves if fine.is_pointwise else moves.max()


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


def _find_tolerance(coarse: Trial, dtype: np.dtype[Any], exact: NDArray[Any], *, is_gradient: bool) -> Any:
    """Return the rounding errors that a right formula may make in a result, element by element."""
    info, base, family = np.finfo(dtype), coarse.base, coarse.sample.recipe.family
    eps, size = float(info.eps), float(np.abs(exact).max())
    tolerance = ROUNDINGS * eps * np.abs(exact) + float(info.tiny) / eps
    if not coarse.is_pointwise:  # a sum of terms of this size
        tolerance = tolerance + ROUNDINGS * eps * size
    # An output at small values may be the difference of terms that are as large as usual outputs; a gradient,
    # of such terms divided by an input: that of a weighted mean for a weight is (x - mean) / sum of weights.
    if family is Family.SMALL and not is_gradient:
        tolerance = tolerance + ROUNDINGS * eps * base.largest_output
    elif family is Family.SMALL and not coarse.is_pointwise and coarse.largest_input:
        tolerance = tolerance + ROUNDINGS * eps * base.largest_output / coarse.largest_input
    if is_gradient and base.has_gradients:
        # Terms of this size may cancel where a function saturates. A NaN counts as 0.
        usual = float(np.nan_to_num(base.largest_gradient))
        # A sum of products of two inputs has terms that grow with both.
        growth = 1.0 if coarse.is_pointwise else max(1.0, coarse.largest_input / (base.largest_input or 1.0))
        is_short = coarse.is_pointwise and family not in (*SHIFTED, *NEAR_EDGE)
        count = FEW_ROUNDINGS if is_short else 4 * ROUNDINGS
        tolerance = tolerance + count * eps * usual * growth**2
        # At nearly equal, large or small values the terms that cancel may be larger than the usual ones.
        if size < 0.05 * usual and (family in SHIFTED or has_small_values(coarse)):
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
