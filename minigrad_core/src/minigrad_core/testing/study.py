"""All trials of one subject: the pool of samples, drawn once, and one trial for each sample."""

import zlib
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from ..contracts.cases import Case
from ..errors import MinigradError
from .finding import Finding, Script, SubjectFailed, is_deliberate
from .global_state import is_same_value, snapshot_process, watch_global_state
from .reference_output import evaluate_reference
from .samples.draw import draw
from .samples.pool import fill_pool
from .samples.sample import Family, Recipe, Sample, Undrawable
from .samples.sizes import LARGE
from .samples.values import Style
from .scripts.results import judge_call
from .subjects.arguments import check_case, parse_documented_case, propose_cases, request_cases
from .subjects.subject import Subject
from .trial import Trial

# Second derivatives and the comparison with float32 cost more than all other checks of a trial. Two trials
# are enough for them: an operation with 16 modes computes its derivatives in the same way in each.
EXPENSIVE_TRIALS = 2
ORDINARY = frozenset({Family.CASE, Family.AXES, Family.SETTINGS, Family.SIZES})
OFFSETS = frozenset({Family.FAR, Family.TINY, Family.CLOSE, Family.SMALL})
EXTREME = OFFSETS | {Family.EXTREMES, Family.MAGNITUDES}
# Families with code paths of their own: indices may repeat, and integers have another dtype.
SEPARATE = frozenset({Family.INDICES, Family.INTEGERS})
# The kit chose these settings and sizes, and they may leave the domain, where a count is 0 for example.
MAY_LEAVE_DOMAIN = frozenset({Family.SETTINGS, Family.SIZES, Family.LARGE})
# A subject may refuse samples of these families with any exception: a TypeError for a type, for example.
MAY_RAISE_ANYTHING = frozenset({Family.SETTINGS, Family.INDICES, Family.INTEGERS})
# The limit of the values in all outputs of a large sample: an output whose size is the square of the input's
# has a million values for 1,025, which cost more than the rest of the pool.
MOST_OUTPUT_VALUES = 64 * LARGE


