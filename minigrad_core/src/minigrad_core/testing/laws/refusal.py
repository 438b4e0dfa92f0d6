"""What `forward` accepts, `backward` can do; what makes no sense is refused."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from ...contracts.cases import ANY, AxisOf, Floats, IndexInto
from ...errors import DifferentiabilityError, MinigradError
from ..finding import Broken, Finding, Law
from ..guarded import on_purpose
from ..oracle.compare import compare
from ..samples.sample import Sample, Undrawable
from ..samples.sizes import BROADCAST, any_shaped
from ..study import Study
from ..trial import Trial


def refusal(study: Study, trial: Trial) -> Iterator[Finding]:
    """What `forward` accepts, `backward` can do; what makes no sense is refused with an error.

    Sizes that the kit makes up (0-d, empty, one) may be refused by a ValueError, settings by any error, and
    all that it makes up for what does not broadcast. A size that does not fit, an index or an axis out of
    range, and an unknown setting must be. A size that the cases do not allow may be accepted where every
    value counts and the gradient is right.
    Faults: an IndexError on empty arrays, a longer input cut to the shorter one in silence, an index that
    wraps around, a backward that assumes `axis >= 0`, `**settings` that swallow a typo.
    Fix: compare the shapes in forward and raise a ValueError that names both; name the settings, without **.
    """
    if trial.differentiable and (broken := trial.sweep.broken) is not None:
        if broken.code in ("backward-raises", "backward-exits") and not _excused(trial, broken):
            label = trial.sample.recipe.label
            where = "" if label.startswith("case") else f"at {label}, which forward accepts: "
            yield Finding(broken.code, where + broken.fact, trial.sample)
        return
    if trial is study.first:
        yield from study.refused
        if trial.many and len(trial.outputs) == 1:
            fact = "forward returns a tuple of one output: return the array itself"
            yield Finding("tuple-of-one", fact, trial.sample)
    if trial is study.first or trial.sample.recipe.family == "case":
        yield from _nonsense(study, trial)


def _excused(trial: Trial, broken: Broken) -> bool:
    """Whether a refusal with a reason may come late: of settings, indices or singular points made up here."""
    recipe = trial.sample.recipe
    if recipe.family == "settings":
        return isinstance(broken.cause, DifferentiabilityError)  # it says that there is no gradient
    if recipe.family == "indices":
        return isinstance(broken.cause, MinigradError)
    meant = isinstance(broken.cause, np.linalg.LinAlgError) or on_purpose(broken.cause or broken)
    return recipe.family in ("kinks", "odd") and isinstance(broken.cause, ValueError) and meant


def _nonsense(study: Study, trial: Trial) -> Iterator[Finding]:
    """Yield what makes no sense and is accepted."""
    if trial is study.first and trial.tried(_with(trial.sample, "no_such_setting", 1)) is not None:
        fact = "an unknown setting is ignored in silence: name the settings, without **"
        yield Finding("swallows-settings", fact, trial.sample)
    if trial.differentiable:
        for code, sample, fact in _beyond(trial):
            if trial.tried(sample) is not None:
                yield Finding(code, f"{fact} is accepted in silence", sample)
        for sample, longer in (*_longer(trial), *_broadcast(study, trial)):
            yield from _misfit(trial, sample, longer)


def _with(sample: Sample, name: str, value: Any) -> Sample:
    return replace(sample, settings={**sample.settings, name: value})


def _misfit(trial: Trial, sample: Sample, longer: tuple[int, int] | None) -> Iterator[Finding]:
    """Yield that sizes which the cases do not allow are taken.

    Unless all counts, along the `longer` axis of an input too, and the gradient is right: then it can do more
    than its cases say.
    """
    taken = trial.tried(sample)
    if taken is None or not taken.finite:
        return
    fact, wrong = "", None
    try:
        wrong = compare(taken, derived=True)
        ignored = longer is not None and not np.take(taken.received[longer[0]], -1, longer[1]).any()
        fact = "and the gradient is wrong" if wrong else "and not all values count" if ignored else ""
    except Broken as broken:
        fact = f"and the gradient does not fit: {broken.fact}"
    if fact:
        told = f"{sample} is accepted, where {trial.sample} fits, {fact}; refuse it, or say broadcasts = True"
        yield Finding("accepts-mismatch", told, sample, wrong)


def _broadcast(study: Study, trial: Trial) -> Iterator[tuple[Sample, None]]:
    """Yield shapes that broadcast, where that is not claimed."""
    recipe = trial.sample.recipe
    if not study.subject.declared.broadcasts and len(any_shaped(recipe.case)) > 1:
        with suppress(Undrawable):
            yield study.draw(recipe.but(shapes=BROADCAST)), None


def _longer(trial: Trial) -> Iterator[tuple[Sample, tuple[int, int]]]:
    """Yield an axis that is longer in one of two inputs whose cases have the same letter for it.

    Not where an index points: it is in range of the longer one too, and nothing in NumPy compares the two.
    """
    sample, arguments = trial.sample, trial.sample.recipe.case.arguments
    described = {n: d.dimensions for n, d in arguments.items() if isinstance(d, Floats) and n in sample.names}
    indices = [d for d in arguments.values() if isinstance(d, IndexInto) and d.name in described]
    pointed = {described[index.name][index.axis] for index in indices}
    square = {letter for d in described.values() for letter in d if d.count(letter) > 1}
    for name, dimensions in described.items():
        others = {letter for n, d in described.items() if n != name for letter in d} - pointed - square
        for axis, letter in enumerate(dimensions if ANY not in dimensions else ()):
            if isinstance(letter, str) and letter in others:
                i = sample.names.index(name)
                x = sample.inputs[i]
                longer = np.concatenate([x, np.take(x, [0], axis=axis)], axis=axis)
                yield sample.but({i: longer}), (i, axis)


def _beyond(trial: Trial) -> Iterator[tuple[str, Sample, str]]:
    """Yield an axis that the array does not have, and an index out of range."""
    sample = trial.sample
    for name, value in sample.recipe.case.arguments.items():
        if isinstance(value, AxisOf) and name in sample.settings:
            ndim = sample.inputs[sample.names.index(value.name)].ndim
            for axis in (ndim + 3, -ndim - 4):
                yield "accepts-axis", _with(sample, name, axis), f"{name}={axis} for {ndim} axes"
    for i, description in enumerate(sample.domains):
        if isinstance(description, IndexInto) and sample.inputs[i].size:
            size = sample.sizes_of(i)
            outside = sample.but({i: np.full_like(sample.inputs[i], size)})
            told = f"input {i} ({sample.names[i]}): the index {size} into an axis of size {size}"
            yield "accepts-index", outside, told


LAW = Law("refusal", refusal)
