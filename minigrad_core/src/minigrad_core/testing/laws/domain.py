"""Finite where the true value is, NaN where it has to be."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..closeness import finite
from ..finding import Broken, Finding, Law
from ..samples.sample import Undrawable
from ..samples.special import scaled
from ..study import Study
from ..trial import Trial

HALVINGS = 50
REPRESENTABLE = 1e290


def domain(study: Study, trial: Trial) -> Iterator[Finding]:
    """Results are finite where the true value is finite and representable; NaN is not made, and not lost.

    On what its cases describe, on zeros, ties and edges inside the domain, around 1,000, and at 1e200 and
    1e-200 where it scales with its input. A NaN that the result depends on stays, unless the reference drops
    it, too.
    Faults: `log(sum(exp(x)))`, `1 / (1 + exp(-x))`, 0 / 0 in a norm at zero, `where(x > 0, x, 0)`.
    Fix: shift by the maximum, use both halves, divide only where the divisor is not zero, name the domain
    (positive, nonzero, unit, between) in the cases.
    """
    if not trial.sample.finite or trial.sample.recipe.family == "empties":
        return  # the mean of nothing is NaN
    yield from _judged(trial)
    described = trial.sample.recipe.family in ("case", "axes") and study.is_new("domain", trial)
    if described and (study.subject.declared.broadcasts or not _selects(trial)):
        yield from _swallowed(study, trial)
    if trial is study.first and study.subject.declared.broadcasts:
        yield from _huge(trial)


def _judged(trial: Trial) -> Iterator[Finding]:
    for k, y in enumerate(trial.outputs):
        if not finite(y) and not _neither_is(trial, k, y):
            yield from _not_finite(trial, k, y, trial.called(k))
    if trial.pulls and trial.finite:
        for i, g in enumerate(trial.received):
            if g is not None and not finite(g):
                yield from _not_finite(trial, i, g, f"the gradient for input {i}", gradient=True)


def _neither_is(trial: Trial, k: int, y: NDArray[Any]) -> bool:
    """Whether what it is held against is not finite there either."""
    known, theirs = np.isfinite(y), [a.parts[k] for a in trial.answers]
    return any(np.all(np.isfinite(part) <= known) for part in theirs if part.shape == y.shape)


def _not_finite(trial: Trial, k: int, y: Any, which: str, *, gradient: bool = False) -> Iterator[Finding]:
    """Yield that a result is NaN, or infinite though it could be a number."""
    family, label = trial.sample.recipe.family, trial.sample.recipe.label
    if family == "case" and not gradient:
        fact = f"forward gives NaN or infinity on {trial.sample.recipe.case!r}: name the domain where it is "
        yield Finding("not-finite", fact + "defined (positive, nonzero, unit, between)", trial.sample)
    elif np.isnan(y).any() and family != "extremes":
        code = "nan-at-kink" if gradient and family == "kinks" else "makes-nan"
        fact = f"{which} is NaN at {label}, which its cases allow" + ", where the output is finite" * gradient
        yield Finding(code, fact, trial.sample)
    elif family != "kinks" and (last := _last(trial, k, gradient=gradient)) < REPRESENTABLE:
        fact = f"{which} is not finite at {label}, though next to it it is {last:.4g}"
        yield Finding("overflow", fact, trial.sample)


def _huge(trial: Trial) -> Iterator[Finding]:
    """Judge values whose squares overflow or vanish, where f(2 x) = 2 f(x): there nothing has to."""
    sample = trial.sample
    try:
        twice = trial.on(sample.but({i: 2 * sample.inputs[i] for i in sample.floats})).flat
    except Broken:
        return  # outside of the domain
    doubles = np.abs(twice - 2 * trial.flat) <= 1e-13 * np.abs(twice)
    if not doubles.any() or not (doubles | (twice == trial.flat)).all():
        return
    for factor in (1e200, 1e-200) if doubles.all() else (1e200,):
        try:
            recipe = sample.recipe.but(family="extremes")
            large = trial.on(sample.changed(recipe.special(f"values around {factor:g}", scaled(factor))))
            _ = large.differentiable and large.received
        except (Broken, Undrawable):
            continue
        yield from _judged(large)


def _selects(trial: Trial) -> bool:
    """Whether the output is some of the input's values: then NaN may be among the others, as in a sort."""
    given = np.concatenate([trial.sample.inputs[i].ravel() for i in trial.sample.floats] or [np.empty(0)])
    floats = [y for y in trial.outputs if y.dtype.kind == "f"]  # beside them, perhaps, where they were found
    return all(y.size < given.size and np.isin(y, given).all() for y in floats)


def _swallowed(study: Study, trial: Trial) -> Iterator[Finding]:
    """Yield that a NaN vanishes: everywhere at once, where each value has a result of its own.

    Else in the place of the largest and the smallest value: some results depend on one of them alone.
    """
    for i in trial.sample.floats:
        x = trial.sample.inputs[i]
        ends = (x.argmax(), x.argmin()) if x.size and trial is study.first else (x.size - 1,)
        for place in (slice(None),) if trial.elementwise else dict.fromkeys(map(int, ends)) if x.size else ():
            with suppress(Broken):
                if _swallows(trial, i, place):
                    fact = f"input {i}: a NaN that the result depends on vanishes: the output is finite"
                    yield Finding("swallows-nan", fact, trial.sample)


def _swallows(trial: Trial, i: int, place: Any) -> bool:
    x = trial.sample.inputs[i]

    def at(value: Any) -> Trial:
        changed = x.copy()
        changed.flat[place] = value
        return trial.on(trial.sample.but({i: changed}))

    missing = at(np.nan)
    nan = np.isnan(missing.flat)
    if nan.shape != trial.flat.shape or (nan.all() if trial.elementwise else nan.any()):
        return False
    # A rounding does not move by little; in a sort, what moves far takes another place.
    steps = (1 - 2.0**-10, 0.4) if trial.elementwise else (1 - 2.0**-10,)
    moved = any((~nan & (trial.flat != at(x.flat[place] * by).flat)).any() for by in steps)
    return moved and not _dropped(missing)


def _dropped(trial: Trial) -> bool:
    """Whether what it is held against drops the same NaN, as np.fmax does."""

    def nans(ys: Sequence[Any]) -> list[Any]:
        return [np.isnan(y).tolist() if y.dtype.kind in "fc" else None for y in ys]

    return nans(trial.outputs) in [nans(answer.parts) for answer in trial.answers]


def _last(trial: Trial, k: int, *, gradient: bool) -> float:
    """Return how large a result is next to where it ceases to be finite; infinite, if it never is.

    The inputs are shrunk towards zero until it is, and the place is found by bisection. What truly overflows
    is near the largest float64 there; what was lost half-way, as in log(sum(exp(x))), jumps from 709. That
    asks nothing of the function but to be called, so it holds where there is no finer precision.
    """
    sample = trial.sample
    place = int(np.flatnonzero(~np.isfinite((trial.received if gradient else trial.outputs)[k]))[0])

    def value(exponent: float) -> float:
        try:
            moved = trial.on(sample.but({i: sample.inputs[i] * 2.0**exponent for i in sample.floats}))
            there = np.ravel((moved.pull(trial.cotangents) if gradient else moved.outputs)[k])
        except Broken:
            return np.inf
        return float(np.abs(there[place])) if place < there.size else np.inf

    low, high = next((e for e in (-1.0, -4.0, -16.0, -64.0, -256.0) if value(e) < np.inf), -1000.0), 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if value(middle) < np.inf else (low, middle)
    return value(low)


LAW = Law("domain", domain, after=("frame", "same"))
