"""The law `type`: float32 stays float32, float64 stays float64, and both are as precise as they can be."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..closeness import all_true, is_close, is_finite, largest_magnitude
from ..finding import Finding, Findings, Law, SubjectFailed
from ..oracle.compare import measure_rounding
from ..oracle.slopes import LONG
from ..samples.sample import Family, Offset, Sample
from ..samples.values import Style
from ..study import Study
from ..trial import Trial

SINGLE, DOUBLE, LONG_DOUBLE = np.dtype(np.float32), np.dtype(np.float64), np.dtype(np.longdouble)
TOLERANCES = {SINGLE: 1e3 * float(np.finfo(SINGLE).eps), DOUBLE: 1e-6}  # of the largest value
# Values of about 1000, or nearly equal inputs: a tiny result there has not cancelled by chance.
SHIFTED = (Offset.FAR, Offset.CLOSE)
# Float32 has no digits for a kink or an extreme value, and rounds the values that an index selects.
NO_PRECISION = (Family.KINKS, Family.INDICES, Family.EXTREMES, Family.MAGNITUDES)


class Result(NamedTuple):
    """A float output or a gradient."""

    name: str
    values: NDArray[Any]
    is_gradient: bool


def types(study: Study, trial: Trial) -> Findings:
    """float32 inputs give float32 results, as precise as float32 allows; float64 likewise.

    float32 is compared with float64. float64 is compared with long double where values are tiny or close
    together. A formula is wrong if it loses more digits than it would by rounding of the inputs.
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
    yield from _judge_dtypes(trial, trial.outputs, _get_gradients(trial), DOUBLE)
    if recipe.family is Family.CASE:
        yield from _judge_truncation(trial)
    is_comparable = recipe.family is Family.OFFSETS and trial.is_finite
    if LONG and is_comparable and (recipe.offset in SHIFTED or trial.is_pointwise):
        with suppress(SubjectFailed):
            long_double = trial.run_on(sample.cast(np.longdouble))
            yield from _judge_lost_digits(trial, long_double, LONG_DOUBLE)

    agrees, float32_results = study.repeat(trial)
    if float32_results is not None:  # their values agree with float64: only the dtypes are judged
        yield from _judge_dtypes(trial, *float32_results, SINGLE)
    elif agrees is not None or recipe.offset is Offset.FAR or _has_small_values(trial):
        try:
            single = trial.run_on(sample.cast(np.float32))
            yield from _judge_dtypes(trial, single.outputs, _get_gradients(single), SINGLE)
            yield from _judge_float32(study, trial, single)
        except SubjectFailed as failure:
            if recipe.family is Family.CASE:
                yield Finding(failure.code, f"in float32: {failure.fact}", sample)


def _get_gradients(trial: Trial) -> Sequence[Any]:
    return trial.gradients if trial.differentiable else ()


def _judge_dtypes(
    trial: Trial, outputs: Sequence[Any], gradients: Sequence[Any], dtype: np.dtype[Any]
) -> Findings:
    """Yield float outputs and gradients that are not of the dtype of the inputs."""
    if not trial.differentiable:
        return
    recipe = trial.sample.recipe
    inputs = f"for {dtype} inputs" + ("" if recipe.family is Family.CASE else f" (at {recipe.label})")
    for k, y in enumerate(outputs):
        # A complex output has the precision of its parts.
        if y.dtype != dtype and y.dtype.kind in "fc" and np.finfo(y.dtype).dtype != dtype:
            fact = f"{trial.output_name(k)} is {y.dtype} {inputs}"
            yield Finding("wrong-dtype", fact, trial.sample.cast(dtype))
    for i, g in enumerate(gradients):
        if g is not None and g.dtype != dtype:
            fact = f"the gradient for input {i} is {g.dtype} {inputs}"
            yield Finding("wrong-dtype", fact, trial.sample.cast(dtype))


