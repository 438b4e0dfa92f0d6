"""Whether the gradient of the gradient is right, against numeric derivatives of the gradient."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..closeness import is_close
from ..finding import Finding
from ..trial import Trial
from .compare import GradientClaim, GradientClaims, draw_directions, inner_product


def judge_second_order(trial: Trial) -> Finding | None:
    """Return what is wrong with the derivative of the gradient, None if nothing; Broken if it fails."""
    if not any(y.size for y in trial.outputs):
        return None
    known = [(f"the gradient for input {i}", trial.gradients[i]) for i in trial.sample.floats]
    known += [(trial.output_name(k), y) for k, y in enumerate(trial.outputs)]
    for (what, usual), actual in zip(
        known, (*trial.second_order.gradients, *trial.second_order.outputs), strict=False
    ):
        if actual.shape != usual.shape or not is_close(actual, usual, 1e-10, 1e-12):
            return Finding("recorded-gradient-differs", f"{what} is another one on tensors", trial.sample)
    gradient_claims = _make_claims(trial)
    if (found := gradient_claims.find_wrong(derived=True)) is None:
        return None
    claim = gradient_claims.passes[0]
    actual = inner_product(claim.gradients[found.input], found.direction)[0]
    slopes = f"{actual:.6g} along a random direction, expected {claim.weight @ found.slope.value:.6g}"
    fact = f"input {found.input}: the second derivative is wrong: {slopes} ({found.slope.oracle}); "
    return Finding("wrong-second-order", f"{fact}is something saved as a constant?", trial.sample)


def _make_claims(trial: Trial) -> GradientClaims:
    """Return what the second derivatives say of all gradients, as a function of the inputs."""
    found, floats = trial.second_order, trial.sample.floats
    by_inputs = {i: np.asarray(g) for i, g in zip(floats, found.by_inputs, strict=True)}
    received = _concatenate([trial.gradients[i] for i in floats])
    return GradientClaims(
        lambda indices: lambda xs: _evaluate_gradients(trial, indices, xs),
        trial.sample,
        draw_directions(trial.sample),
        received,
        [GradientClaim(trial.cotangents, _concatenate(found.weights), by_inputs)],
        1e-12 * float(np.abs(received).max(initial=0.0)),
        lambda sample: _make_claims(trial.run_on(sample)),
    )


def _evaluate_gradients(trial: Trial, indices: Sequence[int], xs: list[Any]) -> Any:
    """Return all gradients, flattened, for other inputs at `indices`."""
    kind = xs[0].dtype
    moved = trial.run_on(trial.sample.replace_inputs(dict(zip(indices, xs, strict=True))), trial.sample.needs)
    cast = [g.astype(kind) if g.dtype.kind == "f" and kind.kind == "f" else g for g in trial.cotangents]
    received = moved.pull(cast, checked=kind.kind == "f")
    return _concatenate([received[i] for i in trial.sample.floats])


def _concatenate(arrays: Sequence[Any]) -> Any:
    return np.concatenate([np.ravel(a) for a in arrays])
