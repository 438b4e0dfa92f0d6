"""Whether the gradient of the gradient is right, against numeric derivatives of the gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..closeness import close
from ..finding import Finding
from .compare import directions, hardly_counting
from .noise import all_slopes
from .slopes import has_kink, quick_slope, rough_slope, slopes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..samples.sample import Sample
    from ..subjects.subject import Second
    from ..trial import Trial
    from .compare import Oracle
    from .slopes import Slope


def judge_second(trial: Trial) -> Finding | None:
    """Return what is wrong with the derivative of the gradient, None if nothing; Broken if it fails."""
    if not any(y.size for y in trial.outputs):
        return None
    return _other_values(trial, trial.second) or _compared(trial, trial.second)


def _other_values(trial: Trial, found: Second) -> Finding | None:
    for i, mine in zip(trial.sample.floats, found.received, strict=True):
        if not close(mine, trial.received[i], 1e-10, 1e-12):
            fact = f"the gradient for input {i} has other values on tensors than on arrays"
            return Finding("recorded-gradient-differs", fact, trial.sample)
    return None


def _compared(trial: Trial, found: Second) -> Finding | None:
    sample = trial.sample
    vs = directions(sample)
    terms = {i: np.asarray(g) * vs[i] for i, g in zip(sample.floats, found.by_inputs, strict=True) if i in vs}
    doubtful = _doubtful(trial, list(vs), vs, terms, found, rough_slope)
    doubtful = _doubtful(trial, doubtful, vs, terms, found)
    if len(doubtful) == len(vs) > 1:
        doubtful = [i for i in vs if _doubtful(trial, [i], vs, terms, found)]
    for i in doubtful:
        if fact := _wrong(trial, i, vs[i], terms[i], found):
            return Finding("wrong-second-order", f"input {i}: {fact}", sample)
    return None


def _doubtful(
    trial: Trial,
    indices: list[int],
    vs: dict[int, Any],
    terms: dict[int, Any],
    found: Second,
    oracle: Oracle = quick_slope,
) -> list[int]:
    """Return the inputs for which not all is right along a direction that moves all at once, as `compare`."""
    if not indices:
        return indices
    xs, y = [trial.sample.inputs[i] for i in indices], _joined(trial.sample, trial.received)
    slope = oracle(_gradient_function(trial, indices), xs, [vs[i] for i in indices], y)
    sizes = {i: float(np.abs(terms[i]).sum()) for i in indices}
    mine = sum(float(terms[i].sum()) for i in indices)
    if slope is None or not _agrees(slope, mine, list(sizes.values()), trial, found):
        return indices
    small = hardly_counting(sizes)
    return _doubtful(trial, small, vs, terms, found, oracle) if len(small) < len(indices) else indices


def _wrong(trial: Trial, i: int, v: Any, terms: Any, found: Second) -> str | None:
    """Return what is wrong about the derivative of all gradients by input `i`, by every oracle there is."""
    f, xs, vs = _gradient_function(trial, [i]), [trial.sample.inputs[i]], [v]
    first = next(iter(slopes(f, xs, vs)), None)
    if first is None:
        return None
    mine, sizes = float(terms.sum()), [float(np.abs(terms).sum())]
    if _agrees(first, mine, sizes, trial, found):
        return None
    if any(_agrees(other, mine, sizes, trial, found) for other in all_slopes(f, xs, vs)):
        return None
    if first.oracle != "complex step" and has_kink(f, xs, vs):
        return None
    expected = float((_joined_all(found.weights) * first.value).sum())
    return (
        f"the second derivative is wrong: {mine:.6g} along a random direction, expected "
        f"{expected:.6g} ({first.oracle}); is something saved as a constant?"
    )


def _agrees(slope: Slope, mine: float, sizes: list[float], trial: Trial, found: Second) -> bool:
    w = _joined_all(found.weights)
    theirs = w * slope.value
    gradients = max(float(np.abs(trial.received[i]).max(initial=0.0)) for i in trial.sample.floats)
    floor = float(np.abs(w).sum()) * (slope.noise + 1e-12 * gradients + 1e-15 * _uncancelled(trial))
    terms = sum(sizes) + float(np.abs(theirs).sum())
    return abs(mine - float(theirs.sum())) <= 10 * slope.rtol * terms + floor


def _uncancelled(trial: Trial) -> float:
    """Return |g y / x|: how large a gradient may be before it cancels, as a softmax of one value does."""
    y, g, x = (
        max((float(np.abs(a).max(initial=0.0)) for a in arrays if a.dtype.kind == "f"), default=0.0)
        for arrays in (trial.outputs, trial.cotangents, [trial.sample.inputs[i] for i in trial.sample.floats])
    )
    return g * y / x if x else 0.0


def _gradient_function(trial: Trial, indices: Sequence[int]) -> Any:
    """Return all gradients, flattened, as a function of the inputs at `indices`."""

    def f(xs: list[Any]) -> Any:
        inputs = list(trial.sample.inputs)
        for i, x in zip(indices, xs, strict=True):
            inputs[i] = x
        kind = xs[0].dtype
        moved = trial.on(trial.sample.with_inputs(tuple(inputs)), trial.sample.needs)
        cast = [g.astype(kind) if g.dtype.kind == "f" and kind.kind == "f" else g for g in trial.cotangents]
        return _joined(trial.sample, moved.pull(cast, checked=kind.kind == "f"))

    return f


def _joined(sample: Sample, received: list[Any]) -> Any:
    return _joined_all([received[i] for i in sample.floats])


def _joined_all(arrays: Sequence[Any]) -> Any:
    return np.concatenate([np.ravel(a) for a in arrays])
