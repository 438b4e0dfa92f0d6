"""The law `reference`: the outputs equal those of a reference."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..closeness import has_same_values, largest_magnitude
from ..finding import Comparison, DoesNotApply, Finding, Findings, Law, Script, SubjectFailed, guard
from ..oracle.compare import SUBNORMAL, measure_rounding
from ..oracle.slopes import LONG
from ..reference_output import ReferenceOutput, call_reference, evaluate_reference, function_name
from ..samples.sample import Family, Sample
from ..samples.special_values import replace_nan
from ..scripts.results import judge_count, show_acceptance
from ..study import Study
from ..trial import Trial

RTOL = 1e-9  # of a value: far above rounding, and far below the effect of a fault
ZERO_ROUNDING = 64 * float(np.finfo(np.float64).eps)  # of the usual largest output
JUMP = 1e-3  # of a value: rounded inputs move a continuous result by less
INPUT_ROUNDING = 2 * float(np.finfo(np.float64).eps)


def reference(study: Study, trial: Trial) -> Findings:
    """The outputs equal the author's `reference`, and the NumPy functions that the operation `implements`.

    They are equal in shape, kind and value at every sample that the reference accepts. Small values are equal
    in their digits, too. A setting that the author's reference refuses with a ValueError is refused.
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
    if own is not None and is_missing and sample.recipe.families in ((Family.CASE,), (Family.SETTINGS,)):
        try:
            guard("the reference", lambda: call_reference(own, study.subject, sample))
        except SubjectFailed as failure:
            if sample.recipe.family is Family.CASE:
                raise
            # The reference may take fewer types, such as no tuple of axes, and empty arrays have no maximum.
            usual = {**trial.subject.signature.defaults, **trial.base.sample.settings}
            changed = sample.recipe.settings.items()
            is_refusal = isinstance(failure.cause, ValueError)
            keeps_types = all(type(value) is type(usual.get(name)) for name, value in changed)
            if is_refusal and keeps_types and trial.flat_outputs.size and trial.is_finite:
                fact = f"{sample.recipe.label} has to be refused, or the reference mended: {failure.fact}"
                yield Finding("accepts-setting", fact, sample, script=show_acceptance())
    if not outputs:
        fact = f"{function_name(declared.references[0])} takes other arguments"
        raise DoesNotApply(f"{fact}: give a reference that takes these")


def _compare(trial: Trial, reference_output: ReferenceOutput) -> Findings:
    """Yield the outputs that differ from those of one reference."""
    name, arrays = reference_output.name, reference_output.arrays
    is_own = reference_output.function is trial.subject.declared.reference
    if len(trial.outputs) != len(arrays):
        fact = f"it gives {len(trial.outputs)} outputs, {name} gives {len(arrays)}"
        yield Finding(
            "differs-from-reference",
            fact,
            trial.sample,
            script=Script(judge_count, {"expected": len(arrays)}),
        )
        return
    for output, expected in zip(trial.output_results, arrays, strict=True):
        actual, recipe, is_wrong = output.values, trial.sample.recipe, np.asarray(True)
        if is_own and actual.dtype.kind == expected.dtype.kind == "f" and actual.itemsize < expected.itemsize:
            # The author's reference may compute in a wider type. For whole numbers half is too narrow.
            narrowest = actual.dtype if trial.sample.floats else np.result_type(actual, np.float32)
            with np.errstate(over="ignore"):
                expected = expected.astype(narrowest)
        dtypes = actual.dtype, expected.dtype
        differs_in_dtype = len(set(dtypes if actual.dtype.kind == "f" else [d.kind for d in dtypes])) > 1
        # NumPy's own types of results without inputs vary: np.bincount of no weights gives integers.
        is_empty = not all(map(np.size, (actual, *trial.sample.inputs)))
        if actual.shape != expected.shape or (differs_in_dtype and not is_empty):
            expectation = f"{name} gives {expected.shape} {expected.dtype}"
            fact = f"{output.name} is {actual.shape} {actual.dtype}, {expectation}"
        elif has_same_values(actual, expected):
            continue
        else:
            is_wrong = _find_wrong_places(trial, reference_output, output.position, expected)
            if not is_wrong.any():
                continue
            difference = _describe_difference(actual, expected, is_wrong)
            fact = f"{recipe.place}{output.name} differs from {name}{difference}"
        comparison = Comparison(output, expected, is_wrong=is_wrong)
        yield Finding("differs-from-reference", fact, trial.sample, comparison=comparison)


