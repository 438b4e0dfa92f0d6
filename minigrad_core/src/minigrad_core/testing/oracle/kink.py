"""Gradients at kinks, ties and zeros, where the derivative has two sides.

Terms of this file:

* A *slope* is the difference quotient of one output to one side, times its cotangent.
* The *span* along a direction is the interval between the sum of the smaller and the sum of the larger slopes
  of all outputs. A gradient g is right along v if <g, v> lies inside of the span.
* A *probe* is such a product <g, v>, with its direction.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..closeness import is_finite
from ..finding import Finding, Findings
from ..scripts.gradients import show_kink
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
POLE = 1e6  # outputs larger than this, relative to the usual, are at a singular point
JUMP = 100  # outputs that move this many times as far as the largest slope explains have a jump nearby
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


class Probe(NamedTuple):
    """A direction, and the slope that the gradients claim along it."""

    directions: Mapping[int, NDArray[Any]]  # by the index of the input
    value: float
    tied: bool = False  # whether tied values move together


def judge_kink(trial: Trial) -> Findings:
    """Yield wrong gradients at a kink.

    Each entry lies between the slopes on its two sides, and the entries of tied values add up to the slope
    along the tie. A gradient that matches the slope on one side along a random direction is the gradient of
    the piece on that side: then nothing else is checked.
    """
    gradients = {i: g for i, g in enumerate(trial.gradients) if g is not None}
    label = trial.sample.recipe.label
    if trial.largest_output > POLE * (1 + trial.base.largest_output):
        return
    waves = {i: _make_wave(g.shape, i) for i, g in gradients.items()}
    if _matches_slope(trial, _make_probe(gradients, waves)):
        return
    for probe, fact in chain(_probe_entries(trial, gradients), _probe_ties(trial, gradients)):
        if expected := _find_contradiction(trial, probe):
            code = "ties-do-not-add-up" if probe.tied else "wrong-at-kink"
            script = show_kink(probe.directions, trial.cotangents, STEP)
            yield Finding(code, f"at {label}, {fact}, expected {expected}", trial.sample, script=script)


def _make_probe(
    gradients: Mapping[int, Any], directions: Mapping[int, NDArray[Any]], *, tied: bool = False
) -> Probe:
    return Probe(directions, sum(inner_product(gradients[i], v)[0] for i, v in directions.items()), tied)


def _make_wave(shape: Sequence[int], phase: int) -> NDArray[Any]:
    """Return a direction of both signs and of magnitude 0.4 to 1; it depends on the phase."""
    wave = np.cos(np.arange(1, np.prod(shape) + 1.0) + 2 * phase).reshape(shape)
    return 0.6 * wave + np.copysign(0.4, wave)


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


def _matches_slope(trial: Trial, probe: Probe) -> bool:
    """Return whether a probe is the sum of the slopes on the positive side of its direction."""
    slopes = _measure_slopes(trial, probe.directions, STEP)
    return slopes is not None and _make_span(trial, slopes).contains(probe.value)


def _probe_entries(trial: Trial, gradients: Mapping[int, Any]) -> Iterator[tuple[Probe, str]]:
    """Yield single entries, each with a description: they lie between the slopes on their two sides."""
    for i, g in gradients.items():
        x = trial.sample.inputs[i]
        candidates = _find_candidates(trial, i, g)
        count = min(candidates.size, ENTRIES)
        chosen = np.unique(np.linspace(0, candidates.size - 1, count).round().astype(int))
        for j in candidates[chosen]:
            unit = (np.arange(x.size) == j).astype(float).reshape(x.shape)
            fact = f"the gradient for input {i} is {g.flat[j]:.4g} where x = {x.flat[j]:.4g}"
            yield _make_probe(gradients, {i: unit}), fact


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


def _probe_ties(trial: Trial, gradients: Mapping[int, Any]) -> Iterator[tuple[Probe, str]]:
    """Yield directions along which ties persist: all values, each input alone, each repeated value.

    The gradients of values that move together add up to the one slope of all of them.
    """
    xs = {i: trial.sample.inputs[i] for i in gradients}
    values, counts = np.unique(np.concatenate([x.ravel() for x in xs.values()]), return_counts=True)
    masks = [{i: np.ones_like(x) for i, x in xs.items()}]
    if len(xs) > 1:
        masks += [{i: np.full_like(x, i == j) for i, x in xs.items()} for j in xs]
    masks += [{i: (x == v).astype(float) for i, x in xs.items()} for v in values[counts > 1][:TIED_VALUES]]
    names = " and ".join(trial.sample.names[i] for i in xs)
    for mask in masks:
        probe = _make_probe(gradients, mask, tied=True)
        yield probe, f"tied values of {names} get {probe.value:.4g} together"


def _find_contradiction(trial: Trial, probe: Probe) -> str | None:
    """Return the slopes along a direction as text if they contradict a probe, else None.

    A value outside of the span is no contradiction in four cases. It may be off by curvature: both slopes of
    x |x| at 0 are as small as the step. A slope may be infinite, as at the root of 0; then it grows as the
    step shrinks. The slopes of tied values may differ from one another. And the value may be a slope at a
    point nearby.
    """
    if _matches_slope(trial, probe):
        return None
    slopes = _measure_slopes(trial, probe.directions, STEP, -STEP)
    if slopes is None or (span := _make_span(trial, slopes)).contains(probe.value):
        return None
    short = _measure_slopes(trial, probe.directions, STEP / 64, -STEP / 64)
    if short is None or np.abs(short).max(axis=0).sum() > 3 * span.size + FLOOR:
        return None
    if probe.tied and span.high - span.low > TOLERANCE * (span.size + FLOOR):
        return None
    widened = _widen_span(trial, probe, slopes)
    if widened is None:
        return None
    # Random points nearby do not reach the ends of a span: a tenth of its width is allowed.
    distance = max(widened.low - probe.value, probe.value - widened.high)
    if distance - 0.1 * (widened.high - widened.low) <= CURVATURE * trial.base.largest_gradient:
        return None
    if np.isclose(widened.low, widened.high, TOLERANCE):
        return f"{widened.low:.4g}"
    return f"between {widened.low:.4g} and {widened.high:.4g}"


def _widen_span(trial: Trial, probe: Probe, slopes: Any) -> Span | None:
    """Return the span of the slopes here and at random points nearby, None if it contains the value.

    The slopes of a sort or a clip differ at such points from those along one axis. If the slopes nearby are
    far larger, or the outputs jump, the gradient cannot be judged, and the result is None, too.
    """
    rng, span = np.random.default_rng(0), _make_span(trial, slopes)
    largest_size = 10 * (span.size + FLOOR)
    largest_move = JUMP * NEIGHBORS * STEP * (largest_size + trial.base.largest_gradient)
    xs = {i: trial.sample.inputs[i] for i in trial.sample.floats}
    for _ in range(NEIGHBORS):
        moved = {i: x + NEIGHBORS * STEP * rng.uniform(-1, 1, x.shape) for i, x in xs.items()}
        neighbor = trial.try_on(trial.sample.replace_inputs(moved))
        if neighbor is None:
            continue
        if np.abs(neighbor.flat_outputs - trial.flat_outputs).max() > largest_move:
            return None
        others = _measure_slopes(neighbor, probe.directions, STEP, -STEP)
        if others is not None and others.shape == slopes.shape:
            low, high = np.minimum(slopes, others).min(axis=0), np.maximum(slopes, others).max(axis=0)
            slopes = np.stack([low, high])
            span = _make_span(trial, slopes)
            if span.contains(probe.value) or span.size > largest_size:
                return None
    return span
