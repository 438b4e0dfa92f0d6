"""Kinks, ties and zeros: points where the derivative has two sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ...contracts.cases import Floats
from ..call import backward, cotangents, forward, signed
from ..finding import Broken, Check, DoesNotApply, Finding
from ..gradient import as_function, flat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ..sample import Sample
    from ..study import Study

# (left, right) slope of each output, None where there is no number.
Sides: TypeAlias = "tuple[NDArray[Any], NDArray[Any]] | None"
# (smallest, largest, size) of the slopes that a choice of sides allows.
Span: TypeAlias = tuple[float, float, float]

STEP = 2.0**-20
TOLERANCE = 1e-4  # of slopes over a step of 1e-6: what is wrong at a kink is wrong by a whole slope
CONSTANTS = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 6.0)


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
    rng = study.rng("ties")
    for call in study.some_calls:
        if sum(call.sample.inputs[i].size for i in call.sample.floats) > 80:
            continue
        for what, sample in _points(call.sample, rng):
            finding = _judged(study, sample, what, rng)
            if finding:
                yield finding
                return


def _points(sample: Sample, rng: np.random.Generator) -> Iterator[tuple[str, Sample]]:
    for what, make in (
        ("zero", lambda x: np.zeros_like(x)),
        ("a zero in each row", lambda x: np.where(np.arange(x.size).reshape(x.shape) % _row(x) == 0, 0.0, x)),
        (
            "two zeros in each row",
            lambda x: np.where(np.arange(x.size).reshape(x.shape) % _row(x) < 2, 0.0, x),
        ),
        ("equal values", lambda x: np.full_like(x, x.flat[0] if x.size else 0.0)),
        (
            "values in pairs",
            lambda x: rng.permutation(np.resize(x.ravel()[: max(1, x.size // 2)], x.size)).reshape(x.shape),
        ),
    ):
        yield what, _replaced(sample, [make(sample.inputs[i]) for i in sample.floats])
    yield from _round(sample)
    same = [i for i in sample.floats if sample.inputs[i].shape == sample.inputs[sample.floats[0]].shape]
    if len(same) > 1:
        yield (
            "equal inputs",
            _replaced(sample, [sample.inputs[same[0] if i in same else i] for i in sample.floats]),
        )


def _round(sample: Sample) -> Iterator[tuple[str, Sample]]:
    """Yield the sample with round values, each of them somewhere; the inputs have different ones."""
    constants = np.array(_constants(sample))
    least = min((sample.inputs[i].size for i in sample.floats), default=1)
    for turn in range(min(4, -(-len(constants) // max(least, 1)))):
        values = [
            np.resize(np.roll(constants, -turn * least - 3 * k), sample.inputs[i].shape)
            for k, i in enumerate(sample.floats)
        ]
        yield "round values", _replaced(sample, values)


def _constants(sample: Sample) -> list[float]:
    return [
        *CONSTANTS,
        *(float(v) for v in sample.settings.values() if type(v) in (int, float) and abs(v) < 100),
    ]


def _row(x: NDArray[Any]) -> int:
    return max(1, x.shape[-1]) if x.ndim else 1


def _replaced(sample: Sample, values: Sequence[Any]) -> Sample:
    """Return the sample with new float inputs, where their domain has them."""
    inputs = list(sample.inputs)
    for i, new in zip(sample.floats, values, strict=True):
        domain = sample.domains[i]
        if isinstance(domain, Floats):
            inside = (new > domain.low) & (new < domain.high) & ~(domain.nonzero & (new == 0))
            inputs[i] = np.array(np.where(inside, new, inputs[i]))
    return sample.with_inputs(tuple(inputs))


def _judged(study: Study, sample: Sample, what: str, rng: np.random.Generator) -> Finding | None:
    try:
        call = forward(study.op, sample)
    except Broken:
        return None
    if not call.finite:
        return None
    grads = cotangents(call, signed(rng))
    try:
        received = {i: g for i, g in enumerate(backward(call, grads)) if g is not None}
    except Broken as broken:
        if isinstance(broken.cause, ValueError):  # a singular matrix, refused aloud
            return None
        raise
    for i, g in received.items():
        if np.isnan(g).any():
            return Finding("nan-at-kink", f"input {i}: the gradient is NaN at {what}", sample)
    found = _sides(study, sample, what, flat(grads), received) or _together(
        study, sample, what, flat(grads), received
    )
    if found is None or study.broadcasts or _steady(study, sample, grads, received):
        return found
    return None


def _steady(study: Study, sample: Sample, grads: list[Any], received: dict[int, Any]) -> bool:
    """Whether the gradient survives a change of scale by rounding, which keeps ties and zeros.

    At a singular matrix a decomposition divides by what rounding left of zero: nothing can be said of that.
    """
    scaled = sample.with_inputs(
        tuple(np.asarray(x * (1 + 2.0**-44)) if i in received else x for i, x in enumerate(sample.inputs))
    )
    again = backward(forward(study.op, scaled), grads)
    return all(
        np.allclose(again[i], g, rtol=1e-3, atol=1e-3 * np.abs(g).max(initial=0.0))
        for i, g in received.items()
    )


def _sides(study: Study, sample: Sample, what: str, g: Any, received: dict[int, Any]) -> Finding | None:
    """Each entry lies between the slopes on its two sides."""
    for i, mine in received.items():
        x = sample.inputs[i]
        f = as_function(study.op, sample, [i])
        y = f([x])
        if _smooth(f, x, mine, g, y):
            continue
        if (
            study.elementwise
            and x.size == y.size
            and _all_inside(mine, _sloped(f, [x], [np.ones_like(x)], g, y))
        ):
            continue
        for j in range(x.size):
            unit = np.zeros(x.size)
            unit[j] = 1.0
            vs = [unit.reshape(x.shape)]
            span = _span(_sloped(f, [x], vs, g, y))
            if span is None or _inside(mine.flat[j], span):
                continue
            certain = _certain(f, [x], vs, g)
            span = certain and _around(study, sample, [i], vs, g, mine.flat[j], certain)
            if span:
                low, high, _ = span
                sides = (
                    f"{low:.4g}" if np.isclose(low, high, TOLERANCE) else f"between {low:.4g} and {high:.4g}"
                )
                fact = f"at {what} the gradient is {mine.flat[j]:.4g}, expected {sides} (x = {x.flat[j]:.4g})"
                return Finding("wrong-at-kink", f"input {i}: {fact}", sample)
    return None


def _inside(value: float, span: Span) -> bool:
    low, high, scale = span
    slack = TOLERANCE * (scale + abs(value) + 1e-3)
    return bool(low - slack <= value <= high + slack)


def _smooth(f: Any, x: Any, mine: Any, g: Any, y: Any) -> bool:
    """Whether the point is no kink and the gradient right, along one direction that moves everything."""
    v = np.cos(np.arange(1, x.size + 1.0)).reshape(x.shape)
    span = _span(_sloped(f, [x], [v], g, y))
    return (
        span is not None
        and span[1] - span[0] < TOLERANCE * span[2]
        and _inside(float((mine * v).sum()), span)
    )


def _all_inside(mine: Any, sides: Sides) -> bool:
    """Whether every entry lies between its own two slopes, for an elementwise operation: one step for all."""
    if sides is None:
        return False
    left, right = sides
    size = np.maximum(np.abs(left), np.abs(right))
    slack = TOLERANCE * (size + 1e-3)
    entries = np.ravel(mine)
    inside = (entries >= np.minimum(left, right) - slack) & (entries <= np.maximum(left, right) + slack)
    return bool(inside.all())


def _sloped(f: Any, xs: list[Any], vs: list[Any], g: Any, y: Any, step: float = STEP) -> Sides:
    """Return the slopes of each output to the left and to the right, times its cotangent."""
    try:
        high = f([x + step * v for x, v in zip(xs, vs, strict=True)])
        low = f([x - step * v for x, v in zip(xs, vs, strict=True)])
    except Broken:
        return None
    left, right = g * (y - low) / step, g * (high - y) / step
    return (left, right) if np.isfinite(left).all() and np.isfinite(right).all() else None


def _span(sides: Sides) -> Span | None:
    """Return the smallest and largest sum that a choice of sides allows, and the size of the terms."""
    if sides is None:
        return None
    left, right = sides
    size = float(np.maximum(np.abs(left), np.abs(right)).sum())
    return float(np.minimum(left, right).sum()), float(np.maximum(left, right).sum()), size


def _certain(f: Any, xs: list[Any], vs: list[Any], g: Any) -> Span | None:
    """Return the span, None if a slope is infinite, as at the root of 0: it grows as the step shrinks."""
    y = f(xs)
    span, near = _span(_sloped(f, xs, vs, g, y)), _span(_sloped(f, xs, vs, g, y, STEP / 64))
    if span is None or near is None or near[2] > 3 * span[2] + 1e-3:
        return None
    return span


def _around(
    study: Study, sample: Sample, indices: Sequence[int], vs: list[Any], g: Any, value: float, certain: Span
) -> Span | None:
    """Return the span with the slopes at nearby points if `value` is not in it, else None.

    A sort or a clip has other slopes there than along one axis. Where they are ten times larger, or values
    jump, as those of the decomposition of a singular matrix do, nothing can be said.
    """
    rng = np.random.default_rng(0)
    low: Any = np.inf
    high: Any = -np.inf
    span, here = certain, None
    for nearby in range(64):
        inputs = list(sample.inputs)
        for k in sample.floats if nearby else ():
            inputs[k] = np.asarray(inputs[k] + 64 * STEP * rng.uniform(-1, 1, inputs[k].shape))
        xs = [inputs[i] for i in indices]
        f = as_function(study.op, sample.with_inputs(tuple(inputs)), indices)
        y = f(xs)
        here = y if here is None else here
        if np.abs(y - here).max(initial=0.0) > 0.01 * (np.abs(here).max(initial=0.0) + 0.1):
            return None
        sides = _sloped(f, xs, vs, g, y)
        if sides is None:
            continue
        low, high = np.minimum(low, np.minimum(*sides)), np.maximum(high, np.maximum(*sides))
        span = _span((low, high)) or certain
        if _inside(value, span) or span[2] > 10 * (certain[2] + 1e-3):
            return None
    return span


def _together(study: Study, sample: Sample, what: str, g: Any, received: dict[int, Any]) -> Finding | None:
    """Values that are moved together keep their ties: there the derivative has one side only."""
    indices = list(received)
    f = as_function(study.op, sample, indices)
    xs = [sample.inputs[i] for i in indices]
    y = f(xs)
    for vs in _directions(xs):
        mine = float(sum((received[i] * v).sum() for i, v in zip(indices, vs, strict=True)))
        span = _span(_sloped(f, xs, vs, g, y))
        if span is None or _inside(mine, span):
            continue
        span = _certain(f, xs, vs, g)
        if span is None or span[1] - span[0] > TOLERANCE * (span[2] + 1e-3):
            continue
        expected = (span[0] + span[1]) / 2
        if _around(study, sample, indices, vs, g, mine, span) is not None:
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
