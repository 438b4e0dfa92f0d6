"""The law `reference`: the outputs equal those of a reference."""

from contextlib import suppress
from typing import Any

import numpy as np

from ..closeness import has_same_bits, is_close, largest_magnitude
from ..finding import DoesNotApply, Finding, Findings, Law, SubjectFailed, guard
from ..oracle.compare import SUBNORMAL, measure_rounding
from ..oracle.slopes import LONG
from ..reference_output import ReferenceOutput, evaluate_reference, function_name
from ..samples.sample import Family, Sample
from ..study import Study
from ..trial import Trial

INPUT_ROUNDING = 2 * float(np.finfo(np.float64).eps)


def reference(study: Study, trial: Trial) -> Findings:
    """The outputs equal the author's `reference`, and the NumPy functions that the operation `implements`.

    They are equal in shape, kind and value at every sample that the reference accepts. Small values are equal
    in their digits, too.
    Faults: another constant, axis or default, two arguments exchanged, an approximation under NumPy's name,
    `log(1 + exp(x))` at -30. The gradient may be right for the wrong values.
    Fix: mend forward. A reference is a slow and obvious forward, of the same inputs and settings.
    """
    declared, sample = study.subject.declared, trial.sample
    if not declared.references:
        raise DoesNotApply("no reference is given, and it implements no NumPy function")
    outputs = trial.reference_outputs
    for output in outputs:
        yield from _compare(trial, output)
    own = declared.reference
    is_missing = all(output.function is not own for output in outputs)
    if own is not None and is_missing and sample.recipe.family is Family.CASE:
        guard("the reference", lambda: own(*sample.inputs, **sample.settings))
    if not outputs:
        fact = f"{function_name(declared.references[0])} takes other arguments"
        raise DoesNotApply(f"{fact}: give a reference that takes these")


def _compare(trial: Trial, reference_output: ReferenceOutput) -> Findings:
    """Yield the outputs that differ from those of one reference."""
    name, arrays = reference_output.name, reference_output.arrays
    if len(trial.outputs) != len(arrays):
        fact = f"it gives {len(trial.outputs)} outputs, {name} gives {len(arrays)}"
        yield Finding("differs-from-reference", fact, trial.sample)
        return
    for k, (actual, expected) in enumerate(zip(trial.outputs, arrays, strict=True)):
        output_name = trial.output_name(k)
        dtypes = actual.dtype, expected.dtype
        differs_in_dtype = len(set(dtypes if actual.dtype.kind == "f" else [d.kind for d in dtypes])) > 1
        if actual.shape != expected.shape or (actual.size and differs_in_dtype):
            expectation = f"{name} gives {expected.shape} {expected.dtype}"
            fact = f"{output_name} is {actual.shape} {actual.dtype}, {expectation}"
            yield Finding("differs-from-reference", fact, trial.sample)
        elif not has_same_bits(actual, expected) and not _differs_by_rounding(trial, reference_output, k):
            fact = _describe_difference(output_name, name, actual, expected)
            yield Finding("differs-from-reference", fact, trial.sample)