class Study:
    """One subject, its cases, and a trial for each sample of its pool.

    All forward passes run before all backward passes. So calls with other values, shapes and settings run
    between the forward and the backward pass of a sample, and a subject that keeps state on `self` fails.

    Raise SubjectFailed if the subject has no cases, or raises at one of its cases.
    """

    def __init__(self, subject: Subject, seed: int = 0) -> None:
        self.subject, self.name, self.seed = subject, subject.name, seed
        self.trials: list[Trial] = []  # first one for each case, then those of the derived samples
        self.wrong_refusals: list[Finding] = []  # at samples that the subject had to accept
        self._unchanged_samples: dict[Any, tuple[Any, Sample]] = {}  # see `draw`

        self.initial_state, process_state = subject.read_state(copied=True), snapshot_process()
        self.cases = self._choose_cases()
        self._warm_up()
        with watch_global_state(process_state) as (self.warning_log, find_changes):
            self._run_trials()
            self.changed_globals = find_changes()
        state, new_state = self.initial_state, subject.read_state()
        changed = (k for k in {**state, **new_state} if not is_same_value(state.get(k), new_state.get(k)))
        self.changed_attribute = next(changed, None)
        self.first_trial = self.trials[0]  # checks that one sample decides run on this trial only
        ordinary = [t for t in self.trials if t.sample.recipe.family in ORDINARY]
        ordinary.sort(key=lambda trial: not trial.differentiable)
        self.representatives = set(find_new_code_paths(ordinary)[:EXPENSIVE_TRIALS])
        self.second_order_trials = self._choose_second_order_trials()
        cases = [t for t in self.trials if t.sample.recipe.family in (Family.CASE, Family.AXES)]
        self.nan_trials = set(find_new_code_paths(cases))  # a law repeats these calls with a NaN
        moderate = [t for t in self.trials if t.sample.recipe.family not in EXTREME]
        # A large sample only if no smaller one has its rank: a call with 1,025 values costs the most.
        moderate.sort(key=lambda trial: trial.sample.recipe.is_of({Family.LARGE}))
        # Laws repeat these calls with variations.
        self.varied_trials = {*cases, *find_new_code_paths(moderate)}

    def _choose_second_order_trials(self) -> set[Trial]:
        """Return the trials whose second derivatives are judged.

        They are the representatives, all cases, and one sample each of small values, where a series often
        replaces a formula; of the most settings that change together; of round values; of extreme values.
        """
        trials = [t for t in self.trials if t.differentiable]
        ordinary = [t for t in trials if t.sample.recipe.family in ORDINARY]
        chosen = [*self.trials[: len(self.cases)]]
        chosen += sorted(ordinary, key=lambda t: -len(t.sample.recipe.settings))[:1]
        chosen += [t for t in trials if t.sample.recipe.style is Style.SMALL][:1]
        for family in (Family.KINKS, Family.EXTREMES):
            chosen += [t for t in trials if t.sample.recipe.families == (family,)][:1]
        return {*self.representatives, *chosen}

    def draw(self, recipe: Recipe) -> Sample:
        """Return the arguments that a recipe describes.

        Raise Undrawable if no value fits a description, or the change of the recipe makes no sense.
        """
        if recipe.change is None:
            return draw(recipe, self.subject.signature)
        # Most changes start from the same few samples: their recipes share these objects.
        parts = (recipe.case, recipe.sizes, recipe.shapes, recipe.settings, recipe.style, recipe.seed)
        key = tuple(map(id, parts))
        if key not in self._unchanged_samples:
            self._unchanged_samples[key] = parts, draw(recipe, self.subject.signature)
        return self._unchanged_samples[key][1].apply_change(recipe)

    def _choose_cases(self) -> tuple[Case, ...]:
        """Return the author's cases; else the case in the docstring; else, if it broadcasts, any shape."""
        subject, signature = self.subject, self.subject.signature
        for case in subject.cases:
            check_case(case, signature)
        if subject.cases:
            return subject.cases
        broadcasts = subject.declared.broadcasts
        documented_case = parse_documented_case(subject.docstring, signature)
        if documented_case is not None and not broadcasts:
            return (documented_case,)
        if not broadcasts or not signature.inputs or signature.variadic:
            raise request_cases(signature)
        return (self._find_domain(),)

    def _find_domain(self) -> Case:
        """Return a case of any shape, for the first of the usual domains in which all outputs are finite.

        If there is no such domain, return the first case that the subject accepts.
        """
        proposals = list(propose_cases(self.subject.signature))
        accepted = []
        for case in proposals:
            with suppress(SubjectFailed):
                trial = Trial(self.subject, self.draw(Recipe(case)))
                accepted.append(case)
                if trial.is_finite:
                    return case
        return (accepted or proposals)[0]

    def _warm_up(self) -> None:
        """Call the subject once before its calls are watched: imports in a first call change global state."""
        with suppress(SubjectFailed):
            trial = Trial(self.subject, self.draw(Recipe(self.cases[0])))
            if trial.differentiable:
                _ = trial.backward_pass

    def _run_trials(self) -> None:
        """Run the forward passes of the cases and of the pool, then all backward passes."""
        for i, case in enumerate(self.cases):
            seed = zlib.crc32(f"case {i}|{self.seed}".encode())
            recipe = Recipe(case, seed=seed, label=f"case {i}")
            sample = self.draw(recipe)
            try:
                self.trials.append(Trial(self.subject, sample, warning_log=self.warning_log))
            except SubjectFailed as failure:
                failure.study, failure.sample = self, sample
                raise
        fill_pool([trial.sample.recipe for trial in self.trials], self.subject, self._try_sample)
        for trial in self.trials:
            if trial.differentiable:
                _ = trial.backward_pass

    def _try_sample(self, recipe: Recipe) -> bool:
        """Run the forward pass of a derived sample; return False if another sample should take its place.

        The sample becomes a trial, or a finding if the subject refuses arguments that it has to accept.
        Samples that cannot be drawn, that the subject may refuse, or that leave the domain are skipped.
        """
        try:
            sample = self.draw(recipe)
        except Undrawable:
            return False
        base = next((t for t in self.trials if t.sample.recipe.case is recipe.case), self.trials[0])
        try:
            trial = Trial(self.subject, sample, warning_log=self.warning_log, base=base)
        except SubjectFailed as failure:
            if self._may_refuse(recipe, failure) or self._is_refused_by_reference(sample):
                return False
            fact = f"at {recipe.label}: {failure.fact}"
            self.wrong_refusals.append(Finding(failure.code, fact, sample, script=Script(judge_call)))
            return True
        if not trial.is_finite and recipe.is_of(MAY_LEAVE_DOMAIN) and sample.is_finite:
            return False
        output_values = sum(max(y.size, LARGE) for y in trial.outputs)
        if Family.LARGE in recipe.families and output_values > MOST_OUTPUT_VALUES:
            return False
        self.trials.append(trial)
        return True

    def _may_refuse(self, recipe: Recipe, failure: SubjectFailed) -> bool:
        """Return whether the exception is a legitimate refusal of these arguments.

        Arguments that the author promised have to work: the subject may refuse only their sizes, by a
        ValueError from a `raise` statement, or by an error of minigrad. It may refuse arguments that the kit
        chose by any ValueError, and settings and types by any exception.
        """
        cause = failure.cause
        if recipe.promised:
            refuses_size = bool(recipe.sizes) and isinstance(cause, ValueError) and is_deliberate(cause)
            return refuses_size or isinstance(cause, MinigradError)
        if recipe.is_of(MAY_RAISE_ANYTHING):
            return isinstance(cause, Exception)
        return isinstance(cause, ValueError | MinigradError)

    def _is_refused_by_reference(self, sample: Sample) -> bool:
        evaluate = partial(evaluate_reference, subject=self.subject, sample=sample)
        return any(evaluate(function) is None for function in self.subject.declared.references)


def find_new_code_paths(trials: Iterable[Trial]) -> list[Trial]:
    """Return the trials whose code path has a part that no earlier trial has.

    A code path is given by the ranks and dtypes of the inputs, and by the settings that are strings or
    flags. Each law sees each trial; checks that call the subject again run for these trials only.
    """
    seen, new = set[object](), list[Trial]()
    for trial in trials:
        family = trial.sample.recipe.family
        parts = {(family if family in SEPARATE else None, part) for part in trial.sample.code_path}
        if not parts <= seen:
            new.append(trial)
        seen |= parts
    return new
