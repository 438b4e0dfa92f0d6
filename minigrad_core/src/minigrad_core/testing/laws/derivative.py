"""The law `derivative`: the gradient is the derivative."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import DifferentiabilityError
from ..finding import Comparison, DoesNotApply, Finding, Findings, Law, Script, SubjectFailed
from ..oracle.compare import compare, draw_directions, make_claims
from ..oracle.kink import judge_kink
from ..oracle.second_order import judge_second_order
from ..oracle.slopes import SIDE_STEP, Line, one_sided_slope, restrict_to_line
from ..samples.sample import Family, Sample
from ..samples.values import draw_signed
from ..scripts.gradients import judge_flatness, judge_form, show_slope
from ..scripts.results import judge_call, show_acceptance
from ..study import EXTREME, ORDINARY, Study
from ..subjects.subject import as_function
from ..trial import Trial

SATURATED = 1e290  # functions of SciPy return their largest value, or 1e300, where the true one is infinite
LARGE_NUMBERS = (1e150, 1e300)  # in the place of infinity
VANISHING = 1e-60  # a gradient this small near infinity has the limit 0
STEEP = 1e-3  # a smaller slope may be a rounding error of a flat output


def derivative(study: Study, trial: Trial) -> Findings:
    """`backward` returns one gradient per input, in the shape of the input, equal to the numeric derivative.

    At a kink each value lies between the slopes on its two sides. At a tie the values add up to the slope
    along the tie. At one infinite input the gradient is the limit of those at large numbers, or NaN.
    Infinities in a case make no NaN; beside a NaN in a case the gradient is right if all
    outputs are finite. The gradient of the gradient is right too, or `once_differentiable` is declared and
    the operation refuses second derivatives. With `takes_complex`, Re sum(gradient dz) is the change of the
    output for any complex dz. With `differentiable = False` the output is flat. With `surrogate` nothing is
    compared: the author declares that the gradient is not the derivative.
    Faults: a factor or an inner derivative is missing, a matrix is transposed, the gradient is right only
    for x > 0 or for some sizes, a broadcast axis is not summed, `dx[index] = grad`, both tied inputs get the
    whole gradient, an intermediate value is saved as a constant.
    Fix: derive d/dx again. The message shows both gradients side by side, and the places where they differ.
    """
    declared = trial.subject.declared
    if not declared.differentiable:
        yield from _judge_flatness(trial)
        return
    if not trial.differentiable:
        return
    recipe, failure = trial.sample.recipe, trial.backward_pass.failure
    if failure is not None:
        if failure.code not in ("backward-raises", "backward-exits"):  # which the law `refusal` reports
            script = Script(judge_form, {"broadcasts": declared.broadcasts}, trial.cotangents)
            yield Finding(failure.code, recipe.place + failure.fact, trial.sample, script=script)
        return
    if declared.surrogate:
        raise DoesNotApply(f"surrogate: {declared.surrogate}")
    if not trial.sample.is_finite:
        yield from _judge_limits(trial)
        if recipe.family is not Family.CASE:
            return
        yield from _judge_nan(trial, "wrong-gradient")
    yield from _judge_first_order(study, trial)
    is_representable = trial.is_finite and max(trial.largest_output, trial.largest_gradient) < SATURATED
    if trial in study.second_order_trials and is_representable and trial.sample.is_finite:
        yield from _judge_second_order(trial)
        if trial in study.representatives and trial.half is not None and trial.half.has_gradients:
            with np.errstate(over="raise"):
                findings = [*_judge_second_order(trial.half)]
            yield from findings
    if trial is study.first_trial and declared.takes_complex:
        cases = study.trials[: len(study.cases)]
        # The first case of each combination of settings.
        by_settings = {t.sample.code_path[1:]: t for t in reversed(cases)}
        yield from judge_complex(sorted(by_settings.values(), key=study.trials.index))


def _judge_nan(trial: Trial, code: str) -> Findings:
    """Yield gradients that are NaN although neither an input nor an output is NaN."""
    floats = [trial.sample.inputs[i] for i in trial.sample.floats]
    is_nan = [np.isnan(x) for x in (*floats, *trial.outputs)]
    # In a case of an operation that is pointwise, a NaN concerns its own place only.
    is_separate = trial.is_pointwise and trial.base is trial
    is_unclear = np.logical_or.reduce(is_nan) if is_separate else any(x.any() for x in is_nan)
    for result in trial.name_gradients(trial.gradients):
        is_wrong = np.isnan(result.values) & ~np.asarray(is_unclear)
        if is_wrong.any():
            place = f"{trial.sample.recipe.label}, where neither an input nor an output is"
            fact = f"{result.name} is NaN at {place}"
            comparison = Comparison(result, None, trial.cotangents, is_wrong)
            yield Finding(code, fact, trial.sample, comparison=comparison)


def _judge_limits(trial: Trial) -> Findings:
    """Yield gradients at one infinite input that are not the limit of the gradients at large numbers.

    There is a limit where the gradients at numbers around 1e150 and 1e300 agree, and where the output tends
    to that at infinity. NaN counts as right: a formula may compute 0 times infinity.
    """
    sample, y = trial.sample, trial.outputs[0]
    xs = {i: sample.inputs[i] for i in sample.floats}
    is_infinite = {i: np.isinf(x) for i, x in xs.items()}
    if not trial.is_pointwise or y.dtype.kind != "f" or any(x.shape != y.shape for x in xs.values()):
        return
    has_one: Any = sum(is_infinite.values()) == 1
    nearby = []
    for number in LARGE_NUMBERS if np.any(has_one) else ():
        large = {i: np.where(is_infinite[i], np.copysign(number, x), x) for i, x in xs.items()}
        other = trial.try_on(sample.replace_inputs(large))
        if other is None or not other.has_gradients:
            return
        nearby.append(other)
    for result in trial.name_gradients(trial.gradients) if nearby else ():
        (near_y, near), (far_y, limit) = ((t.outputs[0], t.gradients[result.position]) for t in nearby)
        grows = np.isinf(y) & (np.sign(y) * (far_y - near_y) > 0)
        has_limit = has_one & (grows | _is_near(far_y, y)) & np.isfinite(limit) & _is_near(near, limit)
        g = result.values
        is_wrong = has_limit & ~_is_near(g, limit) & ~np.isnan(g)
        if is_wrong.any():
            fact = f"{result.name} is not the limit at an infinite input"
            comparison = Comparison(result, np.where(is_wrong, limit, g), trial.cotangents, is_wrong)
            yield Finding("wrong-gradient", fact, sample, comparison=comparison)


def _is_near(x: NDArray[Any], y: NDArray[Any]) -> Any:
    """Return where two arrays agree to about nine digits, or where both are nearly 0."""
    return np.abs(x - y) <= 1e-9 * np.abs(y) + VANISHING


def _judge_first_order(study: Study, trial: Trial) -> Findings:
    recipe = trial.sample.recipe
    # At extreme values a step that fits one input is too long or too short for another one, and two terms
    # that cancel leave only noise in a difference. At 1000 +- 1 one step fits all values.
    if not trial.is_finite or recipe.family in EXTREME - {Family.FAR}:
        return
    if trial.largest_output > SATURATED:
        return
    if recipe.family is Family.KINKS:
        yield from _judge_nan(trial, "nan-at-kink")
        yield from judge_kink(trial)
        return
    is_case = recipe.family is Family.CASE
    passes = [trial.scaled_cotangents] if trial is study.first_trial else []
    # A gradient that is wrong only in its last digits is also wrong at the first cases. So other samples are
    # compared roughly.
    is_precise = is_case and trial in study.representatives
    evidence = compare(trial, *passes, derived=not is_precise)
    if evidence:
        fact = "the gradient differs from the numeric one"
        if not is_case:
            fact = f"the gradient is wrong at {recipe.label}, right elsewhere"
        yield Finding("wrong-gradient", fact, trial.sample, evidence, judge=_compare_precisely)


def _compare_precisely(trial: Trial) -> Findings:
    if evidence := compare(trial):
        yield Finding("wrong-gradient", "", trial.sample, evidence)


def _judge_second_order(trial: Trial) -> Findings:
    once_differentiable = trial.subject.declared.once_differentiable
    try:
        finding = judge_second_order(trial)
    except SubjectFailed as failure:
        is_refusal = isinstance(failure.cause, DifferentiabilityError | np.linalg.LinAlgError)
        if is_refusal and (once_differentiable or not trial.sample.recipe.promised):
            return
        if isinstance(failure.cause, FloatingPointError):  # float16 overflows where float32 does not
            return
        fact = f"the gradient cannot be differentiated: {failure.fact}"
        hint = "" if once_differentiable else '; if that is meant, say once_differentiable = "why"'
        script = Script(judge_call, {"weights": trial.weights}, trial.cotangents)
        yield Finding("second-order-raises", fact + hint, trial.sample, script=script)
        return
    if finding is not None and not once_differentiable:
        yield finding


def _judge_flatness(trial: Trial) -> Findings:
    """Yield a finding if an output that is declared flat has a slope, at ordinary real or complex values."""
    family, directions = trial.sample.recipe.family, draw_directions(trial.sample)
    points: list[tuple[Sample, complex, str]] = []
    if family in ORDINARY:
        points.append((trial.sample, 1.0, "the output has a slope"))
    if family is Family.CASE:
        turned = trial.sample.replace_inputs({i: trial.sample.inputs[i] * (1 + 0.5j) for i in directions})
        points.append((turned, 1 + 1j, "complex values move the output"))
    for sample, turn, fact in points:
        along = {i: v * turn for i, v in directions.items()}
        # The needs are those of the trial.
        f, xs = as_function(trial.subject, trial.sample, [*along]), [sample.inputs[i] for i in along]
        if _has_slope(restrict_to_line(f, xs, [*along.values()])):
            script = show_acceptance(Script(judge_flatness, {"directions": along}))
            yield Finding("not-flat", f"differentiable = False, but {fact}", sample, script=script)


def _has_slope(at: Line) -> bool:
    """Return whether outputs have the same slope over a step and over a quarter of the step.

    A jump between the two ends would be four times as steep over the short step, or would lie outside of it.
    """
    y = at(0.0)
    if y is None:
        return False
    long, short = (one_sided_slope(at, y, step) for step in (SIDE_STEP, SIDE_STEP / 4))
    if long is None or short is None or long.shape != short.shape:
        return False
    return bool(((np.abs(long) > STEEP) & (np.abs(short - long) < 0.5 * np.abs(long))).any())


def judge_complex(trials: Sequence[Trial]) -> Findings:
    """Yield wrong gradients for complex inputs.

    The subject may refuse complex numbers in some trials, but not in all of them.
    """
    accepted, refusal = 0, None
    for trial in trials:
        for numbers, directions in _list_complex_points(trial, each_alone=trial is trials[0]):
            try:
                yield from _judge_complex_point(trial, numbers, directions)
                accepted += 1
            except SubjectFailed as failure:
                has_no_gradient = isinstance(failure.cause, DifferentiabilityError) and trial is not trials[0]
                if failure.code != "forward-raises" and not has_no_gradient:
                    raise
                refusal = failure
    if refusal is not None and not accepted:
        yield Finding("refuses-complex", f"takes_complex, but complex numbers are refused: {refusal.fact}")


def _list_complex_points(
    trial: Trial, *, each_alone: bool
) -> Iterator[tuple[dict[int, Any], dict[int, Any]]]:
    """Yield complex inputs and directions: all inputs off the real axis, each input alone, and none of them.

    No input has to be complex if an output is complex for real inputs. Inputs of elementwise subjects lie
    also on the axis beyond -1 and 1, where branch cuts begin.
    """
    xs, floats, real_directions = trial.sample.inputs, trial.sample.floats, draw_directions(trial.sample)
    turns = {i: 1 + 0.3j * draw_signed(0, 31 * i, xs[i].shape) for i in floats}
    # Zeros are moved: a power is not smooth at 0.
    numbers = {i: (xs[i] + (xs[i] == 0)) * turn for i, turn in turns.items()}
    alone = [(i,) for i in floats if len(floats) > 1 and each_alone]
    none: list[tuple[int, ...]] = [()] if trial.flat_outputs.dtype.kind == "c" else []
    for indices in (floats, *alone, *none):
        directions = {i: v * (1 + 1j) if i in indices else v for i, v in real_directions.items()}
        yield {i: numbers[i] for i in indices}, directions
    if trial.subject.declared.broadcasts:
        on_axis = {i: 3 * z.real * np.sign(turns[i].imag) + 0j for i, z in numbers.items()}
        yield on_axis, real_directions


def _judge_complex_point(trial: Trial, numbers: Mapping[int, Any], directions: Mapping[int, Any]) -> Findings:
    """Yield a finding if a gradient at complex inputs is not the slope along complex directions.

    If all inputs are complex64, outputs have to be complex64, too.
    """
    moved = trial.run_on(trial.sample.replace_inputs(numbers), trial.needs)
    cotangents = [g * (1 + 0.7j) if g.dtype.kind == "c" else g for g in moved.cotangents]
    gradients = moved.pull(cotangents)
    claims = make_claims(moved, [(cotangents, gradients)], directions)
    if moved.is_finite and (evidence := claims.find_evidence(derived=True)):
        name, oracle = trial.sample.names[evidence.input], evidence.slope.oracle.value
        error = f"along a direction in the plane it is off by {evidence.error:.2g} ({oracle})"
        fact = f"{name}: for complex values the gradient is wrong: {error}"
        yield Finding("wrong-complex-gradient", fact, moved.sample, script=show_slope(evidence))
    if len(numbers) < len(trial.sample.floats) or trial.sample.fixes_type:
        return
    single = trial.sample.replace_inputs({i: z.astype(np.complex64) for i, z in numbers.items()})
    for result in trial.run_on(single, trial.needs).output_results:
        if result.values.dtype in (np.float64, np.complex128):
            fact = f"{result.name} is {result.values.dtype} for complex64 inputs"
            comparison = Comparison(result, np.dtype(np.float32))
            yield Finding("double-precision", fact, single, comparison=comparison)


LAW = Law("derivative", derivative, after=("frame", "same"))
