"""Kinks, ties and zeros: points where the derivative has two sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import Floats
from ..call import backward, cotangents, forward, signed
from ..finding import Broken, Check, DoesNotApply, Finding
from ..gradient import as_function, flat
from ..oracle import one_sided

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ..sample import Sample
    from ..study import Study

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
    for call in study.calls:
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
        ("round values", lambda x: rng.choice(_constants(sample), x.shape)),
    ):
        yield what, _replaced(sample, [make(sample.inputs[i]) for i in sample.floats])
    same = [i for i in sample.floats if sample.inputs[i].shape == sample.inputs[sample.floats[0]].shape]
    if len(same) > 1:
        yield (
            "equal inputs",
            _replaced(sample, [sample.inputs[same[0] if i in same else i] for i in sample.floats]),
        )


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
    received = {i: g for i, g in enumerate(backward(call, grads)) if g is not None}
    for i, g in received.items():
        if np.isnan(g).any():
            return Finding("nan-at-kink", f"input {i}: the gradient is NaN at {what}", sample)
    return _sides(study, sample, what, flat(grads), received) or _together(
        study, sample, what, flat(grads), received
    )


def _sides(study: Study, sample: Sample, what: str, g: Any, received: dict[int, Any]) -> Finding | None:
    """Each entry lies between the slopes on its two sides."""
    for i, mine in received.items():
        f = as_function(study.op, sample, [i])
        x = sample.inputs[i]
        for j in range(x.size):
            unit = np.zeros(x.size)
            unit[j] = 1.0
            span = _span(f, [x], [unit.reshape(x.shape)], g)
            if span is None:
                continue
            low, high, scale = span
            slack = TOLERANCE * (scale + abs(mine.flat[j]) + 1e-3)
            if not low - slack <= mine.flat[j] <= high + slack:
                low, high = _around(study, sample, [i], [unit.reshape(x.shape)], g, (low, high))
            if not low - slack <= mine.flat[j] <= high + slack:
                sides = f"{low:.4g}" if abs(high - low) <= slack else f"between {low:.4g} and {high:.4g}"
                return Finding(
                    "wrong-at-kink",
                    f"input {i}: at {what} the gradient is {mine.flat[j]:.4g}, expected {sides} (x = {x.flat[j]:.4g})",
                    sample,
                )
    return None


def _around(
    study: Study, sample: Sample, indices: Sequence[int], vs: list[Any], g: Any, span: tuple[float, float]
) -> tuple[float, float]:
    """Return the span of slopes at nearby points too: a sort or a clip has others there than along one axis."""
    rng = np.random.default_rng(0)
    low, high = span
    for _ in range(96):
        inputs = list(sample.inputs)
        for k in sample.floats:
            inputs[k] = np.asarray(inputs[k] + 64 * STEP * rng.uniform(-1, 1, inputs[k].shape))
        near = sample.with_inputs(tuple(inputs))
        found = _span(as_function(study.op, near, indices), [inputs[i] for i in indices], vs, g)
        if found is not None:
            low, high = min(low, found[0]), max(high, found[1])
    return low, high


def _span(f: Any, xs: list[Any], vs: list[Any], g: Any) -> tuple[float, float, float] | None:
    """Return the smallest and largest value that a choice of slopes allows, None where a side is infinite or missing."""
    left, right = one_sided(f, xs, vs, STEP)
    near_left, near_right = one_sided(f, xs, vs, STEP / 64)
    if any(s is None or not np.isfinite(s).all() for s in (left, right, near_left, near_right)):
        return None
    grows = np.abs(near_left) + np.abs(near_right) > 3 * (np.abs(left) + np.abs(right)) + 1e-3
    if grows.any():
        return None  # an infinite slope, as of sqrt at 0
    low, high = np.minimum(g * left, g * right), np.maximum(g * left, g * right)
    return float(low.sum()), float(high.sum()), float(np.maximum(np.abs(low), np.abs(high)).sum())


def _together(study: Study, sample: Sample, what: str, g: Any, received: dict[int, Any]) -> Finding | None:
    """Values that are moved together keep their ties: there the derivative has one side only."""
    indices = list(received)
    f = as_function(study.op, sample, indices)
    xs = [sample.inputs[i] for i in indices]
    for vs in _directions(xs):
        span = _span(f, xs, vs, g)
        if span is None or span[1] - span[0] > TOLERANCE * (span[2] + 1e-3):
            continue
        expected, scale = (span[0] + span[1]) / 2, span[2]
        mine = float(sum((received[i] * v).sum() for i, v in zip(indices, vs, strict=True)))
        slack = TOLERANCE * (scale + abs(mine) + 1e-3)
        if not abs(mine - expected) <= slack:
            low, high = _around(study, sample, indices, vs, g, (expected, expected))
            if low - slack <= mine <= high + slack:
                continue
            names = " and ".join(sample.names[i] for i in indices)
            return Finding(
                "ties-do-not-add-up",
                f"at {what}, tied values of {names} get {mine:.4g} together, expected {expected:.4g}",
                sample,
            )
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
