"""Whether a gradient is right at a kink, a tie or a zero, where the derivative has two sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..as_function import as_function, flat
from ..closeness import close
from ..finding import Broken, Finding
from .compare import LEAST
from .sides import (
    TOLERANCE,
    all_inside,
    anywhere,
    certain_span,
    inside,
    outside_nearby,
    sloped,
    spanned,
    straight,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..trial import Trial
    from .sides import Span

# Of an input that are moved singly, for the first case and for others: a kink is rarely wrong in one of many
# places, or in one of many settings.
ENTRIES, FEWER = 5, 2
CURVED = 1e-3  # of a usual slope


def judge_kink(trial: Trial, base: Trial, *, first: bool) -> Finding | None:
    """Return what is wrong with the gradient at a kink, None if nothing.

    The gradient is finite where the slopes are, each value of it lies between the slopes on its two sides,
    and over tied inputs it adds up to the slope along the tie. `base` is a trial at ordinary values: its
    slopes give the scale. For the `first` case more values are moved singly.
    """
    told = trial.sample.recipe.label
    received = {i: g for i, g in enumerate(trial.received) if g is not None}
    for i, g in received.items():
        if np.isnan(g).any():
            return Finding("nan-at-kink", f"input {i}: the gradient is NaN at {told}", trial.sample)
    smooth, right = _known(trial, base, received)
    if right:
        return None
    suspects = {i: g for i, g in received.items() if len(received) < 2 or not _known(trial, base, {i: g})[1]}
    if smooth and not suspects:
        return None
    found = _sides(trial, suspects, base, ENTRIES if first else FEWER) or _together(trial, received, base)
    if found is None or trial.subject.declared.broadcasts or _steady(trial, received):
        return found
    return None


def _known(trial: Trial, base: Trial, received: dict[int, Any]) -> tuple[bool, bool]:
    """Return whether this is no kink, along one direction that moves these inputs, and whether the gradients
    are known to be right.

    They are if they match the slope on one side, and each of them counts: no other gradient than that of the
    piece on that side does so along a direction that nobody chose.
    """
    indices = list(received)
    vs = anywhere(trial, indices)
    terms = [g * v for g, v in zip(received.values(), vs, strict=True)]
    sizes, total = [float(np.abs(term).sum()) for term in terms], sum(float(t.sum()) for t in terms)
    counts = min(sizes) >= LEAST * sum(sizes)
    f, xs = as_function(trial.subject, trial.sample, indices), [trial.sample.inputs[i] for i in indices]
    span = spanned(f, xs, vs, flat(trial.cotangents), trial.flat, total)
    usual = sum(base.steepness[i] for i in received)
    if span is None or not (span[0] == span[1] or straight(span, usual)):
        return False, False
    return True, counts and inside(total, span)


def _steady(trial: Trial, received: dict[int, Any]) -> bool:
    """Whether the gradient survives a change of scale by rounding, which keeps ties and zeros.

    At a singular matrix a decomposition divides by what rounding left of zero: nothing can be said of that.
    """
    inputs = [
        np.asarray(x * (1 + 2.0**-44)) if i in received else x for i, x in enumerate(trial.sample.inputs)
    ]
    try:
        again = trial.on(trial.sample.with_inputs(tuple(inputs))).pull(trial.cotangents)
    except Broken:
        return False
    return all(close(again[i], g, 1e-3, 1e-3 * np.abs(g).max(initial=0.0)) for i, g in received.items())


def _sides(trial: Trial, received: dict[int, Any], base: Trial, most: int) -> Finding | None:
    """Each entry lies between the slopes on its two sides."""
    sample, g, y = trial.sample, flat(trial.cotangents), trial.flat
    for i, mine in received.items():
        x = sample.inputs[i]
        f = as_function(trial.subject, sample, [i])
        if (
            base.elementwise
            and x.size == y.size
            and all_inside(mine, sloped(f, [x], [np.ones_like(x)], g, y))
        ):
            continue
        for j in _entries(x.size, most):
            unit = np.zeros(x.size)
            unit[j] = 1.0
            vs = [unit.reshape(x.shape)]
            span = spanned(f, [x], vs, g, y, mine.flat[j])
            if span is None or inside(mine.flat[j], span):
                continue
            certain = certain_span(f, [x], vs, g)
            span = certain and outside_nearby(trial, [i], vs, g, mine.flat[j], certain)
            if span and _by_a_slope(mine.flat[j], span, base):
                low, high, _ = span
                sides = (
                    f"{low:.4g}" if np.isclose(low, high, TOLERANCE) else f"between {low:.4g} and {high:.4g}"
                )
                fact = f"at {sample.recipe.label} the gradient is {mine.flat[j]:.4g}, expected {sides} "
                fact += f"(x = {x.flat[j]:.4g})"
                return Finding("wrong-at-kink", f"input {i}: {fact}", sample)
    return None


def _by_a_slope(value: float, span: Span, base: Trial) -> bool:
    """Whether it is outside by more than curvature: both slopes of x |x| at 0 are as small as the step."""
    return not max(span[0] - value, value - span[1]) <= CURVED * base.steepest


def _entries(size: int, most: int) -> list[int]:
    """Return the first entries, the last, and some between."""
    count = min(size, most)
    return sorted({round(j * (size - 1) / max(count - 1, 1)) for j in range(count)})


def _together(trial: Trial, received: dict[int, Any], base: Trial) -> Finding | None:
    """Values that are moved together keep their ties: there the derivative has one side only."""
    sample, g, y = trial.sample, flat(trial.cotangents), trial.flat
    indices = list(received)
    f = as_function(trial.subject, sample, indices)
    xs = [sample.inputs[i] for i in indices]
    for vs in _directions(xs):
        mine = float(sum((received[i] * v).sum() for i, v in zip(indices, vs, strict=True)))
        span = spanned(f, xs, vs, g, y, mine)
        if span is None or inside(mine, span):
            continue
        span = certain_span(f, xs, vs, g)
        if span is None or span[1] - span[0] > TOLERANCE * (span[2] + 1e-3):
            continue
        expected = (span[0] + span[1]) / 2
        outside = outside_nearby(trial, indices, vs, g, mine, span)
        if outside is not None and _by_a_slope(mine, outside, base):
            names = " and ".join(sample.names[i] for i in indices)
            fact = f"at {sample.recipe.label}, tied values of {names} get {mine:.4g} together, "
            fact += f"expected {expected:.4g}"
            return Finding("ties-do-not-add-up", fact, sample)
    return None


def _directions(xs: list[Any]) -> Iterator[list[Any]]:
    yield [np.ones_like(x) for x in xs]
    if len(xs) > 1:
        for k in range(len(xs)):
            yield [np.ones_like(x) if k == j else np.zeros_like(x) for j, x in enumerate(xs)]
    values, counts = np.unique(np.concatenate([x.ravel() for x in xs]), return_counts=True)
    for value in values[counts > 1][:4]:
        yield [(x == value).astype(float) for x in xs]
