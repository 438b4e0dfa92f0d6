"""The gradient is the derivative."""

from collections.abc import Iterator

import numpy as np

from ...errors import DifferentiabilityError
from ..finding import Broken, DoesNotApply, Finding, Law
from ..oracle.compare import compare, directions
from ..oracle.complex_slope import wrong_for_complex
from ..oracle.kink import judge_kink
from ..oracle.second import judge_second
from ..oracle.slopes import SIDE_STEP, Line, line, one_sided
from ..samples.special import FAR
from ..study import FAR_OFF, ORDINARY, Study
from ..subjects.subject import as_function
from ..trial import Trial


def derivative(study: Study, trial: Trial) -> Iterator[Finding]:
    """`backward` returns one gradient per input, in its shape, and it equals the numeric derivative.

    At a kink each value lies between the slopes on its two sides, at a tie the total is the slope along it,
    and infinities of a case make no NaN. Beside a NaN of a case it is right too, if all outputs are finite.
    The gradient of the gradient is right too, or `once_differentiable` is declared and it refuses. With
    `takes_complex`, Re sum(gradient dz) is the change for any complex dz. With `differentiable = False` the
    output is flat. With `surrogate` nothing is compared: the gradient is one by decree.
    Faults: a factor or an inner derivative that is missing, a transposed matrix, right only for x > 0 or for
    some sizes, a broadcast axis that is not summed, `dx[index] = grad`, both tied inputs get all of it, an
    intermediate value that is saved as a constant.
    Fix: derive d/dx again; the message shows both gradients side by side, and where they part.
    """
    declared = trial.subject.declared
    if not declared.differentiable:
        yield from _slope(trial)
        return
    if not trial.differentiable:
        return
    if trial.sweep.broken is not None:
        if trial.sweep.broken.code not in ("backward-raises", "backward-exits"):
            label = trial.sample.recipe.label
            where = "" if label.startswith("case") else f"at {label}: "
            yield Finding(trial.sweep.broken.code, where + trial.sweep.broken.fact, trial.sample)
        return  # a backward that raises breaks another law
    if declared.surrogate:
        raise DoesNotApply(f"surrogate: {declared.surrogate}")
    if not trial.sample.finite:
        if trial.sample.recipe.family != "case":
            return
        yield from _not_finite(trial)
    yield from _first_order(study, trial)
    if trial in study.representatives and trial.finite:
        yield from _second_order(trial)
    if trial is study.first and declared.takes_complex:
        modes = {t.sample.kind[1:]: t for t in reversed(study.trials[: len(study.cases)])}  # the first ones
        yield from wrong_for_complex(sorted(modes.values(), key=study.trials.index))


def _not_finite(trial: Trial) -> Iterator[Finding]:
    known = (*trial.outputs, *(trial.sample.inputs[i] for i in trial.sample.floats))
    for i, g in enumerate(trial.received):
        if g is not None and np.isnan(g).any() and not any(np.isnan(x).any() for x in known):
            yield Finding("wrong-gradient", f"input {i}: at infinities the gradient is NaN", trial.sample)


def _first_order(study: Study, trial: Trial) -> Iterator[Finding]:
    recipe = trial.sample.recipe
    if not trial.finite or (recipe.family in FAR_OFF and recipe.label != FAR):
        return  # a step that fits one input is far too long or short for the other, and x - tanh(x) is noise
    if recipe.family == "kinks":
        yield from judge_kink(trial)
        return
    ordinary = recipe.family == "case"
    more = [trial.uneven] if trial is study.first else []
    # What is nearly the derivative is so at the first of the cases.
    found = compare(trial, *more, derived=not (ordinary and trial in study.representatives))
    if found:
        fact = "the gradient differs from the numeric one"
        if not ordinary:
            fact = f"the gradient is wrong at {recipe.label}, right elsewhere"
        yield Finding("wrong-gradient", fact, trial.sample, found)


def _second_order(trial: Trial) -> Iterator[Finding]:
    once = trial.subject.declared.once_differentiable
    try:
        finding = judge_second(trial)
    except Broken as broken:
        refused = isinstance(broken.cause, DifferentiabilityError)
        if refused and (once or not trial.sample.recipe.promised):
            return
        fact = f"the gradient cannot be differentiated: {broken.fact}"
        hint = "" if once else '; if that is meant, say once_differentiable = "why"'
        yield Finding("second-order-raises", fact + hint, trial.sample)
        return
    if finding is not None and not once:
        yield finding


def _slope(trial: Trial) -> Iterator[Finding]:
    """Yield that what claims to be flat has a slope at ordinary points, of real or complex values."""
    family = trial.sample.recipe.family
    turns = {"the output has a slope": (1.0, 1.0), "complex values move the output": (1 + 0.5j, 1 + 1j)}
    for told, turn in turns.items():
        if family == "case" or (family in ORDINARY and turn[0] == 1):
            at = _along(trial, turn)
            y = at(0.0)
            value, again = (None if y is None else one_sided(at, y, h) for h in (SIDE_STEP, SIDE_STEP / 4))
            # A shorter step shows it too: a jump between would be four times as steep, or gone.
            if value is not None and again is not None and value.shape == again.shape:
                steep = np.abs(value) > 1e-3
                if (steep & (np.abs(again - value) < 0.5 * np.abs(value))).any():
                    yield Finding("not-flat", f"differentiable = False, but {told}", trial.sample)


def _along(trial: Trial, turn: tuple[complex, complex]) -> Line:
    """Return the outputs along a line, the inputs turned off the real axis."""
    xs, vs = trial.sample.inputs, directions(trial.sample)
    f = as_function(trial.subject, trial.sample, list(vs))
    return line(f, [xs[i] * turn[0] for i in vs], [v * turn[1] for v in vs.values()])


LAW = Law("derivative", derivative, after=("frame", "same"))