def _judge_truncation(trial: Trial) -> Findings:
    """Yield results whose values all fit into 24 bits, and not into 12, for inputs that need 53 bits."""
    inputs = [trial.sample.inputs[i] for i in trial.sample.floats]
    if not any((x != x.astype(SINGLE)).any() for x in inputs):
        return
    for name, y, _ in _list_results(trial):
        fits_float32 = all_true(y == y.astype(SINGLE)) and is_finite(y)
        if fits_float32 and (np.frexp(y)[0] * 2**12 % 1).any():
            fact = f"{name} has single precision for float64: is something cast to float32?"
            yield Finding("imprecise", fact, trial.sample)


def _judge_float32(study: Study, trial: Trial, single: Trial) -> Findings:
    """Yield results of float32 that are less precise than the same values computed in float64."""
    recipe = trial.sample.recipe
    if not trial.sample.is_finite or not trial.is_finite or recipe.family in NO_PRECISION:
        return
    is_relevant = trial in study.representatives or recipe.family is Family.LARGE
    if is_relevant or recipe.offset is Offset.FAR or _has_small_values(trial):
        with suppress(SubjectFailed):
            pairs = zip(_list_results(single), _list_results(trial), strict=True)
            is_precise = _is_close_to_double((x.values, y.values) for x, y in pairs)
            if not is_precise and not _is_reordered(single, trial):
                double = single.run_on(single.sample.cast(DOUBLE))
                yield from _judge_lost_digits(single, double, DOUBLE)


def _has_small_values(trial: Trial) -> bool:
    """Return whether an elementwise sample has small values, where a series may replace a formula."""
    return trial.is_pointwise and trial.sample.recipe.style is Style.SMALL


def _is_close_to_double(pairs: Iterable[tuple[Any, Any]]) -> bool:
    """Return whether float32 results are as close to those of float64 as rounded inputs allow."""
    rtol = TOLERANCES[SINGLE]
    return all(x.shape == y.shape and is_close(x, y, 0.0, rtol * largest_magnitude(y)) for x, y in pairs)


def _is_reordered(single: Trial, double: Trial) -> bool:
    """Return whether an output has the same values in another order, and so has its gradient.

    Eigenvalues of about the same size may change places.
    """
    pairs = [(np.abs(x), np.abs(y)) for x, y in zip(single.outputs, double.outputs, strict=True)]
    sorted_pairs = [(np.sort(x, axis=None), np.sort(y, axis=None)) for x, y in pairs]
    return _is_close_to_double(sorted_pairs) and not _is_close_to_double(pairs)


def _list_results(trial: Trial) -> list[Result]:
    """Return the float outputs and the gradients of a trial."""
    results = [Result(trial.output_name(k), y, is_gradient=False) for k, y in enumerate(trial.outputs)]
    for i, g in enumerate(_get_gradients(trial)):
        if g is not None:
            results.append(Result(f"the gradient for input {i}", g, is_gradient=True))
    return [result for result in results if result.values.dtype.kind == "f"]


