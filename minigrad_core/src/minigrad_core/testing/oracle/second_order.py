"""Derivatives of gradients, compared with numeric derivatives of the gradients."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from ..closeness import is_close, is_finite, largest_magnitude
from ..finding import Comparison, Finding, Result
from ..samples.sample import Family
from ..scripts.gradients import show_slope
from ..scripts.results import show_acceptance, show_result
from ..trial import Trial
from .compare import GradientClaim, GradientClaims, draw_directions, inner_product


def judge_second_order(trial: Trial) -> Finding | None:
    """Return the first fault of the derivatives of the gradients, None if there is none.

    Outputs and gradients have to be the same while second derivatives are recorded, except at extreme values.
    At kinks, at extreme values and in float16 second derivatives may not be NaN; elsewhere they are compared
    with numeric ones.

    Raise SubjectFailed if the gradients cannot be differentiated.
    """
    if not any(y.size for y in trial.outputs):
        return None
    second_order, cotangents = trial.second_order, trial.cotangents

    def report(code: str, fact: str, result: Result, expected: Any, place: tuple[int, int]) -> Finding:
        comparison = Comparison(result, expected, cotangents)
        script = show_acceptance(show_result(comparison, place=place, weights=second_order.weights))
        return Finding(code, fact, trial.sample, comparison=comparison, script=script)

    recorded = [
        *[(g, (0, k)) for k, g in enumerate(second_order.gradients)],
        *[(y, (3, k)) for k, y in enumerate(second_order.outputs)],
    ]
    for k, (i, g) in enumerate(zip(trial.sample.floats, second_order.by_inputs, strict=True)):
        if np.isnan(g).any() and all(is_finite(y) for y, _ in recorded):
            result = Result(f"the second derivative for input {i}", i, g, is_gradient=True)
            fact = f"input {i}: the second derivative is NaN at {trial.sample.recipe.label}"
            return report("wrong-second-order", fact, result, None, (1, k))
    if trial.sample.recipe.family is Family.EXTREMES:
        return None
    usual = [*trial.name_gradients(trial.gradients), *trial.output_results]
    for result, (values, place) in zip(usual, recorded, strict=False):
        expected = result.values
        # The engine converts the gradient for a float32 input; backward alone may give it in float64.
        coarsest = max((np.finfo(y.dtype).eps for y in (values, expected) if y.dtype.kind in "fc"), default=0)
        rtol = max(1e-10, 64 * float(coarsest))
        # A sum has the rounding of its terms; one of them may be as large as the sum in float16.
        atol = (1.0 if trial.is_half else 0.01) * rtol * max(1.0, largest_magnitude(expected))
        if values.shape != expected.shape or not is_close(values, expected, rtol, atol):
            fact = f"{result.name} is another one on tensors"
            return report("recorded-gradient-differs", fact, result._replace(values=values), expected, place)
    return None if trial.is_half or trial.sample.recipe.family is Family.KINKS else _judge_slopes(trial)


def _judge_slopes(trial: Trial) -> Finding | None:
    """Return the first second derivative that differs from a numeric one, None if there is none."""
    claims = _make_claims(trial)
    evidence = claims.find_evidence(derived=True)
    if evidence is None:
        return None
    claim, slope = claims.passes[0], evidence.slope
    actual_slope = inner_product(claim.gradients[evidence.input], evidence.direction)[0]
    expected_slope = claim.weight @ slope.value
    values = f"{actual_slope:.6g} along a random direction, expected {expected_slope:.6g}"
    fact = f"input {evidence.input}: the second derivative is wrong: {values} ({slope.oracle.value}); "
    fact += "is something saved as a constant?"
    script = show_acceptance(show_slope(evidence, weights=trial.second_order.weights))
    return Finding("wrong-second-order", fact, trial.sample, script=script)


def _make_claims(trial: Trial) -> GradientClaims:
    """Return the claim of the second derivatives about all gradients, as one function of the inputs."""
    second_order, floats = trial.second_order, trial.sample.floats
    by_inputs = {i: np.asarray(g) for i, g in zip(floats, second_order.by_inputs, strict=True)}
    gradients = _concatenate([trial.gradients[i] for i in floats])
    return GradientClaims(
        partial(_evaluate_gradients, trial),
        trial.sample,
        draw_directions(trial.sample),
        gradients,
        [GradientClaim(trial.cotangents, _concatenate(second_order.weights), by_inputs)],
        1e-12 * float(np.abs(gradients).max(initial=0.0)),
        lambda sample: _make_claims(trial.run_on(sample)),
    )


def _evaluate_gradients(trial: Trial, indices: Sequence[int], xs: list[Any]) -> Any:
    """Return all gradients, flattened, for other values of the inputs at `indices`."""
    dtype = xs[0].dtype
    is_real = dtype.kind == "f"
    # A gradient has the dtype of its input: if an input stays in float64, its gradient is rounded to float64.
    sample = trial.sample.cast(dtype) if is_real else trial.sample
    moved = trial.run_on(sample.replace_inputs(dict(zip(indices, xs, strict=True))), trial.sample.needs)
    cotangents = [g.astype(dtype) if g.dtype.kind == "f" and is_real else g for g in trial.cotangents]
    gradients = moved.pull(cotangents)
    return _concatenate([gradients[i] for i in trial.sample.floats])


def _concatenate(arrays: Sequence[Any]) -> Any:
    return np.concatenate([np.ravel(a) for a in arrays])
