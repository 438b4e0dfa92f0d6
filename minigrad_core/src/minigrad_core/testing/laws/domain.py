"""Finite where the true value is, NaN where it has to be."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..as_function import as_function
from ..closeness import finite
from ..finding import Broken, Finding, Law
from ..oracle.overflow import overflows
from ..samples.sample import Undrawable
from ..samples.special import scaled
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
    for k, y in enumerate(trial.outputs):
        if finite(y):
            continue
        known = np.isfinite(y)
        if any(
            np.all(np.isfinite(a.parts[k]) <= known) for a in trial.answers if a.parts[k].shape == y.shape
        ):
            continue  # what it is held against is not finite there either
        if trial.sample.recipe.family == "case":
            fact = (
                f"forward gives NaN or infinity on {trial.sample.recipe.case!r}: name the domain where it is "
            )
            yield Finding("not-finite", fact + "defined (positive, nonzero, unit, between)", trial.sample)
        else:
            yield from _not_finite(trial, k, y, f"{trial.called(k)} is NaN at {{}}, where its cases allow it")
    if trial.pulls and trial.finite:
        for i, g in enumerate(trial.received):
            if g is not None and not finite(g):
                told = f"input {i}: the gradient is NaN at {{}}, where the output is finite"
                yield from _not_finite(trial, i, g, told, gradient=True)


def _not_finite(trial: Trial, k: int, y: Any, told: str, *, gradient: bool = False) -> Iterator[Finding]:
    """Yield that a result is NaN, or infinite though it could be a number."""
    family, label = trial.sample.recipe.family, trial.sample.recipe.label
    if np.isnan(y).any() and family != "extremes":
        code = "nan-at-kink" if gradient and family == "kinks" else "makes-nan"
        yield Finding(code, told.format(label), trial.sample)
    elif family != "kinks" and (before := overflows(trial, k, gradient=gradient)) is not None:
        which = f"input {k}: the gradient" if gradient else trial.called(k)
        yield Finding("overflow", f"{which} {before}", trial.sample)


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
            large = trial.on(scaled((factor,), sample.labelled(f"values around {factor:g}")))
            _ = large.differentiable and large.received
        except (Broken, Undrawable):
            continue
        yield from _judged(large)


def _swallowed(study: Study, trial: Trial) -> Iterator[Finding]:
    if trial.subject.declared.broadcasts or not _selects(trial):
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
    return dict.fromkeys((int(x.argmax()), int(x.argmin()))) if trial is study.first else (x.size - 1,)


def _selects(trial: Trial) -> bool:
    """Whether the output is some of the input's values: then NaN may be among the others, as in a sort."""
    given = np.concatenate([trial.sample.inputs[i].ravel() for i in trial.sample.floats] or [np.empty(0)])
    floats = [y for y in trial.outputs if y.dtype.kind == "f"]  # beside them, perhaps, where they were found
    return all(y.size < given.size and np.isin(y, given).all() for y in floats)


def _swallows(trial: Trial, i: int, places: Any) -> Iterator[Finding]:
    f, x = as_function(trial.subject, trial.sample, [i]), trial.sample.inputs[i]

    def at(values: Any) -> NDArray[Any]:
        changed = x.copy()
        changed.flat[places] = values
        return f([changed])

    # A rounding does not move by little; in a sort, what moves far takes another place.
    steps = (1 - 2.0**-10, 0.4) if trial.elementwise else (1 - 2.0**-10,)
    try:
        nan = np.isnan(at(np.nan))
        if nan.shape != trial.flat.shape or (nan.all() if trial.elementwise else nan.any()):
            return
        if not any((~nan & (trial.flat != at(x.flat[places] * by))).any() for by in steps):
            return
        missing = x.copy()
        missing.flat[places] = np.nan
        if _dropped(trial.on(trial.sample.but({i: missing}))):
            return
    except Broken:
        return
    fact = f"input {i}: a NaN that the result depends on vanishes: the output is finite"
    yield Finding("swallows-nan", fact, trial.sample)


def _dropped(trial: Trial) -> bool:
    """Whether what it is held against drops the same NaN, as np.fmax does."""
    return any(
        all(
            p.dtype.kind in "fc" and np.array_equal(np.isnan(p), np.isnan(y))
            for p, y in zip(answer.parts, trial.outputs, strict=True)
        )
        for answer in trial.answers
    )


LAW = Law("domain", domain, after=("frame", "same"))
