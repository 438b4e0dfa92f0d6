"""The law `frame`: a call has no side effects."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

import numpy as np

from ..backward_pass import BackwardPass, snapshot
from ..closeness import is_finite
from ..finding import Finding, Findings, Law, Script, SubjectFailed
from ..global_state import is_same_value
from ..samples.sample import Family, Sample
from ..scripts.results import judge_call
from ..scripts.side_effects import JUDGES
from ..study import Study
from ..trial import Trial
from ..variations import list_single_needs

NamedArray: TypeAlias = tuple[str, Any]  # the name in messages, and the array


def frame(study: Study, trial: Trial) -> Findings:
    """A call changes none of its arguments, shares no memory, keeps nothing, and warns of nothing.

    Arguments, cotangents and outputs keep their values, shapes and flags, also where they hold NaN, and where
    only one input needs a gradient. Outputs share no memory with inputs unless `returns_view` is declared;
    gradients share memory with nothing. No attribute of `self` changes. The random state, `np.errstate`,
    print options, the environment and other global state are as before. There is no warning where every
    result is finite, and no warning of invalid values at infinities of a case where no result is NaN.
    Faults: `grad *= y`, `x -= x.max()`, `out=` on an array that was saved, one array returned for two
    inputs, `self.x = x`, `np.random.seed`, `where(x > 0, log(x), 0)`.
    Fix: compute into new arrays; keep what backward needs with `ctx.save`; choose the arguments before the
    function instead of the results after it.
    """
    yield from _judge_writes(study, trial)
    yield from _judge_memory(study, trial)
    yield from _judge_warnings(trial)
    if trial is study.first_trial:
        yield from _judge_state(study)
        for needs in list_single_needs(trial) if len(trial.sample.floats) > 1 else ():
            with suppress(SubjectFailed):  # the law `same` reports it
                single = Trial(trial.subject, trial.sample, needs, warning_log=())
                yield from _judge_writes(study, single)
                yield from _judge_memory(study, single)


def _report(trial: Trial, code: str, fact: str, original: Sample | None = None) -> Finding:
    """Return a finding; `original` has the arguments before the call, if the call changes them."""
    script = Script(JUDGES[code], {"needs": trial.needs}, trial.used_cotangents)
    if trial.needs != trial.sample.needs:
        fact += f", if only {trial.sample.names[trial.needs.index(True)]} needs a gradient"
    return Finding(code, fact, original or trial.sample, script=script)


def _judge_writes(study: Study, trial: Trial) -> Findings:
    """Yield arguments, outputs, cotangents and gradients that were written to."""
    sample = trial.sample
    arguments = (*sample.inputs, *sample.settings.values())
    for k, (argument, before) in enumerate(zip(arguments, trial.argument_snapshots, strict=True)):
        if snapshot(argument) != before:
            names = [f"input {i} ({name})" for i, name in enumerate(sample.names)]
            fact = f"{[*names, *sample.settings][k]} is changed in place"
            yield _report(trial, "writes-input", fact, study.draw(sample.recipe))
    for k, (y, copy) in enumerate(zip(trial.returned, trial.outputs, strict=True)):
        if snapshot(y)[:2] != snapshot(copy)[:2]:
            fact = f"output {k} is changed after it was returned, by backward or by a later call"
            yield _report(trial, "writes-output", fact)
    if not trial.differentiable:
        return
    backward_pass = trial.backward_pass
    for k, is_changed in enumerate(backward_pass.cotangents_changed):
        if is_changed:
            fact = f"backward changes grad in place (that of output {k})"
            yield _report(trial, "writes-grad", fact)
    for i, (g, copy) in enumerate(zip(backward_pass.returned, backward_pass.returned_copies, strict=True)):
        if isinstance(g, np.ndarray) and snapshot(g)[:2] != snapshot(copy)[:2]:
            fact = f"a later call changes the gradient that was returned for input {i}"
            yield _report(trial, "reuses-buffer", fact)


def _judge_memory(study: Study, trial: Trial) -> Findings:
    """Yield outputs and gradients that share memory with other arrays of the call."""
    returns_view = study.subject.declared.returns_view
    inputs = _name_arrays("input {}", trial.sample.inputs)
    outputs = _name_arrays("output {}", trial.returned)
    for k, output in enumerate(outputs) if not returns_view else ():
        same = [(name, x) for name, x in inputs if x is output[1]]
        yield from _judge_overlaps(trial, output, same, "returns-input", "{} is {} itself")
        fact = "{} is a view: it shares memory with {}"
        yield from _judge_overlaps(trial, output, [*outputs[:k], *inputs], "output-shares-memory", fact)

    passes = [trial.backward_pass] if trial.has_gradients else []
    if passes and trial is study.first_trial:
        # A subject may return a cotangent of ones as it is, because a product with ones changes nothing.
        ones = [np.ones_like(g) if g.dtype.kind in "fc" else g for g in trial.cotangents]
        passes.append(BackwardPass(trial, ones))
    for backward_pass in passes:
        saved = _name_arrays("what forward saved (place {})", trial.forward_pass.saved())
        grad = "grad" if len(backward_pass.cotangents) == 1 else "grad {}"
        cotangents = [] if returns_view else _name_arrays(grad, backward_pass.cotangents)
        others = [*inputs, *outputs, *saved, *cotangents]
        gradients = _name_arrays("input {}", backward_pass.returned)
        for k, gradient in enumerate(gradients):
            fact = "the array returned for {1} is also the one returned for {0}"
            yield from _judge_overlaps(trial, gradient, gradients[:k], "gradients-share-memory", fact)
            fact = "the gradient for {} shares memory with {}: return a copy"
            yield from _judge_overlaps(trial, gradient, others, "gradient-shares-memory", fact)


def _name_arrays(pattern: str, values: Iterable[Any]) -> list[NamedArray]:
    return [(pattern.format(k), x) for k, x in enumerate(values) if isinstance(x, np.ndarray)]


def _judge_overlaps(
    trial: Trial, named: NamedArray, others: Sequence[NamedArray], code: str, fact: str
) -> Findings:
    """Yield the other arrays that share memory with an array; `fact` has places for both names."""
    name, array = named
    for other_name, other in others:
        if np.may_share_memory(array, other) and np.shares_memory(array, other):
            yield _report(trial, code, fact.format(name, other_name))


def _judge_warnings(trial: Trial) -> Findings:
    """Yield the first warning of a call with finite results; at infinities, of a call without NaN."""
    recipe, texts, results = trial.sample.recipe, trial.warning_texts, trial.output_results
    if trial.has_gradients:
        texts = texts + trial.backward_pass.warning_texts
    if not texts or not all(map(np.size, trial.sample.inputs)) or recipe.family is Family.MAGNITUDES:
        return
    if trial.has_gradients:
        results = trial.results
    if len(recipe.families) > 1 and recipe.is_of({Family.SETTINGS}):
        return  # another setting may divide by a special value, and the warning is then right
    if trial.sample.is_finite:
        is_spurious, reason = all(is_finite(result.values) for result in results), "every result is finite"
    else:
        texts = [text for text in texts if recipe.family is Family.CASE and "invalid value" in text]
        is_spurious, reason = not any(np.isnan(r.values).any() for r in results), "none is NaN"
    if texts and is_spurious:
        fact = f"{texts[0]}, though {reason} ({recipe.label})"
        script = Script(judge_call, {"errors": Warning}, trial.used_cotangents)
        yield Finding("spurious-warning", fact, trial.sample, script=script)


def _judge_state(study: Study) -> Findings:
    """Yield the global state and the attribute of the subject that calls have changed."""
    for name in study.changed_globals:
        fact = f"a call changes {name}, for everybody: leave it alone"
        yield _report(study.first_trial, "changes-global-state", fact)
    if study.changed_attribute is not None:
        fact = f"a call changes {study.changed_attribute}, which other calls see: "
        fact += f"keep what backward needs with {study.subject.save_call}"
        yield _report(_find_change(study), "state-on-self", fact)


def _find_change(study: Study) -> Trial:
    """Return a trial whose repetition changes an attribute from its first value, or else the first trial."""
    for trial in study.trials:
        state = study.subject.read_state(copied=True)
        with suppress(SubjectFailed):
            repeated = trial.run_on(trial.sample)
            _ = repeated.differentiable and repeated.gradients
        new_state = study.subject.read_state()
        if not any(is_same_value(old_state, new_state) for old_state in (state, study.initial_state)):
            return trial
    return study.first_trial


LAW = Law("frame", frame)
