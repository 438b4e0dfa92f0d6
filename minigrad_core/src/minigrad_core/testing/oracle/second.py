"""Whether the gradient of the gradient is right, against numeric derivatives of the gradient."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..closeness import close
from ..finding import Finding
from ..trial import Trial
from .compare import Claim, Claims, directions, product


def judge_second(trial: Trial) -> Finding | None:
    """Return what is wrong with the derivative of the gradient, None if nothing; Broken if it fails."""
    if not any(y.size for y in trial.outputs):
        return None
    known = [(f"the gradient for input {i}", trial.received[i]) for i in trial.sample.floats]
    known += [(trial.called(k), y) for k, y in enumerate(trial.outputs)]
    for (what, usual), mine in zip(known, (*trial.second.received, *trial.second.outputs), strict=False):
        if mine.shape != usual.shape or not close(mine, usual, 1e-10, 1e-12):
            return Finding("recorded-gradient-differs", f"{what} is another one on tensors", trial.sample)
    claims = _claims(trial)
    if (found := claims.wrong(derived=True)) is None:
        return None
    claim = claims.passes[0]
    mine = product(claim.gradients[found.input], found.direction)[0]
    told = f"{mine:.6g} along a random direction, expected {claim.weight @ found.slope.value:.6g}"
    fact = f"input {found.input}: the second derivative is wrong: {told} ({found.slope.oracle}); "
    return Finding("wrong-second-order", f"{fact}is something saved as a constant?", trial.sample)


def _claims(trial: Trial) -> Claims:
    """Return what the second derivatives say of all gradients, as a function of the inputs."""
    found, floats = trial.second, trial.sample.floats
    by_inputs = {i: np.asarray(g) for i, g in zip(floats, found.by_inputs, strict=True)}
    received = _joined([trial.received[i] for i in floats])
    return Claims(
        lambda indices: lambda xs: _gradients(trial, indices, xs),
        trial.sample,
        directions(trial.sample),
        received,
        [Claim(trial.cotangents, _joined(found.weights), by_inputs)],
        1e-12 * float(np.abs(received).max(initial=0.0)),
        lambda sample: _claims(trial.on(sample)),
    )


def _gradients(trial: Trial, indices: Sequence[int], xs: list[Any]) -> Any:
    """Return all gradients, flattened, for other inputs at `indices`."""
    kind = xs[0].dtype
    moved = trial.on(trial.sample.but(dict(zip(indices, xs, strict=True))), trial.sample.needs)
    cast = [g.astype(kind) if g.dtype.kind == "f" and kind.kind == "f" else g for g in trial.cotangents]
    received = moved.pull(cast, checked=kind.kind == "f")
    return _joined([received[i] for i in trial.sample.floats])


def _joined(arrays: Sequence[Any]) -> Any:
    return np.concatenate([np.ravel(a) for a in arrays])
