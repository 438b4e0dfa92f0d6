"""The law `refusal`: `backward` works for all arguments that `forward` accepts; nonsense is refused."""

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from ...contracts.cases import ANY, AxisOf, Floats, IndexInto
from ...errors import DifferentiabilityError, MinigradError
from ..finding import Finding, Findings, Law, Script, SubjectFailed, is_deliberate
from ..oracle.compare import compare
from ..samples.draw import assign_sizes
from ..samples.sample import Family, Sample, Undrawable
from ..samples.sizes import BROADCAST, find_any_shaped
from ..scripts.gradients import show_slope
from ..scripts.results import judge_call, judge_mismatch, judge_tuple_of_one, show_acceptance
from ..study import Study
from ..trial import Trial


class Mismatch(NamedTuple):
    """A sample whose sizes the cases do not allow."""

    sample: Sample
    # The input that is longer than the cases allow, and the axis; None where no axis is longer.
    longer: tuple[int, int] | None
    letter: str | None = None  # the letter of an axis of size 1, which NumPy broadcasts


def refusal(study: Study, trial: Trial) -> Findings:
    """`backward` works for all arguments that `forward` accepts; nonsense is refused with an error.

    The operation may refuse sizes and values that the kit makes up (0-d, empty, one, infinite) by a
    ValueError, and settings and types by any error. A size that does not fit, an index or an axis out of
    range, an unknown setting, and an unknown string for a setting have to be refused. A size that the cases
    do not allow may be accepted if every value counts and the gradient is right.
    Faults: an IndexError on empty arrays, a longer input that is cut silently, an index that wraps around,
    a backward that assumes `axis >= 0`, `**settings` that swallow a typo.
    Fix: compare the shapes in forward and raise a ValueError that names both; name the settings, without **;
    end the branches of a string in one that raises.
    """
    recipe = trial.sample.recipe
    if trial.differentiable and (failure := trial.backward_pass.failure) is not None:
        raises = failure.code in ("backward-raises", "backward-exits")
        if raises and not _may_refuse_in_backward(trial, failure):
            place = recipe.place.replace(": ", ", which forward accepts: ")
            script = show_acceptance(Script(judge_call, cotangents=trial.cotangents))
            yield Finding(failure.code, place + failure.fact, trial.sample, script=script)
        return
    if trial is study.first_trial:
        yield from study.wrong_refusals
        if trial.returns_tuple and len(trial.outputs) == 1:
            fact = "forward returns a tuple of one output: return the array itself"
            yield Finding("tuple-of-one", fact, trial.sample, script=Script(judge_tuple_of_one))
    if trial is study.first_trial or recipe.family is Family.CASE:
        yield from _judge_nonsense(study, trial)


def _may_refuse_in_backward(trial: Trial, failure: SubjectFailed) -> bool:
    """Return whether `backward` may refuse arguments that `forward` accepts: made-up ones, with a reason.

    A setting without a gradient is refused by a DifferentiabilityError, an index by an error of minigrad, and
    a singular point by a deliberate ValueError or a LinAlgError.
    """
    cause, recipe = failure.cause, trial.sample.recipe
    if recipe.is_of({Family.SETTINGS}) and isinstance(cause, DifferentiabilityError):
        return True
    if recipe.is_of({Family.INDICES}) and isinstance(cause, MinigradError):
        return True
    if not recipe.is_of({Family.KINKS, Family.NON_FINITE}) or not isinstance(cause, ValueError):
        return False
    return isinstance(cause, np.linalg.LinAlgError) or is_deliberate(cause)


def _judge_nonsense(study: Study, trial: Trial) -> Findings:
    """Yield arguments that make no sense and are accepted."""
    for code, fact, nonsense in _make_nonsense(study, trial):
        if trial.try_on(nonsense) is not None:
            yield Finding(code, fact, nonsense, script=show_acceptance())
    for mismatch in (*_change_axes(trial), *_make_broadcast(study, trial)) if trial.differentiable else ():
        yield from _judge_mismatch(study, trial, mismatch)


