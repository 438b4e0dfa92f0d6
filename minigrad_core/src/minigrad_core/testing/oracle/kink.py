"""Whether a gradient is right at a kink, a tie or a zero, where the derivative has two sides."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..closeness import is_finite
from ..finding import Finding
from ..subjects.subject import as_function, flatten_floats
from ..trial import Trial
from .compare import inner_product
from .slopes import EPS, one_sided_slope, restrict_to_line

STEP = 2.0**-20
TOLERANCE = 1e-4  # of slopes over a step of 1e-6: what is wrong at a kink is wrong by a whole slope
ENTRIES = 4  # of an input that are moved singly: a kink is rarely wrong in one of many places
CURVED = 1e-3  # of a usual slope
NEARBY = 64  # points around a kink
POLE = 1e6  # times the usual size: as with a singular matrix, which rounding alone lets solve


class Span(NamedTuple):
    """Smallest and largest sum that a choice of sides allows, and the size of the terms."""

    low: float
    high: float
    size: float

    def has(self, value: float) -> bool:
        """Whether a value lies in it, as far as differences can tell."""
        slack = TOLERANCE * (self.size + abs(value) + 1e-3)
        return bool(np.isfinite(value) and self.low - slack <= value <= self.high + slack)


def judge_kink(trial: Trial) -> Iterator[Finding]:
    """Yield what is wrong with the gradient at a kink.

    The gradient is finite where the slopes are, each value of it lies between the slopes on its two sides,
    and over tied inputs it adds up to the slope along the tie. One that matches the slope on one side, along
    a direction that nobody chose, is that of the piece there.
    """
    received = {i: g for i, g in enumerate(trial.gradients) if g is not None}
    for i, g in received.items():
        if np.isnan(g).any():
            fact = f"input {i}: the gradient is NaN at {trial.sample.recipe.label}"
            yield Finding("nan-at-kink", fact, trial.sample)
            return
    if trial.largest_output > POLE * (1 + trial.base.largest_output):
        return
    vs = [_make_wave(g.shape, i) for i, g in received.items()]
    total = sum(float((g * v).sum()) for g, v in zip(received.values(), vs, strict=True))
    if not _is_among_slopes(trial, list(received), vs, total, STEP):
        yield from _judge_entries(trial, received)
        yield from _judge_ties(trial, received)


def _make_wave(shape: Sequence[int], phase: int) -> NDArray[Any]:
    """Return moves of 0.4 to 1 of either sign, in their own ways."""
    wave = np.cos(np.arange(1, np.prod(shape) + 1.0) + 2 * phase).reshape(shape)
    return 0.6 * wave + np.copysign(0.4, wave)


def _measure_slopes(
    trial: Trial, indices: Sequence[int], vs: Sequence[Any], *steps: float
) -> NDArray[Any] | None:
    """Return the slopes of each output over each step, times its cotangent; None where there is no number."""
    f, xs = as_function(trial.subject, trial.sample, indices), [trial.sample.inputs[i] for i in indices]
    at = restrict_to_line(f, xs, vs, trial.flat_outputs)
    found = [one_sided_slope(at, trial.flat_outputs, step) for step in steps]
    slopes = None if any(s is None for s in found) else flatten_floats(trial.cotangents) * np.stack(found)
    return None if slopes is None or not is_finite(slopes) else slopes


def _sum_slopes(trial: Trial, slopes: NDArray[Any]) -> Span:
    """Return the sums of slopes; rounding of the outputs widens what they allow."""
    noise = 8 * EPS * float(np.abs(flatten_floats(trial.cotangents) * trial.flat_outputs).sum()) / STEP
    size = float(np.abs(slopes).max(axis=0).sum()) + noise / TOLERANCE
    return Span(float(slopes.min(axis=0).sum()), float(slopes.max(axis=0).sum()), size)


def _is_among_slopes(
    trial: Trial, indices: Sequence[int], vs: Sequence[Any], value: float, *steps: float
) -> bool:
    slopes = _measure_slopes(trial, indices, vs, *steps)
    return slopes is not None and _sum_slopes(trial, slopes).has(value)


def _judge_entries(trial: Trial, received: dict[int, Any]) -> Iterator[Finding]:
    """Each entry lies between the slopes on its two sides."""
    for i, gradient in received.items():
        x = trial.sample.inputs[i]
        places = _find_outside(trial, i, gradient)
        for j in places[
            np.unique(np.linspace(0, places.size - 1, min(places.size, ENTRIES)).round().astype(int))
        ]:
            unit = (np.arange(x.size) == j).astype(float).reshape(x.shape)
            if expected := _find_contradiction(trial, [i], [unit], gradient.flat[j]):
                label = trial.sample.recipe.label
                fact = f"at {label} the gradient is {gradient.flat[j]:.4g}, expected {expected}"
                fact = f"input {i}: {fact} (x = {x.flat[j]:.4g})"
                yield Finding("wrong-at-kink", fact, trial.sample)


def _find_outside(trial: Trial, i: int, gradient: NDArray[Any]) -> NDArray[np.intp]:
    """Return the entries that may not lie between their slopes: any, unless each has an output of its own."""
    x, slopes = trial.sample.inputs[i], None
    if trial.base.is_elementwise and x.size == trial.flat_outputs.size:
        slopes = _measure_slopes(trial, [i], [np.ones_like(x)], STEP, -STEP)
    if slopes is None:
        return np.arange(x.size)
    slack = TOLERANCE * (np.abs(slopes).max(axis=0) + 1e-3)
    low, high = slopes.min(axis=0) - slack, slopes.max(axis=0) + slack
    return np.flatnonzero((np.ravel(gradient) < low) | (np.ravel(gradient) > high))


def _judge_ties(trial: Trial, received: dict[int, Any]) -> Iterator[Finding]:
    """Values that are moved together keep their ties: there the derivative has one side only."""
    indices = list(received)
    for vs in _tie_directions([trial.sample.inputs[i] for i in indices]):
        gradient = sum(inner_product(received[i], v)[0] for i, v in zip(indices, vs, strict=True))
        if expected := _find_contradiction(trial, indices, vs, gradient, tied=True):
            names = " and ".join(trial.sample.names[i] for i in indices)
            fact = f"at {trial.sample.recipe.label}, tied values of {names} get {gradient:.4g} together, "
            yield Finding("ties-do-not-add-up", f"{fact}expected {expected}", trial.sample)


def _tie_directions(xs: list[Any]) -> Iterator[list[Any]]:
    yield [np.ones_like(x) for x in xs]
    for k in range(len(xs) if len(xs) > 1 else 0):
        yield [np.ones_like(x) if k == j else np.zeros_like(x) for j, x in enumerate(xs)]
    values, counts = np.unique(np.concatenate([x.ravel() for x in xs]), return_counts=True)
    for value in values[counts > 1][:4]:
        yield [(x == value).astype(float) for x in xs]


def _find_contradiction(
    trial: Trial, indices: list[int], vs: list[Any], value: float, *, tied: bool = False
) -> str | None:
    """Return which slopes there are along a direction, if a value is outside of them by more than curvature.

    Both slopes of x |x| at 0 are as small as the step. Where all values are `tied`, both have to be one. A
    slope is infinite, as at the root of 0, if it grows as the step shrinks.
    """
    if _is_among_slopes(trial, indices, vs, value, STEP):
        return None
    slopes = _measure_slopes(trial, indices, vs, STEP, -STEP)
    if slopes is None or (span := _sum_slopes(trial, slopes)).has(value):
        return None
    near = _measure_slopes(trial, indices, vs, STEP / 64, -STEP / 64)
    infinite = near is None or np.abs(near).max(axis=0).sum() > 3 * span.size + 1e-3
    if infinite or (tied and span.high - span.low > TOLERANCE * (span.size + 1e-3)):
        return None
    found = _widen_span(trial, indices, vs, value, slopes)
    if found is None or max(found.low - value, value - found.high) <= CURVED * trial.base.largest_gradient:
        return None
    if np.isclose(found.low, found.high, TOLERANCE):
        return f"{found.low:.4g}"
    return f"between {found.low:.4g} and {found.high:.4g}"


def _widen_span(trial: Trial, indices: list[int], vs: list[Any], value: float, slopes: Any) -> Span | None:
    """Return the span with the slopes at nearby points if `value` is not in it, else None.

    A sort or a clip has other slopes there than along one axis. Where they are far larger, all is open.
    """
    rng, span = np.random.default_rng(0), _sum_slopes(trial, slopes)
    most = 10 * (span.size + 1e-3)
    for _ in range(NEARBY):
        xs = {k: trial.sample.inputs[k] for k in trial.sample.floats}
        moved = {k: x + NEARBY * STEP * rng.uniform(-1, 1, x.shape) for k, x in xs.items()}
        there = trial.try_on(trial.sample.replace_inputs(moved))
        more = None if there is None else _measure_slopes(there, indices, vs, STEP, -STEP)
        if more is not None and more.shape == slopes.shape:
            slopes = np.stack([np.minimum(slopes, more).min(axis=0), np.maximum(slopes, more).max(axis=0)])
            span = _sum_slopes(trial, slopes)
            if span.has(value) or span.size > most:
                return None
    return span
