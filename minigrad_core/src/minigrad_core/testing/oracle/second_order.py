"""Derivatives of gradients, compared with numeric derivatives of the gradients."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from ..closeness import is_close, is_finite
from ..finding import Finding
from ..samples.sample import Family
from ..trial import Trial
from .compare import GradientClaim, GradientClaims, draw_directions, inner_product


def judge_second_order(trial: Trial) -> Finding | None:
    """Return the first fault of the derivatives of the gradients, None if there is none.

    Outputs and gradients have to be the same while second derivatives are recorded. At kinks and extreme
    values second derivatives may not be NaN; they are compared with numeric ones elsewhere.

    Raise SubjectFailed if the gradients cannot be differentiated.
    """
    if not any(y.size for y in trial.outputs):
        return None
    recorded = (*trial.second_order.gradients, *trial.second_order.outputs)
    for i, g in zip(trial.sample.floats, trial.second_order.by_inputs, strict=True):
        if np.isnan(g).any() and all(map(is_finite, recorded)):
            fact = f"input {i}: the second derivative is NaN at {trial.sample.recipe.label}"
            return Finding("wrong-second-order", fact, trial.sample)
    if trial.sample.recipe.family in (Family.KINKS, Family.EXTREMES):
        return None
    usual = [*trial.name_gradients(trial.gradients), *trial.output_results]
    for result, actual in zip(usual, recorded, strict=False):
        expected = result.values
        if actual.shape != expected.shape or not is_close(actual, expected, 1e-10, 1e-12):
            fact = f"{result.name} is another one on tensors"
            return Finding("recorded-gradient-differs", fact, trial.sample)

    claims = _make_claims(trial)
    evidence = claims.find_evidence(derived=True)
    if evidence is None:
        return None
    claim, slope = claims.passes[0], evidence.slope
    actual = inner_product(claim.gradients[evidence.input], evidence.direction)[0]
    expected = claim.weight @ slope.value
    values = f"{actual:.6g} along a random direction, expected {expected:.6g} ({slope.oracle.value})"
    fact = f"input {evidence.input}: the second derivative is wrong: {values}; "
    return Finding("wrong-second-order", f"{fact}is something saved as a constant?", trial.sample)


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
    inputs = dict(zip(indices, xs, strict=True))
    moved = trial.run_on(trial.sample.replace_inputs(inputs), trial.sample.needs)
    is_real = dtype.kind == "f"
    cotangents = [g.astype(dtype) if g.dtype.kind == "f" and is_real else g for g in trial.cotangents]
    gradients = moved.pull(cotangents, checked=is_real)
    return _concatenate([gradients[i] for i in trial.sample.floats])


def _concatenate(arrays: Sequence[Any]) -> Any:
    return np.concatenate([np.ravel(a) for a in arrays])
