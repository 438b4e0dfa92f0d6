"""The mutation score: how many mutants of each subject its laws and cases notice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..registered_subjects import RegisteredSubject
from ..workers import check_in_workers
from .mutant import Mutant, generate_mutants


@dataclass(frozen=True)
class Score:
    """The outcome of mutation testing."""

    mutant_counts: Counter[str]  # the number of mutants, by the name of the subject
    survivors: list[Mutant]  # the mutants that no law noticed
    failed_subjects: list[str]  # subjects that break a law without any mutation; they have no mutants

    @property
    def ok(self) -> bool:
        """Whether there were mutants, and all of them were killed."""
        return bool(self.mutant_counts) and not self.survivors and not self.failed_subjects

    @property
    def killed_counts(self) -> Counter[str]:
        """The number of killed mutants, by the name of the subject."""
        return self.mutant_counts - Counter(mutant.subject for mutant in self.survivors)

    def to_json(self) -> dict[str, Any]:
        """Return the score as JSON values, for machines."""
        killed_counts = self.killed_counts
        survivors = []
        for mutant in self.survivors:
            file, line = mutant.place
            survivors.append({"subject": mutant.subject, "file": file, "line": line, "diff": mutant.diff()})
        return {
            "mutants": self.mutant_counts.total(),
            "killed": killed_counts.total(),
            "subjects": {
                name: {"mutants": count, "killed": killed_counts[name]}
                for name, count in self.mutant_counts.items()
            },
            "survivors": survivors,
            "failed": self.failed_subjects,
        }

    def __str__(self) -> str:
        killed_counts = self.killed_counts
        total, killed = self.mutant_counts.total(), killed_counts.total()
        lines = [f"{m.subject}, {m.place[0]}:{m.place[1]}\n{m.diff()}\n" for m in self.survivors]
        lines += [f"{name}: no mutants, it fails as it is" for name in self.failed_subjects]
        lines += [
            f"{name}: killed {killed_counts[name]} of {count}"
            for name, count in self.mutant_counts.items()
            if killed_counts[name] < count
        ]
        return "\n".join([*lines, f"mutants: {total}, killed: {killed} ({killed / max(total, 1):.1%})"])


def score_mutants(
    subjects: Sequence[RegisteredSubject], track: Any, *, timeout: float = 60.0, **options: Any
) -> Score:
    """Return the mutation score of some subjects.

    subjects: the subjects whose own functions are mutated.
    track: shows the progress: `track(reports, count)` returns the reports.
    timeout: seconds for a subject. A mutant that takes longer than a sixth of that, with all its subjects,
        is killed.
    **options: options of `check_in_workers`.
    """
    reports = check_in_workers(subjects, timeout=timeout, **options)
    failed_subjects = [report.subject for report in reports if not report.ok]
    mutants = generate_mutants([subject for subject in subjects if subject.name not in failed_subjects])
    reports = track(check_in_workers(list[Any](mutants), timeout=timeout / 6, **options), len(mutants))
    killed = {report.subject for report in reports if not report.ok}
    survivors = [mutant for mutant in mutants if mutant.name not in killed]
    # If a whole statement can be deleted, mutants inside of the statement say nothing more: they do not
    # count.
    deletions = [mutant for mutant in survivors if mutant.edit.text == "pass"]
    subsumed = {m.name for m in survivors if any(m.is_inside(other) for other in deletions if m is not other)}
    mutants, survivors = ([m for m in some if m.name not in subsumed] for some in (mutants, survivors))
    return Score(Counter(m.subject for m in mutants), survivors, failed_subjects)
