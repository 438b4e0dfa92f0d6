"""The gradient is the derivative."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import DifferentiabilityError
from ..closeness import everywhere
from ..finding import Broken, DoesNotApply, Finding, Law
from ..oracle.compare import compare, directions
from ..oracle.complex_slope import wrong_for_complex
from ..oracle.kink import judge_kink
from ..oracle.second import judge_second
from ..oracle.slopes import SIDE_STEP
from ..samples.sample import Sample
from ..samples.special import FAR
from ..study import FAR_OFF, ORDINARY, Study
from ..trial import Trial


def derivative(study: Study, trial: Trial) -> Iterator[Finding]:
    """`backward` returns one gradient per input, in its shape, and it equals the numeric derivative.

    At a kink each value lies between the slopes on its two sides, at a tie the total is the slope along it,
    and at infinities that a case has it is 0 or the limit.
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
        if trial.sample.recipe.family == "case":
            yield from _not_finite(trial)
        return
    yield from _first_order(study, trial)
    if trial in study.representatives and trial.finite:
        yield from _second_order(trial)
    if trial is study.first and declared.takes_complex:
        yield from wrong_for_complex([t for t in study.trials if t.sample.recipe.family == "case"][:3])


def _not_finite(trial: Trial) -> Iterator[Finding]:
    """Yield a gradient at infinities of a case, unless it is 0, infinite, or as for 1e4 in their place.

    A NaN that gets into the output stands for 1e4 or for -1e4, whichever gets there.
    """
    sample, nan = trial.sample, any(np.isnan(y).any() for y in trial.outputs)
    near = [trial.tried(_finite(sample, value)) for value in ((1e4, -1e4) if nan else (1e4,))]
    taken = [t for t in near if t is not None and t.pulls]
    limit = max(taken, key=lambda t: float(np.abs(t.flat).sum()), default=trial).received
    for i in sample.floats if taken else ():
        x, mine = sample.inputs[i], trial.received[i]
        known = np.isfinite(x) | np.where(
            np.isnan(x), not nan or np.isnan(mine), (mine == 0) | np.isinf(mine)
        )
        if not everywhere(known | (np.abs(mine - limit[i]) <= 1e-6 * (1 + np.abs(limit[i])))):
            fact = f"input {i}: at infinities the gradient is neither 0 nor what it is at 1e4 in their place"
            yield Finding("wrong-gradient", fact, sample)


def _finite(sample: Sample, nan: float) -> Sample:
    inputs = {i: np.nan_to_num(sample.inputs[i], nan=nan, posinf=1e4, neginf=-1e4) for i in sample.floats}
    return sample.but(inputs)


def _first_order(study: Study, trial: Trial) -> Iterator[Finding]:
    recipe = trial.sample.recipe
    if not any(y.size for y in trial.outputs):
        for i, g in enumerate(trial.received):
            if g is not None and np.any(g != 0):
                fact = f"at {recipe.label}: the output is empty, so the gradient for input {i} must be zeros"
                yield Finding("wrong-gradient", fact, trial.sample)
        return
    if not trial.finite or (recipe.family in FAR_OFF and recipe.label != FAR):
        return  # a step that fits one input is far too long or short for the other, and x - tanh(x) is noise
    if recipe.family == "kinks":
        finding = judge_kink(trial)
        if finding is not None:
            yield finding
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
        if not once:
            fact += '; if that is meant, say once_differentiable = "why"'
        yield Finding("second-order-raises", fact, trial.sample)
        return
    if finding is not None and not once:
        yield finding


def _slope(trial: Trial) -> Iterator[Finding]:
    """Yield that what claims to be flat has a slope at ordinary points, of real or complex values."""
    family = trial.sample.recipe.family
    if family not in ORDINARY:
        return
    turns = {"the output has a slope": (1.0, 1.0), "complex values move the output": (1 + 0.5j, 1 + 1j)}
    for told, turn in turns.items():
        if turn[0] != 1 and family != "case":
            continue
        value = _moved(trial, turn, SIDE_STEP)
        if not (steep := np.abs(value) > 1e-3).any():
            continue
        again = _moved(trial, turn, SIDE_STEP / 4)
        # A shorter step shows it too: a jump between the points would be four times as steep, or gone.
        if value.shape == again.shape and np.any(steep & (np.abs(again - value) < 0.5 * np.abs(value))):
            yield Finding("not-flat", f"differentiable = False, but {told}", trial.sample)


def _moved(trial: Trial, turn: tuple[complex, complex], step: float) -> NDArray[Any]:
    """Return the slope of the outputs, the inputs turned off the real axis; none where that is refused."""
    sample, vs = trial.sample, directions(trial.sample)
    moves = ({i: sample.inputs[i] * turn[0] + h * v * turn[1] for i, v in vs.items()} for h in (0.0, step))
    try:
        low, high = (trial.on(sample.but(moved), trial.needs).flat for moved in moves)
    except Broken:
        return np.empty(0)
    return (high - low) / step if high.shape == low.shape else np.empty(0)


LAW = Law("derivative", derivative, after=("frame", "same"))
