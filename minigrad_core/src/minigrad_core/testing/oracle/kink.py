"""Gradients at kinks, ties and zeros, where the derivative has two sides.

A *slope* is the difference quotient of one output to one side, times its cotangent. The *span* along a
direction is the interval between the sum of the smallest and the sum of the largest slopes of all outputs, at
the sample and at points nearby. A gradient g is right along v if <g, v> lies inside of the span.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..closeness import is_finite
from ..finding import Finding, Findings, Script
from ..samples.values import draw_signed
from ..scripts.gradients import judge_sides
from ..subjects.subject import as_function, flatten_floats
from ..trial import Trial
from .compare import inner_product
from .slopes import EPS, one_sided_slope, restrict_to_line

STEP = 2.0**-20
TOLERANCE = 1e-4  # relative, for slopes over a step of 1e-6: a wrong gradient is off by a whole slope
ENTRIES = 4  # values of an input that move alone: a gradient is rarely wrong at one of many kinks only
TIED_VALUES = 4  # repeated values that move together
CURVATURE = 1e-3  # the difference of the two slopes of a smooth function, relative to a usual slope
NEIGHBORS = 64  # points around a kink; they lie within this number of steps
SHARE = 0.5  # outputs jump that move over a 64th of a distance by this share of their move over all of it
FLOOR = 1e-3  # slopes this small count as zero


class Span(NamedTuple):
    """The interval of the possible sums of one slope per output, and the size of the terms of the sums."""

    low: float
    high: float
    size: float

    def contains(self, value: float) -> bool:
        """Return whether a value lies inside of the interval, within the accuracy of differences."""
        slack = TOLERANCE * (self.size + abs(value) + FLOOR)
        return bool(np.isfinite(value) and self.low - slack <= value <= self.high + slack)

    def __str__(self) -> str:
        if np.isclose(self.low, self.high, TOLERANCE):
            return f"{self.low:.4g}"
        return f"between {self.low:.4g} and {self.high:.4g}"


def judge_kink(trial: Trial) -> Findings:
    """Yield wrong gradients at a kink.

    Each entry lies between the slopes on its two sides, and the entries of tied values add up to the slope
    along the tie. A gradient that matches the slope on one side along a random direction is the gradient of
    the piece on that side: then nothing else is checked.
    """
    gradients = {i: g for i, g in enumerate(trial.gradients) if g is not None}

    def claim_slope(directions: Mapping[int, Any]) -> float:
        return sum(inner_product(gradients[i], v)[0] for i, v in directions.items())

    random_directions = {i: draw_signed(2, 89 * i, g.shape) for i, g in gradients.items()}
    one_side = _measure_slopes(trial, random_directions, STEP)
    if one_side is not None and _make_span(trial, one_side).contains(claim_slope(random_directions)):
        return
    for code, directions, fact in (*_move_entries(trial, gradients), *_move_ties(trial, gradients)):
        value = claim_slope(directions)
        if span := _find_other_span(trial, directions, value):
            text = f"at {trial.sample.recipe.label}, {fact.format(f'{value:.4g}')}, expected {span}"
            script = Script(judge_sides, {"directions": directions, "step": STEP}, trial.cotangents)
            yield Finding(code, text, trial.sample, script=script)


def _move_entries(trial: Trial, gradients: Mapping[int, Any]) -> Iterator[tuple[str, dict[int, Any], str]]:
    """Yield directions along which one value moves, with a code, and a fact with a place for the slope."""
    for i, g in gradients.items():
        x, candidates = trial.sample.inputs[i], _find_candidates(trial, i, g)
        places = np.linspace(0, candidates.size - 1, min(candidates.size, ENTRIES)).round().astype(int)
        for j in candidates[places]:
            unit = (np.arange(x.size) == j).astype(float).reshape(x.shape)
            yield "wrong-at-kink", {i: unit}, f"the gradient for input {i} is {{}} where x = {x.flat[j]:.4g}"


def _find_candidates(trial: Trial, i: int, g: NDArray[Any]) -> NDArray[np.intp]:
    """Return the entries of a gradient that may be wrong.

    If each entry has an output of its own, two evaluations rule most of them out. Otherwise all may be wrong.
    """
    x, slopes = trial.sample.inputs[i], None
    if trial.base.is_elementwise and x.size == trial.flat_outputs.size:
        slopes = _measure_slopes(trial, {i: np.ones_like(x)}, STEP, -STEP)
    if slopes is None:
        return np.arange(x.size)
    slack = TOLERANCE * (np.abs(slopes).max(axis=0) + FLOOR)
    low, high = slopes.min(axis=0) - slack, slopes.max(axis=0) + slack
    return np.flatnonzero((np.ravel(g) < low) | (np.ravel(g) > high))


def _move_ties(trial: Trial, gradients: Mapping[int, Any]) -> Iterator[tuple[str, dict[int, Any], str]]:
    """Yield directions along which ties persist: all values, each input alone, each repeated value.

    The gradients of values that move together add up to the one slope of all of them.
    """
    xs = {i: trial.sample.inputs[i] for i in gradients}
    values, counts = np.unique(np.concatenate([x.ravel() for x in xs.values()]), return_counts=True)
    masks = [{i: np.ones_like(x) for i, x in xs.items()}]
    masks += [{i: np.full_like(x, i == j) for i, x in xs.items()} for j in xs if len(xs) > 1]
    masks += [{i: (x == v).astype(float) for i, x in xs.items()} for v in values[counts > 1][:TIED_VALUES]]
    names = " and ".join(trial.sample.names[i] for i in xs)
    for mask in masks:
        yield "ties-do-not-add-up", mask, f"tied values of {names} get {{}} together"


def _find_other_span(trial: Trial, directions: Mapping[int, Any], value: float) -> Span | None:
    """Return the span along directions, None if it contains a value, or cannot be measured.

    Only random points nearby show the slopes of a sort or a clip, which differ from those along one axis. A
    slope that grows as the step shrinks is infinite, as that of the root at 0. Both slopes of x |x| at 0 are
    as small as the step. The span has the slopes over a short step, too: an epsilon of 1e-6 beside a norm of
    0 bends the function within the longer one.
    """
    slopes = _measure_slopes(trial, directions, STEP, -STEP)
    if slopes is None or (span := _make_span(trial, slopes)).contains(value):
        return None
    short = _measure_slopes(trial, directions, STEP / 64, -STEP / 64)
    if short is None or np.abs(short).max(axis=0).sum() > 3 * span.size + FLOOR:
        return None
    slopes = np.concatenate([slopes, short])
    rng, xs = np.random.default_rng(0), {i: trial.sample.inputs[i] for i in trial.sample.floats}
    for _ in range(NEIGHBORS):
        moves = {i: NEIGHBORS * STEP * rng.uniform(-1, 1, x.shape) for i, x in xs.items()}
        neighbor, near = _move_inputs(trial, moves, 1.0), _move_inputs(trial, moves, 1 / NEIGHBORS)
        if neighbor is None or near is None:
            continue
        far_move, near_move = (np.abs(t.flat_outputs - trial.flat_outputs).max() for t in (neighbor, near))
        if near_move > SHARE * far_move > 0:
            return None
        others = _measure_slopes(neighbor, directions, STEP, -STEP)
        if others is not None and others.shape[1:] == slopes.shape[1:]:
            slopes = np.concatenate([slopes, others])
            span = _make_span(trial, slopes)
            if span.contains(value):
                return None
    # Random points nearby do not reach the ends of a span: a tenth of its width is allowed.
    distance = max(span.low - value, value - span.high) - 0.1 * (span.high - span.low)
    return span if distance > CURVATURE * trial.base.largest_gradient else None


def _move_inputs(trial: Trial, moves: Mapping[int, Any], factor: float) -> Trial | None:
    """Return the trial at inputs that move by a factor times `moves`, None if the subject refuses them."""
    moved = {i: trial.sample.inputs[i] + factor * move for i, move in moves.items()}
    return trial.try_on(trial.sample.replace_inputs(moved))


def _measure_slopes(trial: Trial, directions: Mapping[int, Any], *steps: float) -> NDArray[Any] | None:
    """Return the slopes, (steps, outputs); None if one is not finite, or the subject fails."""
    f, xs = as_function(trial.subject, trial.sample, [*directions]), trial.sample.inputs
    at = restrict_to_line(f, [xs[i] for i in directions], [*directions.values()], trial.flat_outputs)
    quotients = [one_sided_slope(at, trial.flat_outputs, step) for step in steps]
    if any(quotient is None for quotient in quotients):
        return None
    slopes = flatten_floats(trial.cotangents) * np.stack(quotients)
    return slopes if is_finite(slopes) else None


def _make_span(trial: Trial, slopes: NDArray[Any]) -> Span:
    """Return the span of some slopes; rounding of the outputs adds to the size of its terms."""
    noise = 8 * EPS * float(np.abs(flatten_floats(trial.cotangents) * trial.flat_outputs).sum()) / STEP
    size = float(np.abs(slopes).max(axis=0).sum()) + noise / TOLERANCE
    return Span(float(slopes.min(axis=0).sum()), float(slopes.max(axis=0).sum()), size)
