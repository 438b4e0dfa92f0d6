"""What `backward` returns against the numeric derivative: the comparison at the heart of the kit.

A gradient claims what <weight, J v> is, along any direction v. All inputs are moved at once, and only where
the sum is off, each alone, by every oracle there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..closeness import is_finite
from ..finding import SubjectFailed
from ..samples.sample import is_float
from ..samples.values import draw_signed
from ..subjects.subject import as_function, flatten_floats
from .slopes import EPS, ORACLES, REAL_STEP, Slope, precise_slope, restrict_to_line, rough_slope, valid_slopes

if TYPE_CHECKING:
    from ..samples.sample import Sample
    from ..trial import Trial
    from .slopes import Function, Line

DIRECTIONS = 1  # the seed of all directions: what is compared along them has seeds of its own
SUBNORMAL = 1e-290  # below, values have few digits, and their differences fewer
TURNS = 4  # of moves by rounding
UNCERTAINTY = 20  # times what rounding of the inputs moves


class Evidence(NamedTuple):
    """A gradient that is wrong, and how that was seen."""

    input: int  # of which input
    cotangents: Sequence[NDArray[Any]]  # what `backward` was given
    direction: NDArray[Any]  # along which slopes were compared
    slope: Slope  # that of the best oracle
    error: float
    tolerance: float


class GradientClaim(NamedTuple):
    """What one backward pass says."""

    cotangents: Sequence[NDArray[Any]]
    weight: NDArray[Any]  # of each value of the function
    gradients: Mapping[int, NDArray[Any]]  # of the weighted sum, by input


@dataclass(eq=False)
class GradientClaims:
    """What some backward passes say of one function."""

    function: Callable[[Sequence[int]], Function]  # takes the inputs that move, returns the function of these
    sample: Sample
    vs: Mapping[int, NDArray[Any]]  # a direction for each input that can move
    y: NDArray[Any]  # the values there
    passes: Sequence[GradientClaim]
    floor: float  # how well each value of the function is known, absolutely
    at: Callable[[Sample], GradientClaims]  # the same for other arguments

    def find_wrong(self, *, derived: bool = False) -> Evidence | None:
        """Return the first claim that is refuted, None if all are right or nothing can be said.

        One difference does for all inputs, and for all passes. For a `derived` sample, of an operation whose
        cases were right, agreement to a millionth is enough.
        """
        at = self.line_along(self.vs)
        rough = rough_slope(at, self.y)
        if rough is not None and not any(self._measure_error(rough, self.vs, claim) for claim in self.passes):
            precise = None if derived else precise_slope(at, rough)
            if derived or (
                precise and not any(self._measure_error(precise, self.vs, claim) for claim in self.passes)
            ):
                return None
        turns = range(len(self.passes))
        return next((found for i in self.vs for turn in turns if (found := self._refute(i, turn))), None)

    def line_along(self, indices: Iterable[int]) -> Line:
        """Return the function along the directions of some inputs."""
        chosen = list(indices)
        xs = [self.sample.inputs[i] for i in chosen]
        return restrict_to_line(self.function(chosen), xs, [self.vs[i] for i in chosen], self.y)

    def _measure_error(
        self, slope: Slope, indices: Iterable[int], claim: GradientClaim, more: float = 0.0
    ) -> Any:
        """Return error and tolerance of what a pass claims, None if it is right as far as can be told."""
        products = [inner_product(claim.gradients[i], self.vs[i]) for i in indices]
        theirs, sizes = float(claim.weight @ slope.value), np.abs(claim.weight)
        terms = sum(size for _, size in products) + float(sizes @ np.abs(slope.value))
        error = abs(sum(value for value, _ in products) - theirs)
        known = float((sizes * (slope.noise + self.floor)).sum())
        tolerance = slope.rtol * terms + known + more if isfinite(terms) else 0.0
        return None if error <= tolerance else (error, tolerance)

    def _refute(self, i: int, turn: int) -> Evidence | None:
        """Return by how much a claim is off, None if one oracle supports it: in doubt, nobody is accused."""
        claim, found = self.passes[turn], valid_slopes(self.line_along([i]), self.y)
        if not all(self._measure_error(slope, [i], claim) for slope in found):
            return None
        unsure = UNCERTAINTY * self._measure_uncertainty(found[0], i, turn) if found else 0.0
        opinions = [(slope, self._measure_error(slope, [i], claim, unsure)) for slope in found]
        if not opinions or not all(off for _, off in opinions):
            return None
        slope, (error, tolerance) = opinions[0]
        return Evidence(i, claim.cotangents, self.vs[i], slope, error, tolerance)

    def _measure_uncertainty(self, slope: Slope, i: int, turn: int) -> float:
        """Return how far both sides of a claim move where the inputs do by rounding: nobody knows better."""
        claim, moves = self.passes[turn], [0.0]
        for sample in round_inputs(self.sample, EPS):
            try:
                other = self.at(sample)
            except SubjectFailed:
                continue
            again, others = ORACLES[slope.oracle](other.line_along([i])), other.passes[turn]
            moves.append(inner_product(others.gradients[i] - claim.gradients[i], self.vs[i])[0])
            if again is not None and again.value.shape == slope.value.shape:
                moves.append(float(others.weight @ again.value - claim.weight @ slope.value))
        return max((abs(move) for move in moves if isfinite(move)), default=0.0)


def inner_product(g: Any, v: NDArray[Any]) -> tuple[float, float]:
    """Return <g, v> and the sum of the absolute values of its terms; what is not moved does not count."""
    size = float(np.abs(g).ravel() @ np.abs(v).ravel())
    if isfinite(size):
        return float((g.ravel() @ v.ravel()).real), size
    terms = np.where(v == 0, 0.0, g * v)
    return float(terms.sum().real), float(np.abs(terms).sum())


def step_sizes(x: NDArray[Any], domain: Any = None) -> NDArray[Any]:
    """Return how far each value may move: its own size, at most 1, never over the edge of its domain."""
    scale = np.minimum(np.abs(x), 1.0) + (x == 0)
    if domain is not None and (domain.low, domain.high) != (-np.inf, np.inf):
        scale = np.minimum(scale, np.minimum(np.abs(x - domain.low), np.abs(domain.high - x)))
    return scale if is_finite(scale) else np.where(np.isfinite(x), scale, 0.0)  # a NaN of the author's stays


def draw_directions(sample: Sample) -> dict[int, NDArray[Any]]:
    """Return, for each float input, a random direction that visits every value, with steps that fit them."""
    xs, domains = sample.inputs, sample.domains
    return {i: _draw_direction(xs[i], domains[i], i) for i in sample.floats if xs[i].size}


def _draw_direction(x: NDArray[Any], domain: Any, i: int) -> NDArray[Any]:
    v = step_sizes(x, domain) * draw_signed(DIRECTIONS, 89 * i, x.shape)
    stepped = ((x + REAL_STEP * v) - x) / REAL_STEP  # what is really stepped, after rounding x + h v
    return stepped if is_finite(stepped) else np.where(np.isfinite(stepped), stepped, 0.0)


def compare(trial: Trial, *more: Any, derived: bool = False) -> Evidence | None:
    """Return the evidence that a gradient is wrong here, None if all are right or nothing can be said.

    Beside the backward pass of the trial there may be `more`: (cotangents, gradients).
    """
    passes = ((trial.cotangents, trial.gradients), *more)
    return make_claims(trial, passes, draw_directions(trial.sample)).find_wrong(derived=derived)


def make_claims(trial: Trial, passes: Sequence[Any], vs: Mapping[int, Any]) -> GradientClaims:
    """Return what backward passes say along some directions; of complex outputs both parts count alone."""
    parted: Any = _split_complex if trial.flat_outputs.dtype.kind == "c" else lambda y: y

    def function(indices: Sequence[int]) -> Function:
        whole = as_function(trial.subject, trial.sample, indices)
        return lambda xs: parted(whole(xs))

    def at(sample: Sample) -> GradientClaims:
        other = trial.run_on(sample, trial.needs)
        return make_claims(other, [(grads, other.pull(grads)) for grads, _ in passes], vs)

    gradient_claims = [
        GradientClaim(grads, parted(np.conj(flatten_floats(grads))), {i: got[i] for i in vs})
        for grads, got in passes
    ]
    floor = 1e-13 * max(trial.largest_output, trial.base.largest_output) + SUBNORMAL
    return GradientClaims(function, trial.sample, vs, parted(trial.flat_outputs), gradient_claims, floor, at)


def _split_complex(y: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([np.real(y), np.imag(y)])


def round_inputs(sample: Sample, eps: float) -> Iterator[Sample]:
    """Yield the sample with each float moved by up to `eps` of its size, several times.

    One move that is the same for all values of a row would leave its variance alone.
    """
    rng = np.random.default_rng(0)
    floats = {i: x for i, x in enumerate(sample.inputs) if is_float(x)}
    for _ in range(TURNS):
        yield sample.replace_inputs(
            {i: x * (1 + eps * rng.uniform(-1, 1, x.shape)) for i, x in floats.items()}
        )


def measure_rounding(result: Callable[[Sample], Any], sample: Sample, exact: Any, eps: float) -> NDArray[Any]:
    """Return how far each value of a result moves where the inputs do by rounding; None is no result."""
    others = [result(other) for other in round_inputs(sample, eps)]
    moves = [np.abs(y - exact) for y in others if y is not None and y.shape == exact.shape]
    return np.nanmax([np.zeros(exact.shape), *moves], axis=0) if exact.size else np.zeros(exact.shape)
