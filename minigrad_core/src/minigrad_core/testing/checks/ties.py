"""Kinks, ties and zeros: points where the derivative has two sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..call import backward, flat, forward
from ..closeness import close
from ..finding import Broken, Check, DoesNotApply, Finding
from ..gradient import LEAST, as_function
from ..points import points
from ..sides import (
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
from ..signed import signed_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..call import Call
    from ..sample import Sample
    from ..study import Study

# Of an input that are moved singly, for the first case, the next few, and the others: a kink is rarely wrong
# in one of many places, or in one of many settings.
ENTRIES, FEWER, FEWEST = 5, 2, 1
# From so many directions and their opposites, so far away, values agree to so much of the usual size.
SIDES, NEAR, AGREE = 3, 1e-3, 1e-2


def ties(study: Study) -> Iterator[Finding]:
    """At a kink the gradient is finite and between the one-sided slopes; over tied inputs it adds up.

    Tried: zeros, one and several; equal values, within an input and across inputs; 1, -1, 3, 6 and the
    settings. The total over tied inputs must equal the derivative along the direction that moves them
    together.
    Faults: both tied inputs get all of it, 0 / 0 in a norm at zero, a product divided by a factor that is
    zero.
    Fix: share the gradient between ties; divide only where the divisor is not zero.
    """
    if not study.differentiable:
        raise DoesNotApply("differentiable = False")
    for call in study.calls:
        if sum(call.sample.inputs[i].size for i in call.sample.floats) > 80:
            continue
        for what, sample in points(study, call):
            finding = _judged(study, call, sample, what)
            if finding:
                yield finding
                return


def _judged(study: Study, base: Call, sample: Sample, what: str) -> Finding | None:
    try:
        call = forward(study.op, sample)
    except Broken:
        return None
    if not call.finite:
        return _removable(call, base, what)
    try:
        received = {i: g for i, g in enumerate(backward(call, call.grads)) if g is not None}
    except Broken as broken:
        if isinstance(broken.cause, ValueError):  # a singular matrix, refused aloud
            return None
        raise
    for i, g in received.items():
        if np.isnan(g).any():
            return Finding("nan-at-kink", f"input {i}: the gradient is NaN at {what}", sample)
    straight, right = _known(call, base, received)
    if right:
        return None
    suspects = {i: g for i, g in received.items() if len(received) < 2 or not _known(call, base, {i: g})[1]}
    if straight and not suspects:
        return None
    found = _sides(study, call, what, suspects, base) or _together(study, call, what, received)
    if found is None or study.broadcasts or _steady(call, received):
        return found
    return None


def _removable(call: Call, base: Call, what: str) -> Finding | None:
    """NaN at a point that the function approaches from all sides alike: sin(x) / x at 0."""
    missing = np.isnan(call.flat)
    f = as_function(call.op, call.sample, list(call.sample.floats))
    xs = [call.sample.inputs[i] for i in call.sample.floats]
    beside = []
    for place in range(SIDES) if missing.any() else ():
        vs = [signed_values(place, 89 * i, x.shape) for i, x in enumerate(xs)]
        for sign in (NEAR, -NEAR):
            try:
                beside.append(f([x + sign * v for x, v in zip(xs, vs, strict=True)]))
            except Broken:
                return None
    if not beside or any(y.shape != missing.shape for y in beside):
        return None
    apart = np.ptp([y[missing] for y in beside], axis=0)
    if not np.all(apart <= AGREE * base.size):  # NaN is not
        return None
    fact = f"the output is NaN at {what}, where its cases allow it, though beside it it goes to"
    return Finding("nan-at-kink", f"{fact} {beside[0][missing][0]:.3g}", call.sample)


def _known(call: Call, base: Call, received: dict[int, Any]) -> tuple[bool, bool]:
    """Return whether this is no kink, along one direction that moves these inputs, and whether the gradients
    are known to be right.

    They are if they match the slope on one side, and each of them counts: no other gradient than that of the
    piece on that side does so along a direction that nobody chose.
    """
    indices = list(received)
    vs = anywhere(call, indices)
    terms = [g * v for g, v in zip(received.values(), vs, strict=True)]
    sizes, total = [float(np.abs(term).sum()) for term in terms], sum(float(t.sum()) for t in terms)
    counts = min(sizes) >= LEAST * sum(sizes)
    f, xs = as_function(call.op, call.sample, indices), [call.sample.inputs[i] for i in indices]
    span = spanned(f, xs, vs, flat(call.grads), call.flat, total)
    usual = sum(base.steepness[i] for i in received)
    if span is None or not (span[0] == span[1] or straight(span, usual)):
        return False, False
    return True, counts and inside(total, span)


def _steady(call: Call, received: dict[int, Any]) -> bool:
    """Whether the gradient survives a change of scale by rounding, which keeps ties and zeros.

    At a singular matrix a decomposition divides by what rounding left of zero: nothing can be said of that.
    """
    inputs = [
        np.asarray(x * (1 + 2.0**-44)) if i in received else x for i, x in enumerate(call.sample.inputs)
    ]
    try:
        again = backward(forward(call.op, call.sample.with_inputs(tuple(inputs))), call.grads)
    except Broken:
        return False
    return all(close(again[i], g, 1e-3, 1e-3 * np.abs(g).max(initial=0.0)) for i, g in received.items())


def _sides(study: Study, call: Call, what: str, received: dict[int, Any], base: Call) -> Finding | None:
    """Each entry lies between the slopes on its two sides."""
    sample, g, y = call.sample, flat(call.grads), call.flat
    for i, mine in received.items():
        x = sample.inputs[i]
        f = as_function(study.op, sample, [i])
        if (
            base.elementwise
            and x.size == y.size
            and all_inside(mine, sloped(f, [x], [np.ones_like(x)], g, y))
        ):
            continue
        for j in _entries(x.size, _most(study, base)):
            unit = np.zeros(x.size)
            unit[j] = 1.0
            vs = [unit.reshape(x.shape)]
            span = spanned(f, [x], vs, g, y, mine.flat[j])
            if span is None or inside(mine.flat[j], span):
                continue
            certain = certain_span(f, [x], vs, g)
            span = certain and outside_nearby(study, sample, [i], vs, g, mine.flat[j], certain)
            if span:
                low, high, _ = span
                sides = (
                    f"{low:.4g}" if np.isclose(low, high, TOLERANCE) else f"between {low:.4g} and {high:.4g}"
                )
                fact = f"at {what} the gradient is {mine.flat[j]:.4g}, expected {sides} (x = {x.flat[j]:.4g})"
                return Finding("wrong-at-kink", f"input {i}: {fact}", sample)
    return None


def _most(study: Study, base: Call) -> int:
    return ENTRIES if base is study.calls[0] else FEWER if base in study.several_calls else FEWEST


def _entries(size: int, most: int) -> list[int]:
    """Return the first entries, the last, and some between."""
    count = min(size, most)
    return sorted({round(j * (size - 1) / max(count - 1, 1)) for j in range(count)})


def _together(study: Study, call: Call, what: str, received: dict[int, Any]) -> Finding | None:
    """Values that are moved together keep their ties: there the derivative has one side only."""
    sample, g, y = call.sample, flat(call.grads), call.flat
    indices = list(received)
    f = as_function(study.op, sample, indices)
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
        if outside_nearby(study, sample, indices, vs, g, mine, span) is not None:
            names = " and ".join(sample.names[i] for i in indices)
            fact = f"at {what}, tied values of {names} get {mine:.4g} together, expected {expected:.4g}"
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


CHECK = Check("ties", ties, after=("vjp",))
