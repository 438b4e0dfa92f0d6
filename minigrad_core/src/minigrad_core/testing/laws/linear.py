"""The law `linear`: `backward` is linear in the cotangent."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..closeness import all_true, is_finite
from ..finding import Comparison, Finding, Findings, Law, Script, SubjectFailed
from ..samples.sample import Family
from ..scripts.gradients import judge_adjoint
from ..scripts.results import judge_linearity, show_acceptance, show_difference
from ..study import Study
from ..trial import Trial
from ..variations import FACTOR, is_alike, scale_floats

SINGLE = 1e-6  # the precision of float32


def linear(study: Study, trial: Trial) -> Findings:
    """`backward` is linear in `grad`, and forward mode is its transpose.

    The kit checks `backward(c * g) == c * backward(g)`, `backward(g + h) == backward(g) + backward(h)`, and
    <g, J v> = <J^T g, v> to rounding, with J v from forward mode and without finite differences.
    Faults: `abs(grad)` in the place of `grad`, a gradient that is clipped, rounded or squared, a gradient
    that ignores `grad`, a `grad` that is cut out of the graph.
    Fix: use `grad` once, as a factor, and in NumPy calls only.
    """
    if not trial.has_gradients or not trial.is_finite:
        return
    # At a kink any constant is a valid gradient for the numeric derivatives, so this check includes kinks.
    is_judged = trial.sample.recipe.families == (Family.KINKS,)
    if trial in study.varied_trials:
        is_judged = not trial.is_same_at_once  # which includes scaled cotangents
    if trial.sample.is_finite and is_judged:
        cotangents, expected = (scale_floats(gs, FACTOR) for gs in (trial.cotangents, trial.gradients))
        rule = "-2^20 times grad must give -2^20 times the gradient"
        yield from _compare(trial, cotangents, expected, rule, [trial.cotangents], FACTOR)
    if trial is study.first_trial:
        yield from _judge_sums(trial)
    can_compare = trial in study.representatives and not trial.subject.declared.once_differentiable
    if can_compare and all(is_finite(g) for g in trial.gradients if g is not None):
        yield from _judge_adjoint(trial)


def _judge_sums(trial: Trial) -> Findings:
    """Yield a finding if the gradient for a sum of cotangents is not the sum of the gradients.

    The second cotangent is `trial.scaled_cotangents`. If there are several outputs, it is split into one
    cotangent per output, with zeros for the other outputs.
    """
    cotangents, (scaled, scaled_gradients) = trial.cotangents, trial.scaled_cotangents
    parts, terms = [scaled], [trial.gradients, scaled_gradients]
    if trial.returns_tuple:
        parts = [[y if k == j else y * 0 for k, y in enumerate(scaled)] for j in range(len(scaled))]
        terms[1:] = [trial.pull(part) for part in parts]
    expected = [None if each[0] is None else sum(each) for each in zip(*terms, strict=True)]
    pairs = zip(cotangents, scaled, strict=True)
    total = [x + y if x.dtype.kind in "fc" else x for x, y in pairs]
    rule = "the gradient of a sum must be the sum of the gradients"
    if trial.returns_tuple:
        rule = "the gradients for one output at a time, with zeros for the others, must add up"
    yield from _compare(trial, total, expected, rule, [cotangents, *parts])


def _judge_adjoint(trial: Trial) -> Findings:
    """Yield a finding if <g, J v> differs from <J^T g, v> by more than rounding."""
    try:
        second_order = trial.second_order
    except SubjectFailed:
        return  # the law `derivative` reports it
    cotangents = [g for g in trial.cotangents if g.dtype.kind in "fc"]
    forward = [g * jv for g, jv in zip(cotangents, second_order.by_cotangents, strict=True)]
    weights = zip(trial.sample.floats, second_order.weights, strict=True)
    reverse = [trial.gradients[i] * v for i, v in weights]
    gap = abs(sum(float(x.sum().real) for x in forward) - sum(float(x.sum()) for x in reverse))
    terms = sum(float(np.abs(x).sum()) for x in (*forward, *reverse))
    floor = sum(float(np.abs(g).sum()) for g in cotangents) * trial.largest_output
    if not gap <= 1e-11 * terms + 1e-14 * floor:
        fact = f"forward and reverse mode differ: <g, J v> and <J^T g, v> are {gap:.2g} apart; "
        hint = "is grad cut out of the graph?"
        if gap <= SINGLE * terms:
            hint = "is something rounded to float32?"
        elif not all(map(is_alike, second_order.outputs, trial.outputs)):
            hint = "the outputs are others on tensors"
        values = {"weights": second_order.weights, "tolerance": gap / 2}
        script = show_acceptance(Script(judge_adjoint, values, trial.cotangents))
        yield Finding("not-adjoint", fact + hint, trial.sample, script=script)


def _compare(
    trial: Trial,
    cotangents: Sequence[Any],
    expected: Sequence[Any],
    rule: str,
    terms: Sequence[Sequence[Any]],
    factor: float = 1.0,
) -> Findings:
    """Yield a finding for the first input whose gradient for `cotangents` is not the expected one.

    The expected gradients are `factor` times the sum of those for `terms`.
    """
    largest_cotangent = max((float(np.abs(g).max(initial=0.0)) for g in cotangents), default=1.0)
    # If a derivative cancels to zero, its rounding errors scale with cotangent and output.
    floor = 1e-13 * largest_cotangent * (1 + trial.largest_output)
    for result in trial.name_gradients(trial.pull(cotangents)):
        g, expected_gradient = result.values, expected[result.position]
        is_known = np.isfinite(expected_gradient)  # a sum may overflow, whatever `backward` does
        error = np.where(is_known, np.abs(g - expected_gradient), 0)
        scale = np.where(is_known, np.abs(expected_gradient), 0)
        if not all_true(error <= 1e-11 * scale.max(initial=0.0) + floor):
            fact = f"input {result.position}: backward is not linear in grad: {rule}, "
            fact += f"it is off by {np.max(error):.2g}"
            if factor != 1 and is_alike(g * factor, expected_gradient):
                fact = f"input {result.position}: the gradient does not depend on grad"
            comparison = Comparison(result, expected_gradient, cotangents, error > 0.1 * np.max(error))
            script = show_difference(judge_linearity, comparison, terms=terms, factor=factor)
            yield Finding("not-linear", fact, trial.sample, comparison=comparison, script=script)
            return


LAW = Law("linear", linear, after=("frame", "same"))
