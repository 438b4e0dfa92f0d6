"""Whether the gradient of the gradient is right, against numeric derivatives of the gradient."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..closeness import close
from ..finding import Finding
from ..samples.sample import Sample
from ..subjects.subject import Second
from ..trial import Trial
from .claims import Claims
from .compare import directions


def judge_second(trial: Trial) -> Finding | None:
    """Return what is wrong with the derivative of the gradient, None if nothing; Broken if it fails."""
    if not any(y.size for y in trial.outputs):
        return None
    for i, mine in zip(trial.sample.floats, trial.second.received, strict=True):
        if not close(mine, trial.received[i], 1e-10, 1e-12):
            fact = f"the gradient for input {i} has other values on tensors than on arrays"
            return Finding("recorded-gradient-differs", fact, trial.sample)
    claims = _claims(trial, trial.second)
    found = claims.wrong(derived=True)
    if found is None:
        return None
    weight, mine = claims.passes[0][0], claims.product(found.input, 0)[0]
    fact = (
        f"input {found.input}: the second derivative is wrong: {mine:.6g} along a random direction, expected "
        f"{float(weight @ found.slope.value):.6g} ({found.slope.oracle}); is something saved as a constant?"
    )
    return Finding("wrong-second-order", fact, trial.sample)


def _claims(trial: Trial, found: Second) -> Claims:
    """Return what the second derivatives say of all gradients, as a function of the inputs."""

    def at(sample: Sample) -> Claims:
        other = trial.on(sample)
        return _claims(other, other.second)

    gradients = max(float(np.abs(trial.received[i]).max(initial=0.0)) for i in trial.sample.floats)
    by_inputs = {i: np.asarray(g) for i, g in zip(trial.sample.floats, found.by_inputs, strict=True)}
    return Claims(
        lambda indices: lambda xs: _gradients(trial, indices, xs),
        trial.sample,
        directions(trial.sample),
        _joined([trial.received[i] for i in trial.sample.floats]),
        [(_joined(found.weights), by_inputs)],
        1e-12 * gradients + 1e-15 * _uncancelled(trial),
        at,
        loose=10,
    )


def _uncancelled(trial: Trial) -> float:
    """Return |g y / x|: how large a gradient may be before it cancels, as a softmax of one value does."""
    y, g, x = (
        max((float(np.abs(a).max(initial=0.0)) for a in arrays if a.dtype.kind == "f"), default=0.0)
        for arrays in (trial.outputs, trial.cotangents, [trial.sample.inputs[i] for i in trial.sample.floats])
    )
    return g * y / x if x else 0.0


def _gradients(trial: Trial, indices: Sequence[int], xs: list[Any]) -> Any:
    """Return all gradients, flattened, for other inputs at `indices`."""
    kind = xs[0].dtype
    moved = trial.on(trial.sample.but(dict(zip(indices, xs, strict=True))), trial.sample.needs)
    cast = [g.astype(kind) if g.dtype.kind == "f" and kind.kind == "f" else g for g in trial.cotangents]
    received = moved.pull(cast, checked=kind.kind == "f")
    return _joined([received[i] for i in trial.sample.floats])


def _joined(arrays: Sequence[Any]) -> Any:
    return np.concatenate([np.ravel(a) for a in arrays])
