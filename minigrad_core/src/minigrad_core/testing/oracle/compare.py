"""The comparison at the heart of the kit: what `backward` returns against the numeric derivative."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..as_function import as_function, flat
from ..closeness import finite
from ..samples.signed import signed_values
from .noise import all_slopes
from .slopes import REAL_STEP, has_kink, quick_slope, rough_slope, settled, slopes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from ..samples.sample import Sample
    from ..trial import Trial
    from .slopes import Function, Slope, Vectors

    # (gradients of the outputs, what `backward` returns for them) of some backward passes.
    Passes: TypeAlias = "Sequence[tuple[Sequence[NDArray[Any]], Sequence[Any]]]"
    # f, xs, vs, f(xs) -> the derivative of f at xs along vs, None where it cannot be had.
    Oracle: TypeAlias = Callable[[Function, Vectors, Vectors, NDArray[Any]], Slope | None]


DIRECTIONS = 1  # the seed of all directions: what is compared along them has seeds of its own
SUBNORMAL = 1e-290  # below, values have few digits, and their differences fewer
ROUNDINGS = 16  # as many times what a slope moves by its inputs' last digits is no fault
LEAST = 0.05  # of a sum: what an input must contribute for the sum to say something about it


@dataclass(frozen=True)
class Evidence:
    """A gradient that is wrong.

    Attributes
    ----------
    input : int
        Of which input.
    cotangents : list of arrays
        What `backward` was given.
    analytic : array
        What it returned for that input.
    numeric, terms : float
        The derivative along `direction`, and the sum of the absolute values of the terms that make it up.
    direction : array
        Along which they were compared.
    oracle, step, noise, tolerance, error
        How the comparison was made, and by how much it failed.
    """

    input: int
    cotangents: Sequence[NDArray[Any]]
    analytic: NDArray[Any]
    direction: NDArray[Any]
    oracle: str
    step: float
    noise: float
    tolerance: float
    error: float


def steps(x: NDArray[Any], domain: Any = None) -> NDArray[Any]:
    """Return how far each value may move: its own size, at most 1, never over the edge of its domain."""
    return np.where(np.isfinite(x), _steps(x, domain), 0.0)  # a NaN that the author put in stays


def _steps(x: NDArray[Any], domain: Any) -> NDArray[Any]:
    scale = np.minimum(np.abs(x), 1.0) + (x == 0)
    if domain is not None and (domain.low, domain.high) != (-np.inf, np.inf):
        scale = np.minimum(scale, np.minimum(np.abs(x - domain.low), np.abs(domain.high - x)))
    return scale


def directions(sample: Sample) -> dict[int, NDArray[Any]]:
    """Return, for each float input, a random direction that visits every value, with steps that fit them."""
    return {
        i: _direction(sample.inputs[i], sample.domains[i], i) for i in sample.floats if sample.inputs[i].size
    }


def _direction(x: NDArray[Any], domain: Any, i: int) -> NDArray[Any]:
    v = _steps(x, domain) * signed_values(DIRECTIONS, 89 * i, x.shape)
    stepped = ((x + REAL_STEP * v) - x) / REAL_STEP  # what is really stepped, after rounding x + h v
    if finite(stepped):
        return stepped
    return np.where(np.isfinite(stepped), stepped, 0.0)  # a NaN that the author put in stays


def compare(trial: Trial, passes: Passes | None = None, *, derived: bool = False) -> Evidence | None:
    """Return the evidence that a gradient is wrong here, None if all are right or nothing can be said.

    Along random directions v that move all values of an input: <gradient, v> against <g, J v>, for each of
    the backward passes (by default, that of the trial). The precise oracles leave errors of 1e-10 of the
    terms, so one wrong entry among a thousand stands out. For a `derived` trial, of an operation whose cases
    were right, agreement to a millionth is enough.
    """
    sample = trial.sample
    passes = [(trial.cotangents, trial.received)] if passes is None else passes
    vs = directions(sample)
    doubtful = _doubtful(trial, vs, passes, rough_slope) if derived else vs
    doubtful = _doubtful(trial, doubtful, passes)
    if len(doubtful) == len(vs) > 1:  # one of them is wrong, or spoils the oracle for the others
        doubtful = {i: v for i, v in vs.items() if _doubtful(trial, {i: v}, passes)}
    return next(
        (
            e
            for i, v in doubtful.items()
            for grads, received in passes
            if (e := along(trial, i, v, received[i], grads)) is not None
        ),
        None,
    )


def _doubtful(
    trial: Trial, vs: Mapping[int, NDArray[Any]], passes: Passes, oracle: Oracle = quick_slope
) -> Mapping[int, NDArray[Any]]:
    """Return the inputs whose gradients are not proven right along a direction that moves all at once.

    One difference does for all of them, and for all passes. It proves nothing about inputs that hardly count
    in any sum: these are moved once more, without the others.
    """
    if not vs:
        return vs
    xs = [trial.sample.inputs[i] for i in vs]
    slope = oracle(as_function(trial.subject, trial.sample, list(vs)), xs, list(vs.values()), trial.flat)
    if slope is None or slope.value.shape != trial.flat.shape:
        return vs
    small = set(vs)
    for grads, received in passes:
        mine = {i: product(received[i], v) for i, v in vs.items()}
        sizes = {i: size for i, (_, size) in mine.items()}
        if _off(slope, sum(value for value, _ in mine.values()), sum(sizes.values()), trial, flat(grads)):
            return vs
        small.intersection_update(hardly_counting(sizes))
    again = {i: vs[i] for i in vs if i in small}
    return _doubtful(trial, again, passes, oracle) if len(small) < len(vs) else vs


def product(g: NDArray[Any], v: NDArray[Any]) -> tuple[float, float]:
    """Return <g, v> and the sum of the absolute values of its terms; what is not moved does not count."""
    size = float(np.abs(g).ravel() @ np.abs(v).ravel())
    if isfinite(size):
        return float(g.ravel() @ v.ravel()), size
    terms = np.where(v == 0, 0.0, g * v)
    return float(terms.sum()), float(np.abs(terms).sum())


def hardly_counting(sizes: Mapping[int, float]) -> list[int]:
    """Return the inputs of which a sum with terms of these sizes says nothing."""
    return [i for i, size in sizes.items() if size < LEAST * sum(sizes.values())]


def along(
    trial: Trial, i: int, v: NDArray[Any], received: NDArray[Any], grads: Sequence[NDArray[Any]]
) -> Evidence | None:
    """Return the evidence that <received, v> is not <grads, J v> for input `i`, by every oracle there is."""
    f, xs, vs = as_function(trial.subject, trial.sample, [i]), [trial.sample.inputs[i]], [v]
    found = slopes(f, xs, vs)
    if not found:
        return None
    first = found[0]
    if first.value.shape != trial.flat.shape:  # the size depends on the values
        return None
    evidence = judged(first, i, v, received, grads, trial)
    if evidence is None:
        return None
    if (first.oracle != "complex step" and has_kink(f, xs, vs)) or not settled(f, xs, vs):
        return None
    opinions = [judged(slope, i, v, received, grads, trial) for slope in all_slopes(f, xs, vs)]
    if None in opinions or _is_rounding(first, trial, i, v, flat(grads), evidence.error):
        return None  # in conflict, nobody is accused
    return [*opinions, evidence][0]


def _is_rounding(slope: Slope, trial: Trial, i: int, v: NDArray[Any], g: NDArray[Any], error: float) -> bool:
    """Whether <g, slope> moves about as much where inputs do by their last digits, near a singularity."""
    eps, sample = 2 * float(np.finfo(np.float64).eps), trial.sample
    for sign in (1, -1):
        signs = {
            j: sign * signed_values(DIRECTIONS, 89 * j + 7, sample.inputs[j].shape) for j in sample.floats
        }
        moved = sample.but({j: sample.inputs[j] * (1 + eps * np.sign(s)) for j, s in signs.items()})
        found = slopes(as_function(trial.subject, moved, [i]), [moved.inputs[i]], [v])
        change = [
            float(g @ (other.value - slope.value)) for other in found[:1] if other.value.shape == g.shape
        ]
        if change and error <= ROUNDINGS * abs(change[0]):
            return True
    return False


def judged(
    slope: Slope,
    i: int,
    v: NDArray[Any],
    received: NDArray[Any],
    grads: Sequence[NDArray[Any]],
    trial: Trial,
) -> Evidence | None:
    """Return the evidence that <received, v> is not <grads, slope>, None if they agree."""
    off = _off(slope, *product(received, v), trial, flat(grads))
    if off is None:
        return None
    error, tolerance = off
    return Evidence(
        i, grads, np.asarray(received), v, slope.oracle, slope.step, slope.noise, tolerance, error
    )


def _off(slope: Slope, mine: float, size: float, trial: Trial, g: NDArray[Any]) -> tuple[float, float] | None:
    """Return error and tolerance of a sum with terms of that size, None if it is <g, slope>."""
    theirs, terms = float(g @ slope.value), size + float(np.abs(g) @ np.abs(slope.value))
    error = abs(mine - theirs)
    tolerance = slope.rtol * terms + floor(slope, trial, g) if np.isfinite(terms) else 0.0
    return None if error <= tolerance else (error, tolerance)


def floor(slope: Slope, trial: Trial, g: NDArray[Any]) -> float:
    """Return how well <g, slope> is known at best: noise, and rounding of the outputs."""
    size = max(trial.size, trial.base.size)
    return (slope.noise + 1e-13 * size + SUBNORMAL) * float(np.add.reduce(np.abs(g)))
