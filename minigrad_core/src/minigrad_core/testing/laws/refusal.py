"""What `forward` accepts, `backward` can do; what makes no sense is refused."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from ...contracts.cases import ANY, AxisOf, Floats, IndexInto
from ...errors import DifferentiabilityError, MinigradError
from ..closeness import same_bits
from ..finding import Broken, Finding, Law
from ..oracle.compare import compare
from ..samples.sample import Sample, Undrawable
from ..samples.sizes import broadcast
from ..study import Study
from ..trial import Trial


def refusal(study: Study, trial: Trial) -> Iterator[Finding]:
    """What `forward` accepts, `backward` can do; what makes no sense is refused with an error.

    Sizes that the kit makes up (0-d, empty, one) may be refused by a ValueError, settings by any error. A
    size that does not fit, an index or an axis out of range, and an unknown setting must be. A size that the
    cases do not allow may be accepted where every value counts and the gradient is right.
    Faults: an IndexError on empty arrays, a longer input cut to the shorter one in silence, an index that
    wraps around, a backward that assumes `axis >= 0`, `**settings` that swallow a typo, a setting that is
    never read.
    Fix: compare the shapes in forward and raise a ValueError that names both; name the settings, without **.
    """
    if trial.differentiable and (broken := trial.sweep.broken) is not None:
        if broken.code in ("backward-raises", "backward-exits") and not _excused(trial, broken):
            label = trial.sample.recipe.label
            where = "" if label.startswith("case") else f"at {label}, which forward accepts: "
            yield Finding(broken.code, where + broken.fact, trial.sample)
        return
    if trial is study.first:
        for refused in study.refused:
            label = refused.sample.recipe.label
            yield Finding(refused.broken.code, f"at {label}: {refused.broken.fact}", refused.sample)
        yield from _without_effect(study)
        if trial.many and len(trial.outputs) == 1:
            fact = "forward returns a tuple of one output: return the array itself"
            yield Finding("tuple-of-one", fact, trial.sample)
    if trial is study.first or trial.sample.recipe.family == "case":
        yield from _nonsense(study, trial)
    if trial.sample.recipe.family == "case" and trial.differentiable:
        yield from _broadcast(study, trial)


def _excused(trial: Trial, broken: Broken) -> bool:
    """Whether a refusal with a reason may come late: of settings, indices or singular points made up here."""
    recipe = trial.sample.recipe
    if recipe.family == "settings":
        return isinstance(broken.cause, DifferentiabilityError)  # it says that there is no gradient
    if recipe.family == "indices":
        return isinstance(broken.cause, MinigradError)
    return recipe.family in ("kinks", "odd") and isinstance(broken.cause, ValueError)


def _without_effect(study: Study) -> Iterator[Finding]:
    """Yield a setting that the cases give in several words, or for which they allow every axis, in vain."""
    for name in study.subject.signature.settings:
        samples = [(t, t.sample) for t in study.trials if name in t.sample.settings]
        words = [t for t, s in samples if s.recipe.family == "case" and isinstance(s.settings[name], str)]
        chosen = [t for t, s in samples if s.recipe.family == "axes" and name in s.recipe.settings]
        # -1 is the last axis once more.
        unlike = [
            t for t in chosen if t.sample.settings[name] >= 0 and max(t.sample.inputs[0].shape, default=0) > 1
        ]
        for trials, some in ((words, words), (chosen, unlike)):
            values = list(dict.fromkeys(t.sample.settings[name] for t in some))
            if len(values) > 1 and not any(_matters(t, name, values) for t in trials):
                told = ", ".join(map(str, values))
                fact = f"the setting {name} has no effect: {told} give the same value"
                yield Finding("setting-without-effect", fact, trials[0].sample)


def _matters(trial: Trial, name: str, values: list[Any]) -> bool:
    for value in values:
        other = trial.tried(_with(trial.sample, name, value))
        if other is None or not all(map(same_bits, trial.outputs, other.outputs)):
            return True
    return False


def _with(sample: Sample, name: str, value: Any) -> Sample:
    return replace(sample, settings={**sample.settings, name: value})


def _broadcast(study: Study, trial: Trial) -> Iterator[Finding]:
    """Yield that shapes which broadcast are taken though that is not claimed, and the gradient is wrong."""
    if study.subject.declared.broadcasts:
        return
    for other in islice(broadcast(trial.sample.recipe, study.subject), 1):
        try:
            taken = trial.on(study.draw(other))
        except (Broken, Undrawable):
            continue
        if not taken.finite:
            continue
        try:
            wrong = compare(taken, derived=True)
        except Broken as broken:
            fact = f"at {other.label} forward broadcasts, and the gradient does not fit: "
            fact += f"say `broadcasts = True`, or refuse ({broken.fact})"
            yield Finding("accepts-mismatch", fact, taken.sample)
            return
        if wrong:
            fact = f"at {other.label} forward broadcasts, and the gradient is wrong"
            yield Finding("wrong-gradient", fact, taken.sample, wrong)


def _nonsense(study: Study, trial: Trial) -> Iterator[Finding]:
    """Yield what makes no sense and is accepted."""
    found = [*_unknown(trial)] if trial is study.first else []
    found += [*_longer(trial), *_beyond(trial)] if trial.differentiable else []
    for code, sample, fact in found:
        taken = trial.tried(sample)
        if taken is not None and not (code == "accepts-mismatch" and _means_something(taken, trial)):
            yield Finding(code, fact, sample)


def _unknown(trial: Trial) -> Iterator[tuple[str, Sample, str]]:
    fact = "an unknown setting is ignored in silence: name the settings, without **"
    yield "swallows-settings", _with(trial.sample, "no_such_setting", 1), fact


def _longer(trial: Trial) -> Iterator[tuple[str, Sample, str]]:
    """Yield an axis that is longer in one of two inputs whose cases have the same letter for it.

    Not where an index points: it is in range of the longer one too, and nothing in NumPy compares the two.
    """
    sample, arguments = trial.sample, trial.sample.recipe.case.arguments
    described = {n: d.dimensions for n, d in arguments.items() if isinstance(d, Floats) and n in sample.names}
    indices = [d for d in arguments.values() if isinstance(d, IndexInto) and d.name in described]
    pointed = {described[index.name][index.axis] for index in indices}
    for name, dimensions in described.items():
        others = {letter for n, d in described.items() if n != name for letter in d}
        for axis, letter in enumerate(dimensions if ANY not in dimensions else ()):
            twice = any(d.count(letter) > 1 for d in described.values())
            if isinstance(letter, str) and letter in others - pointed and not twice:
                i = sample.names.index(name)
                x = sample.inputs[i]
                longer = np.concatenate([x, np.take(x, [0], axis=axis)], axis=axis)
                told = f"{name} {longer.shape}, where {sample} fits"
                fact = f"shapes that do not fit are accepted in silence: {told}"
                yield "accepts-mismatch", sample.but({i: longer}), fact


def _means_something(taken: Trial, usual: Trial) -> bool:
    """Whether what was appended counts, and the gradient is right: its case says less than it can do."""
    pairs = enumerate(zip(taken.sample.inputs, usual.sample.inputs, strict=True))
    i, axis = next((i, a) for i, (x, y) in pairs for a in range(np.ndim(x)) if x.shape[a] != y.shape[a])
    x = taken.sample.inputs[i].copy()
    np.moveaxis(x, axis, 0)[-1] *= 0.75
    moved = taken.tried(taken.sample.but({i: x}))
    if moved is None or np.array_equal(moved.flat, taken.flat):
        return moved is None
    try:
        return compare(taken) is None
    except Broken:
        return False


def _beyond(trial: Trial) -> Iterator[tuple[str, Sample, str]]:
    """Yield axes that the array does not have, and indices out of range."""
    sample = trial.sample
    for name, value in sample.recipe.case.arguments.items():
        if isinstance(value, AxisOf) and name in sample.settings:
            ndim = sample.inputs[sample.names.index(value.name)].ndim
            for axis in (ndim + 3, -ndim - 4):
                fact = f"{name}={axis} is accepted in silence for {ndim} axes"
                yield "accepts-axis", _with(sample, name, axis), fact
    for i, description in enumerate(sample.domains):
        if isinstance(description, IndexInto) and sample.inputs[i].size:
            size = sample.sizes_of(i)
            told = f"the index {size} into an axis of size {size} is accepted in silence"
            outside = sample.but({i: np.full_like(sample.inputs[i], size)})
            yield "accepts-index", outside, f"input {i} ({sample.names[i]}): {told}"


LAW = Law("refusal", refusal)
