"""Whether a gradient is right at a kink, a tie or a zero, where the derivative has two sides."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..finding import Finding
from ..samples.sample import Sample
from ..subjects.subject import as_function, flat
from ..trial import Trial
from .sides import STEP, TOLERANCE, Sides, Span

# Of an input that are moved singly, for the first case and for others: a kink is rarely wrong in one of many
# places, or in one of many settings.
ENTRIES, FEWER = 5, 2
LEAST = 0.05  # of a sum: what an input must contribute for the sum to say something about it
CURVED = 1e-3  # of a usual slope
NEARBY = 64  # points around a kink


def judge_kink(trial: Trial, *, first: bool) -> Finding | None:
    """Return what is wrong with the gradient at a kink, None if nothing.

    The gradient is finite where the slopes are, each value of it lies between the slopes on its two sides,
    and over tied inputs it adds up to the slope along the tie. For the `first` case more values are moved
    singly.
    """
    told = trial.sample.recipe.label
    received = {i: g for i, g in enumerate(trial.received) if g is not None}
    for i, g in received.items():
        if np.isnan(g).any():
            return Finding("nan-at-kink", f"input {i}: the gradient is NaN at {told}", trial.sample)
    smooth, right = _known(trial, received)
    if right:
        return None
    suspects = {i: g for i, g in received.items() if len(received) < 2 or not _known(trial, {i: g})[1]}
    if smooth and not suspects:
        return None
    return _singly(trial, suspects, ENTRIES if first else FEWER) or _together(trial, received)


def _known(trial: Trial, received: dict[int, Any]) -> tuple[bool, bool]:
    """Return whether this is no kink, along one direction that moves these inputs, and whether the gradients
    are known to be right.

    They are if they match the slope on one side, and each of them counts: no other gradient than that of the
    piece on that side does so along a direction that nobody chose.
    """
    vs = [_wave(g.size, i).reshape(g.shape) for i, g in received.items()]
    terms = [g * v for g, v in zip(received.values(), vs, strict=True)]
    sizes, total = [float(np.abs(term).sum()) for term in terms], sum(float(t.sum()) for t in terms)
    counts = min(sizes) >= LEAST * sum(sizes)
    span = _sides(trial, trial.sample, list(received), vs).fitting(total)
    usual = sum(trial.base.steepness[i] for i in received)
    if span is None or not (span.low == span.high or span.straight(usual)):
        return False, False
    return True, counts and span.has(total)


@lru_cache(64)
def _wave(size: int, phase: int) -> NDArray[Any]:
    """Return moves of 0.4 to 1 of either sign, in their own ways."""
    wave = np.cos(np.arange(1, size + 1.0) + 2 * phase)
    return 0.6 * wave + np.copysign(0.4, wave)


def _sides(trial: Trial, sample: Sample, indices: Sequence[int], vs: Sequence[Any]) -> Sides:
    f, xs = as_function(trial.subject, sample, indices), [sample.inputs[i] for i in indices]
    return Sides(f, xs, vs, flat(trial.cotangents), trial.flat if sample is trial.sample else f(xs))


def _singly(trial: Trial, received: dict[int, Any], most: int) -> Finding | None:
    """Each entry lies between the slopes on its two sides."""
    for i, mine in received.items():
        x = trial.sample.inputs[i]
        places = _outside(trial, i, mine)
        count = min(places.size, most)
        for j in sorted(
            {int(places[round(k * (places.size - 1) / max(count - 1, 1))]) for k in range(count)}
        ):
            unit = (np.arange(x.size) == j).astype(float).reshape(x.shape)
            if told := _contradicted(trial, [i], [unit], mine.flat[j]):
                fact = f"at {trial.sample.recipe.label} the gradient is {mine.flat[j]:.4g}, expected {told}"
                fact = f"input {i}: {fact} (x = {x.flat[j]:.4g})"
                return Finding("wrong-at-kink", fact, trial.sample)
    return None


def _outside(trial: Trial, i: int, mine: NDArray[Any]) -> NDArray[np.intp]:
    """Return the entries that may not lie between their two slopes: one step tells where each has an own
    output, else it may be any.
    """
    x = trial.sample.inputs[i]
    both = None
    if trial.base.elementwise and x.size == trial.flat.size:
        both = _sides(trial, trial.sample, [i], [np.ones_like(x)]).both()
    if both is None:
        return np.arange(x.size)
    low, high = both
    slack = TOLERANCE * (np.maximum(np.abs(low), np.abs(high)) + 1e-3)
    return np.flatnonzero((np.ravel(mine) < low - slack) | (np.ravel(mine) > high + slack))


def _together(trial: Trial, received: dict[int, Any]) -> Finding | None:
    """Values that are moved together keep their ties: there the derivative has one side only."""
    indices = list(received)
    for vs in _ties([trial.sample.inputs[i] for i in indices]):
        mine = float(sum((received[i] * v).sum() for i, v in zip(indices, vs, strict=True)))
        if told := _contradicted(trial, indices, vs, mine, tied=True):
            names = " and ".join(trial.sample.names[i] for i in indices)
            fact = f"at {trial.sample.recipe.label}, tied values of {names} get {mine:.4g} together, "
            return Finding("ties-do-not-add-up", f"{fact}expected {told}", trial.sample)
    return None


def _ties(xs: list[Any]) -> Iterator[list[Any]]:
    yield [np.ones_like(x) for x in xs]
    for k in range(len(xs) if len(xs) > 1 else 0):
        yield [np.ones_like(x) if k == j else np.zeros_like(x) for j, x in enumerate(xs)]
    values, counts = np.unique(np.concatenate([x.ravel() for x in xs]), return_counts=True)
    for value in values[counts > 1][:4]:
        yield [(x == value).astype(float) for x in xs]


def _contradicted(
    trial: Trial, indices: list[int], vs: list[Any], value: float, *, tied: bool = False
) -> str | None:
    """Return which slopes there are along a direction, if a value is outside of them by more than curvature.

    Both slopes of x |x| at 0 are as small as the step. Where all values are `tied`, both have to be one.
    """
    sides = _sides(trial, trial.sample, indices, vs)
    span = sides.fitting(value)
    if span is None or span.has(value):
        return None
    span = sides.certain()
    if span is None or (tied and span.high - span.low > TOLERANCE * (span.size + 1e-3)):
        return None
    span = _nearby(trial, indices, vs, value, span)
    if span is None or max(span.low - value, value - span.high) <= CURVED * trial.base.steepest:
        return None
    near = np.isclose(span.low, span.high, TOLERANCE)
    return f"{span.low:.4g}" if near else f"between {span.low:.4g} and {span.high:.4g}"


def _nearby(trial: Trial, indices: list[int], vs: list[Any], value: float, certain: Span) -> Span | None:
    """Return the span with the slopes at nearby points if `value` is not in it, else None.

    A sort or a clip has other slopes there than along one axis. Where they are ten times larger, or values
    jump, as those of the decomposition of a singular matrix do, nothing can be said.
    """
    rng, here = np.random.default_rng(0), trial.flat
    low: Any = np.inf
    high: Any = -np.inf
    span, sample = certain, trial.sample
    for _ in range(NEARBY):
        sides = _sides(trial, sample, indices, vs)
        if np.abs(sides.y - here).max(initial=0.0) > 0.01 * (np.abs(here).max(initial=0.0) + 0.1):
            return None
        if both := sides.both():
            low, high = np.minimum(low, both[0]), np.maximum(high, both[1])
            size = float(np.maximum(np.abs(low), np.abs(high)).sum())
            span = Span(float(low.sum()), float(high.sum()), size)
            if span.has(value) or span.size > 10 * (certain.size + 1e-3):
                return None
        moved = {k: trial.sample.inputs[k] for k in sample.floats}
        sample = trial.sample.but(
            {k: np.asarray(x + NEARBY * STEP * rng.uniform(-1, 1, x.shape)) for k, x in moved.items()}
        )
    return span
