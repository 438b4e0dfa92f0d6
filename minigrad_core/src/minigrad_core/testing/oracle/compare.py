"""The comparison of gradients with numeric derivatives.

A gradient g of <weight, f(x)> claims that <g, v> = <weight, J v> for each direction v. First all
inputs move together. Only if that sum is wrong, each input moves alone, and all oracles are used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..closeness import is_finite
from ..finding import Evidence, SubjectFailed
from ..samples.sample import Sample, is_float
from ..samples.values import draw_signed
from ..subjects.subject import as_function, flatten_floats
from ..trial import Trial
from .slopes import (
    EPS,
    METHODS,
    REAL_STEP,
    Line,
    Slope,
    precise_slope,
    restrict_to_line,
    rough_slope,
    valid_slopes,
)

DIRECTION_SEED = 1  # of all directions: cotangents have other seeds
HIDDEN = 1e-5  # of all terms: a sum with a tolerance of a millionth does not show an error of a smaller share
SUBNORMAL = 1e-290  # values below have few digits, and their differences have even fewer
ROUNDINGS = 4  # samples with differently rounded inputs
MOST_REPETITIONS = 8  # a tie of more values ends in part
UNCERTAINTY_FACTOR = 20  # tolerance, as a multiple of the effect of rounded inputs


class GradientClaim(NamedTuple):
    """The claim of one backward pass."""

    cotangents: Sequence[NDArray[Any]]  # the cotangents
    weight: NDArray[Any]  # the weight of each value of the function
    gradients: Mapping[int, NDArray[Any]]  # the gradients of the weighted sum, by the index of the input


@dataclass(eq=False)
class GradientClaims:
    """The claims of several backward passes about one function."""

    # Takes the indices of the inputs that move, and their values; returns the value of the function.
    function: Callable[[Sequence[int], list[Any]], NDArray[Any]]
    sample: Sample  # the point at which the gradients were computed
    directions: Mapping[int, NDArray[Any]]  # a direction for each input that can move
    y: NDArray[Any]  # the value of the function at the sample
    passes: Sequence[GradientClaim]  # one claim for each backward pass
    floor: float  # the absolute accuracy of each value of the function
    at: Callable[[Sample], GradientClaims]  # returns the claims at another sample

    def find_evidence(self, *, derived: bool = False) -> Evidence | None:
        """Return the evidence against the first wrong claim, None if no claim is refuted.

        One difference quotient is enough for all inputs and all passes. At a derived sample an error of a
        millionth is allowed, because the gradients at the cases were compared precisely.
        """
        line = self.line_along(self.directions)
        rough = rough_slope(line, self.y)
        agrees = rough is not None and self._agree_with(rough)
        if rough is not None and agrees and not derived:
            precise = precise_slope(line, rough)
            agrees = precise is not None and self._agree_with(precise)
        hidden = self._find_hidden_inputs() if len(self.directions) > 1 else []
        for i in hidden if agrees else self.directions:
            for k in range(len(self.passes)):
                if evidence := self._refute(i, k):
                    return evidence
        return None

    def _find_hidden_inputs(self) -> list[int]:
        """Return the inputs whose terms are smaller than the tolerance of the sum over all inputs."""
        terms = {
            i: sum(inner_product(claim.gradients[i], v)[1] for claim in self.passes)
            for i, v in self.directions.items()
        }
        hidden = [i for i, size in terms.items() if size < HIDDEN * sum(terms.values())]
        return [i for i in hidden if not np.array_equal(self.line_along([i])(0.25), self.y)]

    def line_along(self, indices: Iterable[int]) -> Line:
        """Return the function along the directions of some inputs."""
        moving = list(indices)
        xs = [self.sample.inputs[i] for i in moving]
        return restrict_to_line(
            partial(self.function, moving), xs, [self.directions[i] for i in moving], self.y
        )

    def _agree_with(self, slope: Slope) -> bool:
        """Return whether all claims agree with a slope along which all inputs move."""
        return not any(self._measure_error(slope, self.directions, claim) for claim in self.passes)

    def _measure_error(
        self, slope: Slope, indices: Iterable[int], claim: GradientClaim, uncertainty: float = 0.0
    ) -> tuple[float, float] | None:
        """Return error and tolerance of a claim, None if it agrees with a slope within the tolerance."""
        products = [inner_product(claim.gradients[i], self.directions[i]) for i in indices]
        expected, sizes = float(claim.weight @ slope.value), np.abs(claim.weight)
        terms = sum(size for _, size in products) + float(sizes @ np.abs(slope.value))
        error = abs(sum(value for value, _ in products) - expected)
        noise = float((sizes * (slope.noise + self.floor)).sum())
        for i, (_, size) in zip(indices, products, strict=True):  # a gradient is rounded to its own type
            dtype = claim.gradients[i].dtype
            noise += size * float(np.finfo(dtype).eps) if dtype.kind in "fc" else 0.0
        tolerance = slope.rtol * terms + noise + uncertainty if isfinite(terms) else 0.0
        return None if error <= tolerance else (error, tolerance)

    def _refute(self, i: int, k: int) -> Evidence | None:
        """Return the evidence against pass `k` at input `i`, None if one valid oracle supports the claim."""
        claim = self.passes[k]
        slopes = valid_slopes(self.line_along([i]), self.y)
        if not all(self._measure_error(slope, [i], claim) for slope in slopes):
            return None
        uncertainty = UNCERTAINTY_FACTOR * self._measure_uncertainty(slopes[0], i, k) if slopes else 0.0
        errors = [self._measure_error(slope, [i], claim, uncertainty) for slope in slopes]
        if not errors or errors[0] is None or not all(errors):
            return None
        error, tolerance = errors[0]
        return Evidence(i, claim.cotangents, self.directions[i], slopes[0], error, tolerance)

    def _measure_uncertainty(self, slope: Slope, i: int, k: int) -> float:
        """Return how far both sides of a claim move if the inputs are rounded differently.

        No result can be more accurate than that. The rounded samples are compared with one another, because a
        gradient that is wrong at one point only, such as a whole number, is far from those beside the point.
        """
        products, slopes = [], []
        for sample in round_inputs(self.sample, EPS):
            with suppress(SubjectFailed):  # a rounded value may leave the domain
                rounded = self.at(sample)
                claim, rounded_slope = rounded.passes[k], METHODS[slope.oracle](rounded.line_along([i]))
                products.append(inner_product(claim.gradients[i], self.directions[i])[0])
                if rounded_slope is not None and rounded_slope.value.shape == slope.value.shape:
                    slopes.append(float(claim.weight @ rounded_slope.value))
        finite = [[value for value in values if isfinite(value)] for values in (products, slopes)]
        return max(max(values) - min(values) for values in finite if values) if any(finite) else 0.0


def inner_product(g: Any, v: NDArray[Any]) -> tuple[float, float]:
    """Return <g, v> and the sum of the absolute values of its terms; terms with v = 0 are 0 for any g."""
    size = float(np.abs(g).ravel() @ np.abs(v).ravel())
    if isfinite(size):
        return float((g.ravel() @ v.ravel()).real), size
    terms = np.where(v == 0, 0.0, g * v)
    return float(terms.sum().real), float(np.abs(terms).sum())


def step_sizes(x: NDArray[Any], domain: Any = None) -> NDArray[Any]:
    """Return how far each value may move: by its own size, at most by 1, and never beyond its domain.

    A NaN or an infinity in a case does not move.
    """
    scale = np.minimum(np.abs(x), 1.0) + (x == 0)
    if domain is not None and (domain.low, domain.high) != (-np.inf, np.inf):
        scale = np.minimum(scale, np.minimum(np.abs(x - domain.low), np.abs(domain.high - x)))
    return scale if is_finite(scale) else np.where(np.isfinite(x), scale, 0.0)


def draw_directions(sample: Sample) -> dict[int, NDArray[Any]]:
    """Return a random direction for each float input that is not empty; it moves every value."""
    xs, domains = sample.inputs, sample.domains
    return {i: _draw_direction(xs[i], domains[i], i) for i in sample.floats if xs[i].size}


def _draw_direction(x: NDArray[Any], domain: Any, i: int) -> NDArray[Any]:
    v = step_sizes(x, domain) * draw_signed(DIRECTION_SEED, 89 * i, x.shape)
    exact = ((x + REAL_STEP * v) - x) / REAL_STEP  # the step that remains after x + h v is rounded
    return exact if is_finite(exact) else np.where(np.isfinite(exact), exact, 0.0)


def compare(trial: Trial, *more_passes: Any, derived: bool = False) -> Evidence | None:
    """Return the evidence that a gradient of a trial is wrong, None if no gradient is refuted.

    trial: the trial whose backward pass is compared.
    *more_passes: further backward passes of the trial, as (cotangents, gradients).
    derived: whether the sample derives from a case at which the gradients were compared precisely.
    """
    passes = ((trial.cotangents, trial.gradients), *more_passes)
    return make_claims(trial, passes, draw_directions(trial.sample)).find_evidence(derived=derived)


def make_claims(trial: Trial, passes: Sequence[Any], directions: Mapping[int, Any]) -> GradientClaims:
    """Return the claims of backward passes, given as (cotangents, gradients), along some directions.

    Real and imaginary parts of complex outputs are separate values.
    """
    is_complex = trial.flat_outputs.dtype.kind == "c"

    def split(y: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([np.real(y), np.imag(y)]) if is_complex else y

    def evaluate(indices: Sequence[int], xs: list[Any]) -> NDArray[Any]:
        return split(as_function(trial.subject, trial.sample, indices)(xs))

    def make_claims_at(sample: Sample) -> GradientClaims:
        other = trial.run_on(sample, trial.needs)
        other_passes = [(cotangents, other.pull(cotangents)) for cotangents, _ in passes]
        return make_claims(other, other_passes, directions)

    claims = [
        GradientClaim(cotangents, split(np.conj(flatten_floats(cotangents))), {i: gs[i] for i in directions})
        for cotangents, gs in passes
    ]
    floor = 1e-13 * max(trial.largest_output, trial.base.largest_output) + SUBNORMAL
    y = split(trial.flat_outputs)
    return GradientClaims(evaluate, trial.sample, directions, y, claims, floor, make_claims_at)


def round_inputs(sample: Sample, eps: float) -> Iterator[Sample]:
    """Yield the sample several times, with each float value moved by up to `eps` of its size.

    Each value moves by its own share, because a common factor would keep the ratios of the values, and by at
    least half of `eps`, because a whole number would stay the same. Equal values move by different multiples
    of `eps`: a gradient that is wrong only where two inputs are equal is right at all of the yielded samples.
    """
    rng = np.random.default_rng(0)
    floats = {i: x for i, x in enumerate(sample.inputs) if is_float(x)}
    x = np.concatenate([np.ravel(x) for x in floats.values()] or [np.empty(0)])
    ends = list(accumulate(y.size for y in floats.values()))
    group = np.unique(x, return_inverse=True)[1]
    order = group.argsort(kind="stable")
    repetitions = np.empty(x.size)  # how many equal values come before each value
    repetitions[order] = np.arange(x.size) - np.searchsorted(group[order], group[order])
    for _ in range(ROUNDINGS):
        shares = rng.uniform(-0.5, 0.5, x.size)
        shares += np.copysign(0.5 + 2 * (repetitions % MOST_REPETITIONS), shares)
        # Not x (1 + eps share): float64 has only four such factors, so that moves of two inputs cancel.
        parts = zip(floats.items(), np.split(x * (eps * shares), ends)[:-1], strict=True)
        yield sample.replace_inputs({i: y + part.reshape(y.shape) for (i, y), part in parts})


def measure_rounding(
    evaluate: Callable[[Sample], Any], sample: Sample, exact: Any, eps: float
) -> NDArray[Any]:
    """Return how far each value of a result moves if the inputs move by up to `eps` of their size.

    `evaluate` returns the result at a sample, or None where there is none; `exact` is the result at `sample`.
    """
    results = [evaluate(rounded) for rounded in round_inputs(sample, eps)]
    moves = [np.abs(y - exact) for y in results if y is not None and y.shape == exact.shape]
    return np.nanmax([np.zeros(exact.shape), *moves], axis=0) if exact.size else np.zeros(exact.shape)