def _make_nonsense(study: Study, trial: Trial) -> Iterator[tuple[str, str, Sample]]:
    """Yield arguments that have to be refused, each with the code and the fact if they are not.

    These are an unknown setting, an unknown string for a setting that is a string in the case or by default,
    an axis that the array does not have, and an index out of range.
    """
    sample, given = trial.sample, trial.sample.settings
    if trial is study.first_trial:
        fact = "an unknown setting is ignored silently: name the settings, without **"
        yield "swallows-settings", fact, sample.with_setting("no_such_setting", 1)
        given = {**study.subject.signature.defaults, **given}
    for name in (name for name, value in given.items() if isinstance(value, str)):
        fact = f"{name}='no_such_choice' is accepted silently, as if it were one of the choices"
        yield "accepts-choice", fact, sample.with_setting(name, "no_such_choice")
    if not trial.differentiable:
        return
    for name, value in sample.recipe.case.arguments.items():
        if isinstance(value, AxisOf) and name in sample.settings:
            ndim = sample.inputs[sample.names.index(value.name)].ndim
            for axis in (ndim + 3, -ndim - 4):
                fact = f"{name}={axis} for {ndim} axes is accepted silently"
                yield "accepts-axis", fact, sample.with_setting(name, axis)
    for i in sample.inputs_drawn_from(IndexInto):
        if sample.inputs[i].size:
            size = sample.find_axis_size(i)
            index = f"input {i} ({sample.names[i]}): the index {size} into an axis of size {size}"
            outside = sample.replace_inputs({i: np.full_like(sample.inputs[i], size)})
            yield "accepts-index", f"{index} is accepted silently", outside


def _judge_mismatch(study: Study, trial: Trial, mismatch: Mismatch) -> Findings:
    """Yield a finding if the subject accepts sizes that the cases do not allow, and makes a mistake there.

    It may do more than its cases say, if the gradient is right and all values count, including those at the
    end of the longer axis. Along an axis of the outputs it may broadcast a size of 1, and refuse it in
    backward: nothing is wrong silently. Along an axis that is summed the result would be another one.
    """
    sample, longer, letter = mismatch
    accepted = trial.try_on(sample)
    if accepted is None or not accepted.is_finite:
        return
    fact, evidence, script = "", None, show_acceptance(Script(judge_mismatch))
    try:
        evidence = compare(accepted, derived=True)
        is_cut = longer is not None and not np.take(accepted.gradients[longer[0]], -1, longer[1]).any()
        if evidence is not None:
            if compare(trial, derived=True) is not None:
                return  # the gradient is also wrong where the sizes fit: the law `derivative` reports it
            fact, script = "and the gradient is wrong", show_acceptance(show_slope(evidence))
        elif is_cut:
            fact = "and not all values count"
    except SubjectFailed as failure:
        if letter is not None and _changes_outputs(study, trial, letter):
            return
        fact = f"and the gradient does not fit: {failure.fact}"
    if fact:
        fact = f"{sample} is accepted, where {trial.sample} fits, {fact}; refuse it, or say broadcasts = True"
        yield Finding("accepts-mismatch", fact, sample, script=script)


def _changes_outputs(study: Study, trial: Trial, letter: str) -> bool:
    """Return whether the shapes of the outputs depend on the size of a letter."""
    recipe = trial.sample.recipe
    sizes = assign_sizes(recipe.case, recipe.sizes)
    other = trial.try_on(study.draw(recipe.replace(sizes={**sizes, letter: sizes[letter] + 1})))
    return other is None or [y.shape for y in other.outputs] != [y.shape for y in trial.outputs]


def _make_broadcast(study: Study, trial: Trial) -> Iterator[Mismatch]:
    """Yield shapes that broadcast, if the subject does not declare that it broadcasts."""
    recipe = trial.sample.recipe
    if not study.subject.declared.broadcasts and len(find_any_shaped(recipe.case)) > 1:
        with suppress(Undrawable):
            yield Mismatch(study.draw(recipe.replace(shapes=BROADCAST)), None)


def _change_axes(trial: Trial) -> Iterator[Mismatch]:
    """Yield samples in which an axis is longer, or 1, in one of two inputs that have the same letter for it.

    Axes into which an index points are left out: the index is in range of the longer axis too, and no NumPy
    function compares the two inputs.
    """
    sample, arguments = trial.sample, trial.sample.recipe.case.arguments
    floats = {name: d for name, d in arguments.items() if isinstance(d, Floats) and name in sample.names}
    dimensions = {name: d.dimensions for name, d in floats.items()}
    indices = [d for d in arguments.values() if isinstance(d, IndexInto) and d.name in dimensions]
    indexed = {dimensions[index.name][index.axis] for index in indices}
    square = {letter for axes in dimensions.values() for letter in axes if axes.count(letter) > 1}
    for name, axes in dimensions.items():
        shared = {letter for n, others in dimensions.items() if n != name for letter in others}
        shared -= indexed | square
        for axis, letter in enumerate(axes if ANY not in axes else ()):
            if isinstance(letter, str) and letter in shared:
                i = sample.names.index(name)
                x = sample.inputs[i]
                first = np.take(x, [0], axis=axis)
                longer = np.concatenate([x, first], axis=axis)
                yield Mismatch(sample.replace_inputs({i: longer}), (i, axis))
                yield Mismatch(sample.replace_inputs({i: first}), None, letter)


LAW = Law("refusal", refusal)