def _find_wrong_places(
    trial: Trial, reference_output: ReferenceOutput, k: int, expected: Any
) -> NDArray[np.bool_]:
    """Return the places where output `k` differs from the reference by more than rounding can explain.

    The reference is trusted to the digits in which its values in float64 and in long double agree, and to
    which they stay where they are if the inputs are rounded differently. A value of a subject that is not
    pointwise may be a sum of terms that cancel: it also has the rounding errors of the largest values.
    """
    actual = trial.outputs[k]
    if actual.dtype.kind not in "fc":
        return np.asarray(actual != expected)
    is_known = _find_known_values(trial, reference_output, actual, expected)
    actual, expected = np.where(is_known, actual, 0), np.where(is_known, expected, 0)
    rtol = max(RTOL, 64 * float(np.finfo(actual.dtype).eps))  # a case may be in single precision
    scale = 0.0 if trial.is_pointwise else max(largest_magnitude(expected), largest_magnitude(actual))
    tolerance = rtol * (np.abs(expected) + 1e-3 * scale) + SUBNORMAL
    is_wrong = ~_is_within(actual, expected, tolerance)
    if not is_wrong.any():
        return is_wrong

    def evaluate(sample: Sample) -> Any:
        output = evaluate_reference(reference_output.function, trial.subject, sample)
        return None if output is None or len(output.arrays) <= k else output.arrays[k]

    # Terms that cancel may leave a 0 in every precision: a zero has no digits. An input of 0 stays 0 however
    # it is rounded, so a reference that iterates may give 1e-19 for 0 there. Terms that cancel grow with the
    # inputs.
    has_zeros = any(np.any(trial.sample.inputs[i] == 0) for i in trial.sample.floats)
    has_no_digits = (expected == 0) | ((actual == 0) & has_zeros)
    growth = max(1.0, trial.largest_input / (trial.base.largest_input or 1.0))
    tolerance = tolerance + ZERO_ROUNDING * growth * trial.base.largest_output * has_no_digits
    moves = measure_rounding(evaluate, trial.sample, expected, INPUT_ROUNDING)
    exact = evaluate(trial.sample.cast(np.longdouble)) if LONG else None
    if exact is not None and exact.shape == expected.shape and exact.dtype == np.longdouble:
        loss = np.abs(expected - np.where(is_known, exact, 0))
        if trial.sample.recipe.family is Family.KINKS:  # at a jump the value itself counts, not its neighbors
            moves = np.where((loss == 0) & (moves > JUMP * np.abs(expected)), 0.0, moves)
        # A formula that loses digits may keep those of one value by chance; the other values show the loss.
        usual_loss = np.nanmedian(loss[is_wrong] / np.maximum(np.abs(expected[is_wrong]), SUBNORMAL))
        tolerance = tolerance + 100 * loss + usual_loss * np.abs(expected)
    elif trial.sample.recipe.family in (Family.EXTREMES, Family.MAGNITUDES):
        # Without long double nothing shows whether the obvious formula has lost its digits there.
        return np.zeros_like(is_wrong)
    is_wrong &= ~_is_within(actual, expected, tolerance + 256 * moves)
    if trial.sample.recipe.family is Family.NON_FINITE and len(trial.sample.recipe.families) > 1:
        # Beside a size of 1, 0 times NaN and Python's maximum give values that depend on the formula.
        first, second = (evaluate(replace_nan(trial.sample, share)) for share in (0.3, 0.7))
        if first is not None and second is not None and first.shape == second.shape == expected.shape:
            is_wrong &= (np.isnan(actual) == np.isnan(expected)) | ~_is_within(first, second, 0.0)
    return is_wrong


def _is_within(actual: Any, expected: Any, tolerance: Any) -> Any:
    """Return the places where two arrays are equal, are both NaN, or differ by no more than a tolerance."""
    is_equal = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
    return is_equal | (np.isfinite(expected) & (np.abs(actual - expected) <= tolerance))


def _find_known_values(
    trial: Trial, reference_output: ReferenceOutput, actual: Any, expected: Any
) -> NDArray[np.bool_]:
    """Return the places where the reference decides what the output has to be.

    A formula may overflow at extreme values where the output does not. For NaN and infinities, inf - inf may
    be NaN or inf, which depends on the formula; and the author's formula may compute 0 times infinity where
    another formula does not.
    """
    if trial.sample.recipe.family is Family.MAGNITUDES:  # squares may overflow or vanish there, on both sides
        return np.isfinite(expected) & np.isfinite(actual) & (actual != 0) & (expected != 0)
    # The reference may overflow where the output does not; a NaN is not an overflow.
    if trial.sample.is_finite:
        is_nan = np.isnan(actual) if trial.is_pointwise else False  # sums may be inf - inf in another order
        return ~np.isnan(expected) & (np.isfinite(expected) | is_nan)
    is_ambiguous = ~np.isfinite(actual) & ~np.isfinite(expected) & (np.isnan(actual) | np.isnan(expected))
    if reference_output.function is trial.subject.declared.reference:
        if trial.sample.recipe.family is Family.CASE:  # the author chose these infinities
            is_ambiguous &= np.isnan(expected)
        if trial.is_elementwise:
            nan_count = sum([np.isnan(trial.sample.inputs[i]) for i in trial.sample.floats])
            is_ambiguous = np.where(nan_count == 0, np.isnan(expected), is_ambiguous)
    return ~is_ambiguous


def _describe_difference(actual: Any, expected: Any, is_wrong: NDArray[np.bool_]) -> str:
    """Return where two arrays differ most, relatively, with both values; for integers, at how many places."""
    if actual.dtype.kind not in "fc":
        return f" in {int(is_wrong.sum())} of {actual.size} places"
    error = np.abs(actual - expected) / np.maximum(np.abs(expected), SUBNORMAL)
    error = np.where(is_wrong, np.where(np.isnan(error), np.inf, error), -1.0)
    place = np.unravel_index(int(error.argmax()), error.shape) if error.ndim else ()
    at = f" at {tuple(map(int, place))}" if place else ""
    digits = f", off by {error[place]:.1g} of that" if error[place] < 1e-3 else ""
    return f"{at}: {actual[place]:.10g}, expected {expected[place]:.10g}{digits}"


LAW = Law("reference", reference, after=("frame", "same"))
