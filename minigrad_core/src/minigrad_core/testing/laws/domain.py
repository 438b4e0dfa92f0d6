"""Finite where the true value is, NaN where it has to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Broken, Finding, Law
from ..oracle.overflow import overflows
from ..samples.extremes import scaled
from ..samples.sample import Undrawable
from ..trial import as_function
from .reference import result_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from ..study import Study
    from ..trial import Trial


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
    if trial.sample.recipe.family in ("case", "axes"):
        yield from _swallowed(study, trial)
    if trial is study.first and study.subject.declared.broadcasts:
        yield from _huge(trial)


def _judged(trial: Trial) -> Iterator[Finding]:
    family, label = trial.sample.recipe.family, trial.sample.recipe.label
    ordinary = family == "case"
    for k, y in enumerate(trial.outputs):
        bad = ~np.isfinite(y) if y.dtype.kind in "fc" else np.zeros(y.shape, bool)
        if not bad.any() or _reference_too(trial, k, bad):
            continue
        which = f"output {k}" if trial.many else "the output"
        if ordinary:
            fact = (
                f"forward gives NaN or infinity on {trial.sample.recipe.case!r}: name the domain where it is "
            )
            yield Finding("not-finite", fact + "defined (positive, nonzero, unit, between)", trial.sample)
        elif np.isnan(y).any() and family != "extremes":
            fact = f"{which} is NaN at {label}, where its cases allow it and no input is NaN"
            yield Finding("makes-nan", fact, trial.sample)
        elif family != "kinks" and (told := overflows(trial, k)) is not None:
            yield Finding("overflow", f"{which} {told}", trial.sample)
    if trial.differentiable and trial.sweep.broken is None and trial.finite:
        yield from _gradients(trial)


def _gradients(trial: Trial) -> Iterator[Finding]:
    label = trial.sample.recipe.label
    for i, g in enumerate(trial.received):
        if g is None or np.isfinite(g).all():
            continue
        if np.isnan(g).any() and trial.sample.recipe.family != "extremes":
            fact = f"input {i}: the gradient is NaN at {label}, where the output is finite"
            yield Finding(
                "nan-at-kink" if trial.sample.recipe.family == "kinks" else "makes-nan", fact, trial.sample
            )
        elif (
            trial.sample.recipe.family != "kinks" and (told := overflows(trial, i, gradient=True)) is not None
        ):
            yield Finding("overflow", f"input {i}: the gradient {told}", trial.sample)


def _reference_too(trial: Trial, k: int, bad: NDArray[Any]) -> bool:
    """Whether what it is held against is not finite in the same places."""
    for function in trial.subject.declared.references:
        theirs = result_of(function, trial)
        if theirs is not None and theirs[k].shape == bad.shape and (~np.isfinite(theirs[k]) >= bad).all():
            return True
    return False


def _huge(trial: Trial) -> Iterator[Finding]:
    """Judge values whose squares overflow or vanish, where f(2 x) = 2 f(x): there nothing has to."""
    sample = trial.sample
    f = as_function(trial.subject, sample, list(sample.floats))
    xs = [sample.inputs[i] for i in sample.floats]
    try:
        twice = f([2 * x for x in xs])
    except Broken:
        return  # outside of the domain
    doubles = np.abs(twice - 2 * trial.flat) <= 1e-13 * np.abs(twice)
    if not doubles.any() or not (doubles | (twice == trial.flat)).all():
        return
    for factor in (1e200, 1e-200) if doubles.all() else (1e200,):
        try:
            large = trial.on(scaled((factor,), sample.labelled(f"values around {factor:g}")))
            _ = large.differentiable and large.received
        except (Broken, Undrawable):
            continue
        yield from _judged(large)


def _swallowed(study: Study, trial: Trial) -> Iterator[Finding]:
    if not trial.subject.declared.broadcasts and _selects(trial):
        return
    for i in trial.sample.floats:
        for places in _places(study, trial, trial.sample.inputs[i]):
            yield from _swallows(trial, i, places)


def _places(study: Study, trial: Trial, x: NDArray[Any]) -> Iterable[Any]:
    """Return where NaN is put: some results depend on the largest value alone, others on the smallest.

    Everywhere at once, where each value has a result of its own.
    """
    if not x.size:
        return ()
    if trial.elementwise:
        return (slice(None),)
    if trial is not study.first:
        return (x.size - 1,)
    return dict.fromkeys((int(x.argmax()), int(x.argmin())))


def _selects(trial: Trial) -> bool:
    """Whether the output is some of the input's values: then NaN may be among the others, as in a sort."""
    given = np.concatenate([trial.sample.inputs[i].ravel() for i in trial.sample.floats] or [np.empty(0)])
    floats = [y for y in trial.outputs if y.dtype.kind == "f"]  # beside them, perhaps, where they were found
    return all(y.size < given.size and np.isin(y, given).all() for y in floats)


def _swallows(trial: Trial, i: int, places: Any) -> Iterator[Finding]:
    f = as_function(trial.subject, trial.sample, [i])
    x = trial.sample.inputs[i]
    missing = x.copy()
    missing.flat[places] = np.nan
    # A rounding does not move by little; in a sort, what moves far takes another place.
    steps = (1 - 2.0**-10, 0.4) if trial.elementwise else (1 - 2.0**-10,)
    try:
        nan = np.isnan(f([missing]))
        if nan.shape != trial.flat.shape or (nan.all() if trial.elementwise else nan.any()):
            return
        if not any((~nan & (trial.flat != f([_moved(x, places, by)]))).any() for by in steps):
            return
        if _dropped(trial.on(trial.sample.but({i: missing}))):
            return
    except Broken:
        return
    fact = f"input {i}: a NaN that the result depends on vanishes: the output is finite"
    yield Finding("swallows-nan", fact, trial.sample)


def _moved(x: NDArray[Any], places: Any, by: float) -> NDArray[Any]:
    moved = x.copy()
    moved.flat[places] = x.flat[places] * by
    return moved


def _dropped(trial: Trial) -> bool:
    """Whether what it is held against drops the same NaN, as np.fmax does."""
    results = (result_of(function, trial) for function in trial.subject.declared.references)
    return any(
        all(np.array_equal(np.isnan(a), np.isnan(b)) for a, b in zip(parts, trial.outputs, strict=True))
        for parts in results
        if parts is not None
        and all(
            p.dtype.kind in "fc" and p.shape == y.shape for p, y in zip(parts, trial.outputs, strict=True)
        )
    )


LAW = Law("domain", domain, after=("frame", "same"))
