"""What `backward` returns against the numeric derivative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..closeness import finite
from ..samples.values import signed_values
from ..subjects.subject import as_function, flat
from .claims import Claims
from .slopes import REAL_STEP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ..samples.sample import Sample
    from ..trial import Trial
    from .slopes import Function

    # (gradients of the outputs, what `backward` returns for them) of some backward passes.
    Passes: TypeAlias = Sequence[tuple[Sequence[NDArray[Any]], Sequence[Any]]]

DIRECTIONS = 1  # the seed of all directions: what is compared along them has seeds of its own
SUBNORMAL = 1e-290  # below, values have few digits, and their differences fewer


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
    scale = np.minimum(np.abs(x), 1.0) + (x == 0)
    if domain is not None and (domain.low, domain.high) != (-np.inf, np.inf):
        scale = np.minimum(scale, np.minimum(np.abs(x - domain.low), np.abs(domain.high - x)))
    return scale if finite(scale) else np.where(np.isfinite(x), scale, 0.0)  # a NaN of the author's stays


def directions(sample: Sample) -> dict[int, NDArray[Any]]:
    """Return, for each float input, a random direction that visits every value, with steps that fit them."""
    return {
        i: _direction(sample.inputs[i], sample.domains[i], i) for i in sample.floats if sample.inputs[i].size
    }


def _direction(x: NDArray[Any], domain: Any, i: int) -> NDArray[Any]:
    v = steps(x, domain) * signed_values(DIRECTIONS, 89 * i, x.shape)
    stepped = ((x + REAL_STEP * v) - x) / REAL_STEP  # what is really stepped, after rounding x + h v
    return stepped if finite(stepped) else np.where(np.isfinite(stepped), stepped, 0.0)


def compare(trial: Trial, passes: Passes | None = None, *, derived: bool = False) -> Evidence | None:
    """Return the evidence that a gradient is wrong here, None if all are right or nothing can be said.

    Along random directions v that move all values of an input: <gradient, v> against <g, J v>, for each of
    the backward passes (by default, that of the trial). The precise oracles leave errors of 1e-10 of the
    terms, so one wrong entry among a thousand stands out.
    """
    passes = [(trial.cotangents, trial.received)] if passes is None else passes
    found = claims(trial, passes, directions(trial.sample)).wrong(derived=derived)
    if found is None:
        return None
    i, turn, slope, error, tolerance = found
    grads, received = passes[turn]
    v = directions(trial.sample)[i]
    return Evidence(
        i, grads, np.asarray(received[i]), v, slope.oracle, slope.step, slope.noise, tolerance, error
    )


def claims(trial: Trial, passes: Passes, vs: Mapping[int, Any]) -> Claims:
    """Return what backward passes say along some directions; of complex outputs both parts count alone."""
    parted: Any = _parted if trial.flat.dtype.kind == "c" else lambda y: y

    def function(indices: Sequence[int]) -> Function:
        whole = as_function(trial.subject, trial.sample, indices)
        return lambda xs: parted(whole(xs))

    def at(sample: Sample) -> Claims:
        other = trial.on(sample, trial.needs)
        return claims(other, [(grads, other.pull(grads)) for grads, _ in passes], vs)

    weighted = [(parted(np.conj(flat(grads))), {i: received[i] for i in vs}) for grads, received in passes]
    floor = 1e-13 * max(trial.size, trial.base.size) + SUBNORMAL
    return Claims(function, trial.sample, vs, parted(trial.flat), weighted, floor, at)


def _parted(y: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([np.real(y), np.imag(y)])
