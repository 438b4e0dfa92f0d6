"""One subject under study: the pool drawn for it, with a trial of each sample."""

import zlib
from contextlib import suppress

from ..contracts.cases import Case
from ..errors import MinigradError
from .answer import answer_of
from .finding import Broken, Finding
from .guarded import on_purpose
from .otherwise import OTHERWISE, Results, agrees, narrowed
from .samples.cases import check_fits, documented_case, elementwise_cases, needs_cases
from .samples.draw import draw
from .samples.pool import fill
from .samples.sample import Recipe, Sample, Undrawable
from .samples.sizes import LARGE
from .subjects.subject import Subject
from .surroundings import process, same_value, watched
from .trial import Trial

SEVERAL = 2  # trials of which all is asked, second derivatives too: of 16 modes one does for the others
ORDINARY = ("case", "axes", "settings", "sizes")
FAR_OFF = ("offsets", "extremes")
MANY = 64 * LARGE  # the diagonal matrix of a large vector would cost more than all the rest
APART = ("indices", "integers")  # of kinds of their own: values repeated, or of another type
# Settings and sizes that the kit made up may have a domain of their own: the mean of nothing is NaN.
MAY_LEAVE_THE_DOMAIN = ("settings", "sizes", "large")


class Study:
    """All trials of a subject, made in this order: forward passes of the pool, then their backward passes.

    So between forward and backward of each sample lie calls with other values, shapes and settings. Whoever
    keeps something between calls is seen. Broken without cases, or where it fails at one.
    """

    def __init__(self, subject: Subject, seed: int = 0) -> None:
        self.subject, self.seed = subject, seed  # the seed is mixed into every generator
        self.trials: list[Trial] = []  # those of the cases first
        self.refused: list[Finding] = []  # samples at which it raised, though it may not
        self._asked: set[object] = set()
        self._again: dict[Trial, tuple[bool | None, Results | None]] = {}
        self._plain: dict[object, Sample] = {}
        held, begun = subject.held(copied=True), process()
        self.cases = self._cases()
        self._warm_up()
        with watched(begun) as (self.heard, changes):
            self._call()
            self.changed = changes()  # for everybody
        now = subject.held()
        # What the calls have changed on the subject.
        self.kept = next((n for n in {**held, **now} if not same_value(held.get(n), now.get(n))), None)
        self.first = self.trials[0]
        kinds: dict[object, Trial] = {}  # as far as lines of code go
        for trial in sorted(self.trials, key=lambda t: not t.differentiable):
            if trial.sample.recipe.family in ORDINARY:
                kinds.setdefault(trial.sample.kind, trial)
        # The first of each kind, of those with gradients if there are any: what is dear is asked of these.
        self.representatives = set([*kinds.values()][:SEVERAL])

    def _warm_up(self) -> None:
        """Call it once, unseen: what is imported at a first call may change what is global, for good."""
        with suppress(Broken):
            trial = Trial(self.subject, self.draw(Recipe(self.cases[0])))
            _ = trial.differentiable and trial.sweep

    def _call(self) -> None:
        """Make all forward passes, then all backward passes."""
        subject = self.subject
        for i, case in enumerate(self.cases):
            seed = zlib.crc32(f"case {i}|{self.seed}".encode())
            recipe = Recipe(case, seed=seed, label=f"case {i}")
            self.trials.append(Trial(subject, self.draw(recipe), heard=self.heard))
        fill([trial.sample.recipe for trial in self.trials], subject, self._takes)
        for trial in self.trials:
            if trial.differentiable:
                _ = trial.sweep

    @property
    def name(self) -> str:
        """What the subject is called."""
        return self.subject.name

    def again(self, trial: Trial) -> tuple[bool | None, Results | None]:
        """Return whether another call gives the same, and its results if it was made in single precision.

        None where no call is made, since one was for a sample of the same kind.
        """
        if trial not in self._again:
            new = trial.sample.recipe.family not in FAR_OFF and self.is_new("same", trial)
            single = narrowed(trial) if new else None
            self._again[trial] = (single is not None or agrees(trial, OTHERWISE)) if new else None, single
        return self._again[trial]

    def is_new(self, law: str, trial: Trial) -> bool:
        """Whether a law has not yet been asked of such a sample: of these ranks, or with one of these words.

        A law sees every sample. What takes further calls, in another layout say, is asked once of each kind.
        """
        family = trial.sample.recipe.family
        asked = {(law, family if family in APART else "", part) for part in trial.sample.kind}
        new = not asked <= self._asked
        self._asked |= asked
        return new

    def draw(self, recipe: Recipe) -> Sample:
        """Return the arguments of a recipe; what is made of the same values has copies of these."""
        if recipe.change is None:
            return draw(recipe, self.subject.signature)
        plain = self._plain.get(recipe.drawn)
        if plain is None:
            plain = self._plain[recipe.drawn] = draw(recipe.but(change=None), self.subject.signature)
        return plain.changed(recipe)

    def _cases(self) -> tuple[Case, ...]:
        subject = self.subject
        for case in subject.cases:
            check_fits(case, subject.signature)
        if subject.cases:
            return subject.cases
        documented = documented_case(subject.docstring, subject.signature)
        if documented is not None and not subject.declared.broadcasts:
            return (documented,)
        if not subject.declared.broadcasts or not subject.signature.inputs or subject.signature.variadic:
            raise needs_cases(subject.signature)
        return (self._usual_domain(),)

    def _usual_domain(self) -> Case:
        """Return any shape, in the first domain that is usual in which all is finite, or that is accepted."""
        cases = [*elementwise_cases(self.subject.signature)]
        accepted = []
        for case in cases:
            with suppress(Broken):
                trial = Trial(self.subject, self.draw(Recipe(case)))
                accepted.append(case)
                if trial.finite:
                    return case
        return (accepted or cases)[0]

    def _takes(self, recipe: Recipe) -> bool:
        """Whether the subject takes a sample, or should; it becomes a trial then, or a fault."""
        try:
            sample = self.draw(recipe)
        except Undrawable:
            return False
        base = next((t for t in self.trials if t.sample.recipe.case is recipe.case), self.trials[0])
        try:
            trial = Trial(self.subject, sample, heard=self.heard, base=base)
        except Broken as broken:
            known = self.subject.declared.references
            if self._may_refuse(recipe, broken) or None in [
                answer_of(f, self.subject, sample) for f in known
            ]:
                return False  # as what it is held against does
            self.refused.append(Finding(broken.code, f"at {recipe.label}: {broken.fact}", sample))
            return True
        if not trial.finite and recipe.family in MAY_LEAVE_THE_DOMAIN:
            return False
        if recipe.family == "large" and sum(max(y.size, LARGE) for y in trial.outputs) > MANY:
            return False
        self.trials.append(trial)
        return True

    def _may_refuse(self, recipe: Recipe, broken: Broken) -> bool:
        """Whether raising is an answer to these arguments.

        What the author promised must work; sizes and values that the kit made up may be refused with a
        ValueError or an error of ours, settings, indices and far values that it made up with anything.
        """
        cause, made_up = broken.cause, ("settings", "extremes", "indices", "integers", "odd")
        if recipe.promised:
            size = bool(recipe.sizes) and isinstance(cause, ValueError) and on_purpose(cause)
            return size or isinstance(cause, MinigradError)
        anything = recipe.family in made_up or not self.subject.declared.broadcasts
        return isinstance(cause, Exception if anything else (ValueError, MinigradError))