def _judge_lost_digits(coarse: Trial, fine: Trial, fine_dtype: np.dtype[Any]) -> Findings:
    """Yield the first result of `coarse` that has lost digits.

    `fine` is a trial of the same values in a finer dtype. The error may be as large as a tolerance, or as
    the change of the result if the inputs are rounded differently.
    """
    coarse_dtype = DOUBLE if fine_dtype != DOUBLE else SINGLE
    pairs = zip(_list_results(coarse), _list_results(fine), strict=True)
    for k, (result, fine_result) in enumerate(pairs):
        values, exact = result.values, fine_result.values
        if exact.dtype != fine_dtype or not is_finite(exact) or exact.shape != values.shape or not exact.size:
            continue
        size = float(np.abs(exact).max())
        error = np.abs(values.astype(fine_dtype) - exact)
        tolerance = _find_tolerance(coarse, coarse_dtype, size, is_gradient=result.is_gradient)
        if tolerance is None or all_true(error <= tolerance):
            continue
        if not result.is_gradient and _reference_loses_digits(coarse, fine, k, error):
            return

        def evaluate(sample: Sample, k: int = k) -> Any:
            return _list_results(fine.run_on(sample))[k].values

        moves = measure_rounding(evaluate, fine.sample, exact, float(np.finfo(coarse_dtype).eps))
        if result.is_gradient and not coarse.is_pointwise:
            moves = moves.max()  # an entry may cancel terms that were rounded in other entries
        if not (error <= tolerance + 64 * moves).all():
            comparison = "float64" if fine_dtype == DOUBLE else "long double"
            relative = float(np.max(error) / size)
            fact = f"{result.name} loses precision at {coarse.sample.recipe.label}, against {comparison}: "
            yield Finding("imprecise", f"{fact}it is off by {relative:.1g} of its size", coarse.sample)
            return


def _find_tolerance(coarse: Trial, dtype: np.dtype[Any], size: float, *, is_gradient: bool) -> float | None:
    """Return the tolerance for a result, None if its precision cannot be judged.

    coarse: the trial of which the result is judged.
    dtype: the type of the trial, float32 or float64.
    size: the largest absolute value of the result.
    is_gradient: whether the result is a gradient.
    """
    info, recipe, base = np.finfo(dtype), coarse.sample.recipe, coarse.base
    eps, tiny, largest = float(info.eps), float(info.tiny), float(info.max)
    is_shifted, is_large = recipe.offset in SHIFTED, recipe.family is Family.LARGE
    inputs = (base.sample.inputs[i] for i in base.sample.floats)
    largest_input = max((float(np.abs(x).max(initial=0.0)) for x in inputs), default=0.0)
    # The usual slope at ordinary values: the largest gradient, or y / x. At large values tanh' = 1 - y^2
    # cancels.
    largest_gradient = base.largest_gradient if base.has_gradients else 0.0
    usual_slope = max(largest_gradient, base.largest_output / max(largest_input, 1e-3))

    # If the result has an extreme size, its terms may underflow or overflow. Without a slope it is constant.
    if not tiny / eps < size < largest**0.5 or usual_slope < 1e-12:
        return None
    # Near zero, 1 - cos(x) has no correct digits.
    if recipe.offset is Offset.SMALL and not is_gradient:
        return None
    # Derivatives of nearly equal values cancel, and so do second-order terms of small values.
    if (is_shifted or _has_small_values(coarse)) and size < 0.05 * usual_slope:
        return None
    # log(cosh(x)) near 0: constants rounded to float64 spoil long double as well.
    if dtype == DOUBLE and (size < 16 * eps or not coarse.is_pointwise) and not is_shifted:
        return None

    tolerance = TOLERANCES[dtype] * size * (10 if is_large else 1)
    if dtype == SINGLE and is_shifted:
        tolerance = (0.1 if is_gradient else 1e-3) * size
    if is_gradient:
        return tolerance + 256 * eps * usual_slope  # if a derivative cancels, only its rounding errors remain
    # 1 - cos(x) near zero, or a sum of a thousand terms that cancel.
    return tolerance + 1e3 * eps * base.largest_output * (is_shifted or is_large)


def _reference_loses_digits(coarse: Trial, fine: Trial, k: int, error: NDArray[Any]) -> bool:
    """Return whether output `k` of a reference is about as inaccurate, as in a fit of nearly equal points."""
    for reference, fine_reference in zip(coarse.comparable_outputs, fine.comparable_outputs, strict=False):
        x, exact = reference.arrays[k], fine_reference.arrays[k]
        if x.shape == exact.shape == error.shape:
            reference_error = np.abs(x - exact)
            return bool(reference_error.max(initial=0.0) > 0.1 * error.max(initial=0.0))
    return False


LAW = Law("type", types, after=("frame", "same"))
