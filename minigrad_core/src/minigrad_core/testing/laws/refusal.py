"""What `forward` accepts, `backward` can do; what makes no sense is refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import ANY, AxisOf, Floats, IndexInto
from ...errors import DifferentiabilityError
from ..closeness import same_bits
from ..finding import Broken, Finding, Law
from ..oracle.compare import compare
from ..samples.partners import broadcast
from ..samples.sample import Undrawable

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        yield from _unknown_setting(trial)
        yield from _without_effect(study)
        if trial.many and len(trial.outputs) == 1:
            fact = "forward returns a tuple of one output: return the array itself"
            yield Finding("tuple-of-one", fact, trial.sample)
    if trial.sample.recipe.family == "case" and trial.differentiable:
        yield from _broadcast(study, trial)
        yield from _sizes(trial)
        yield from _range(trial)
        yield from _axis(trial)


def _excused(trial: Trial, broken: Broken) -> bool:
    """Whether a refusal with a reason may come late: of a setting or a singular point that was made up."""
    recipe = trial.sample.recipe
    if recipe.family == "settings":
        return isinstance(broken.cause, DifferentiabilityError)  # it says that there is no gradient
    return recipe.family in ("kinks", "odd") and isinstance(broken.cause, ValueError)


def _unknown_setting(trial: Trial) -> Iterator[Finding]:
    sample = trial.sample
    try:
        trial.on(replace(sample, settings={**sample.settings, "no_such_setting": 1}))
    except Broken:
        return
    yield Finding(
        "swallows-settings", "an unknown setting is ignored in silence: name the settings, without **", sample
    )


def _without_effect(study: Study) -> Iterator[Finding]:
    """Yield a setting that the cases give in several words, or for which they allow every axis, in vain."""
    for name in study.subject.signature.settings:
        words = [t for t in study.trials if t.sample.recipe.family == "case" and _is_word(t, name)]
        chosen = [
            t for t in study.trials if t.sample.recipe.family == "axes" and name in t.sample.recipe.settings
        ]
        for trials, some in ((words, words), (chosen, _unlike_axes(chosen, name))):
            values = list(dict.fromkeys(t.sample.settings[name] for t in some))
            if len(values) > 1 and not any(_matters(t, name, values) for t in trials):
                told = ", ".join(map(str, values))
                fact = f"the setting {name} has no effect: {told} give the same value"
                yield Finding("setting-without-effect", fact, trials[0].sample)


def _is_word(trial: Trial, name: str) -> bool:
    return isinstance(trial.sample.settings.get(name), str)


def _unlike_axes(trials: list[Trial], name: str) -> list[Trial]:
    """Return the trials whose axes are counted from the front: -1 is the last one once more."""
    return [
        t for t in trials if t.sample.settings[name] >= 0 and max(t.sample.inputs[0].shape, default=0) > 1
    ]


def _matters(trial: Trial, name: str, values: list[Any]) -> bool:
    for value in values:
        try:
            other = trial.on(replace(trial.sample, settings={**trial.sample.settings, name: value}))
        except Broken:
            return True
        if not all(same_bits(x, y) for x, y in zip(trial.outputs, other.outputs, strict=False)):
            return True
    return False


def _broadcast(study: Study, trial: Trial) -> Iterator[Finding]:
    """Yield that shapes which broadcast are taken though that is not claimed, and the gradient is wrong."""
    if study.subject.declared.broadcasts:
        return
    recipe = trial.sample.recipe
    for other in islice(broadcast(recipe, study.subject), 1):
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


def _sizes(trial: Trial) -> Iterator[Finding]:
    """Yield that an axis may be longer in one of two inputs whose cases have the same letter for it.

    Not where an index points: it is in range of the longer one too, and nothing in NumPy compares the two.
    """
    arguments = trial.sample.recipe.case.arguments
    described = {n: d for n, d in arguments.items() if isinstance(d, Floats) and n in trial.sample.names}
    pointed = {
        described[index.name].dimensions[index.axis]
        for index in arguments.values()
        if isinstance(index, IndexInto) and index.name in described
    }
    for name, description in described.items():
        if ANY in description.dimensions:
            continue
        others = [d.dimensions for n, d in described.items() if n != name]
        for axis, letter in enumerate(description.dimensions):
            shared = isinstance(letter, str) and any(letter in dimensions for dimensions in others)
            twice = any(d.dimensions.count(letter) > 1 for d in described.values())
            if shared and not twice and letter not in pointed:
                yield from _accepted(trial, name, axis)


def _accepted(trial: Trial, name: str, axis: int) -> Iterator[Finding]:
    i = trial.sample.names.index(name)
    x = trial.sample.inputs[i]
    longer = np.concatenate([x, np.take(x, [0], axis=axis)], axis=axis)
    sample = trial.sample.but({i: longer})
    try:
        if _means_something(trial.on(sample), i, axis):
            return  # its case says less than it can do
    except Broken:
        return
    fact = f"shapes that do not fit are accepted in silence: {name} {longer.shape}, where {trial.sample} fits"
    yield Finding("accepts-mismatch", fact, sample)


def _means_something(trial: Trial, i: int, axis: int) -> bool:
    """Whether what was appended counts, and the gradient is right: nothing was cut off or repeated."""
    x = trial.sample.inputs[i].copy()
    np.moveaxis(x, axis, 0)[-1] *= 0.75
    if np.array_equal(trial.on(trial.sample.but({i: x})).flat, trial.flat):
        return False
    try:
        return compare(trial) is None
    except Broken:
        return False


def _axis(trial: Trial) -> Iterator[Finding]:
    """Yield that an axis which the array does not have is accepted."""
    sample = trial.sample
    for name, value in sample.recipe.case.arguments.items():
        if not isinstance(value, AxisOf) or name not in sample.settings:
            continue
        ndim = sample.inputs[sample.names.index(value.name)].ndim
        for axis in (ndim + 3, -ndim - 4):
            try:
                trial.on(replace(sample, settings={**sample.settings, name: axis}))
            except Broken:
                continue
            yield Finding("accepts-axis", f"{name}={axis} is accepted in silence for {ndim} axes", sample)


def _range(trial: Trial) -> Iterator[Finding]:
    """Yield that an index out of range is accepted."""
    for i, description in enumerate(trial.sample.domains):
        if not isinstance(description, IndexInto) or not trial.sample.inputs[i].size:
            continue
        size = trial.sample.sizes_of(i)
        sample = trial.sample.but({i: np.full_like(trial.sample.inputs[i], size)})
        try:
            trial.on(sample)
        except Broken:
            continue
        name = trial.sample.names[i]
        fact = f"input {i} ({name}): the index {size} into an axis of size {size} is accepted in silence"
        yield Finding("accepts-index", fact, sample)


LAW = Law("refusal", refusal)