def _differs_by_rounding(trial: Trial, reference_output: ReferenceOutput, k: int) -> bool:
    """Return whether output `k` differs from the reference by rounding of results, or of inputs.

    Three tests, the cheapest first: both are close; they differ by no more than the reference changes if its
    inputs are rounded differently; or the reference is further from long double than the output is.
    """
    actual, expected = trial.outputs[k], reference_output.arrays[k]
    if actual.dtype.kind not in "fc":
        return False
    family = trial.sample.recipe.family
    if family in (Family.EXTREMES, Family.OFFSETS):
        # The reference itself may overflow there.
        is_known = np.isfinite(expected)
        actual, expected = np.where(is_known, actual, 0), np.where(is_known, expected, 0)
    if family is Family.NON_FINITE:
        is_ambiguous = _find_ambiguity(trial, reference_output, actual, expected)
        actual, expected = np.where(is_ambiguous, np.nan, actual), np.where(is_ambiguous, np.nan, expected)
        # The order of NaN and of equal values is unspecified, in a partition for example.
        if is_close(np.sort(actual, axis=None), np.sort(expected, axis=None), 1e-9, 1e-12):
            return True
    scale = largest_magnitude(expected)
    rtol = max(1e-9, 64 * float(np.finfo(actual.dtype).eps))  # a case may be in single precision
    if is_close(actual, expected, rtol, 1e-3 * rtol * max(scale, 1.0)):
        return not (trial.is_pointwise and _has_lost_digits(trial, k, actual, expected, rtol))

    def evaluate(sample: Sample) -> Any:
        output = evaluate_reference(reference_output.function, trial.subject, sample)
        return None if output is None or len(output.arrays) <= k else output.arrays[k]

    slack = 256 * measure_rounding(evaluate, trial.sample, expected, INPUT_ROUNDING)
    slack = slack + 1e-9 * scale * (family is not Family.CASE)
    is_equal = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
    if (is_equal | (np.abs(actual - expected) <= slack)).all():
        return True
    # The obvious formula may lose digits: its error against long double is then far larger than the error of
    # forward.
    exact = evaluate(trial.sample.cast(np.longdouble)) if LONG else None
    if exact is None or exact.shape != actual.shape:
        return False
    error, reference_error = np.abs(actual - exact), np.abs(expected - exact)
    return bool((is_equal | (error <= slack) | (error <= 0.01 * reference_error)).all())


def _find_ambiguity(trial: Trial, reference_output: ReferenceOutput, actual: Any, expected: Any) -> Any:
    """Return the places where NaN and infinity are both acceptable, for samples with NaN and infinities.

    inf - inf may be NaN or inf, which depends on the formula; but a result may not be inf in the place of a
    number or of -inf. The author's formula may also compute 0 times infinity where another formula does not.
    """
    is_ambiguous = ~np.isfinite(actual) & ~np.isfinite(expected) & (np.isnan(actual) | np.isnan(expected))
    if reference_output.function is trial.subject.declared.reference:
        if trial.is_elementwise:
            nan_count = sum([np.isnan(trial.sample.inputs[i]) for i in trial.sample.floats])
            is_ambiguous |= np.isnan(expected) & (nan_count == 0)
        else:
            is_ambiguous |= np.isnan(actual)
    return is_ambiguous


def _has_lost_digits(trial: Trial, k: int, actual: Any, expected: Any, rtol: float) -> bool:
    """Return whether small values have lost digits that the reference has, and long double confirms."""
    error = np.abs(actual - expected)
    is_off = error > rtol * np.abs(expected) + SUBNORMAL
    if not LONG or not is_off.any():
        return False
    with suppress(SubjectFailed):
        exact = trial.run_on(trial.sample.cast(np.longdouble)).outputs[k]
        return bool((is_off & (np.abs(exact - expected) < 0.01 * error)).any())
    return False


def _describe_difference(output_name: str, reference_name: str, actual: Any, expected: Any) -> str:
    """Return where two arrays differ most, with both values; of integers, at how many places they differ."""
    if actual.dtype.kind not in "fc":
        count = int(np.sum(actual != expected))
        return f"{output_name} differs from {reference_name} in {count} of {actual.size} places"
    error = np.where(np.isfinite(actual) & np.isfinite(expected), np.abs(actual - expected), np.inf)
    error = np.where((actual == expected) | (np.isnan(actual) & np.isnan(expected)), 0.0, error)
    place = np.unravel_index(int(error.argmax()), error.shape) if error.ndim else ()
    at = f" at {tuple(map(int, place))}" if place else ""
    values = f"{actual[place]:.6g}, expected {expected[place]:.6g}"
    return f"{output_name} differs from {reference_name}{at}: {values}"


LAW = Law("reference", reference, after=("frame", "same"))
