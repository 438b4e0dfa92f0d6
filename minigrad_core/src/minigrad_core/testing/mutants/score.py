"""How many mutants of each subject its laws and cases notice, and which ones they do not."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..registered import Registered
from ..report.report import Report
from ..workers import reports
from .mutant import Mutant, mutants


@dataclass(frozen=True)
class Score:
    """The outcome."""

    made: Counter[str]  # of each subject, how many mutants there are
    killed: Counter[str]  # how many of them were noticed
    survivors: list[Mutant]
    failed: list[Report]  # subjects that break a law as they are: their mutants would tell nothing

    @property
    def ok(self) -> bool:
        """Whether there were mutants, and nothing but killed ones."""
        return bool(self.made) and not self.survivors and not self.failed

    def as_json(self) -> dict[str, Any]:
        """Return it for machines."""
        survivors = [(m.subjects[0].name, *m.place, m.diff()) for m in self.survivors]
        return {
            "mutants": self.made.total(),
            "killed": self.killed.total(),
            "subjects": {name: {"mutants": n, "killed": self.killed[name]} for name, n in self.made.items()},
            "survivors": [dict(zip(("subject", "file", "line", "diff"), s, strict=True)) for s in survivors],
            "failed": [report.subject for report in self.failed],
        }

    def __str__(self) -> str:
        made, killed = self.made.total(), self.killed.total()
        lines = [f"{m.subjects[0].name}, {m.place[0]}:{m.place[1]}\n{m.diff()}\n" for m in self.survivors]
        lines += [f"{report.subject}: no mutants, it fails as it is" for report in self.failed]
        lines += [
            f"{name}: killed {self.killed[name]} of {self.made[name]}" for name in self.made - self.killed
        ]
        return "\n".join([*lines, f"mutants: {made}, killed: {killed} ({killed / max(made, 1):.1%})"])


def score(
    subjects: Sequence[Registered],
    *,
    jobs: int = 1,
    seed: int = 0,
    timeout: float = 60.0,
    progress: Callable[[int, int], object] | None = None,
) -> Score:
    """Return the score of some subjects.

    jobs: worker processes; timeout: seconds that a subject may take. A mutant may take 5 times as long as
    its subjects as they are; then it is ended, and was noticed. `progress` is called with the number of
    mutants that are through, and of all.
    """
    unchanged = list(reports(subjects, jobs=jobs, timeout=timeout, seed=seed))
    passed = {report.subject for report in unchanged if report.ok}
    made = mutants([subject for subject in subjects if subject.name in passed])
    seconds = {report.subject: report.seconds for report in unchanged}
    slowest = max((sum(seconds[s.name] for s in mutant.subjects) for mutant in made), default=0.0)
    limit, killed = min(timeout, max(2.0, 5 * slowest)), set[str]()
    for done, report in enumerate(reports(list[Any](made), jobs=jobs, timeout=limit, seed=seed), 1):
        killed |= set() if report.ok else {report.subject}
        if progress is not None:
            progress(done, len(made))
    counted, survivors = _without_subsumed(made, [mutant for mutant in made if mutant.name not in killed])
    total, lost = (Counter(mutant.subjects[0].name for mutant in some) for some in (counted, survivors))
    return Score(total, total - lost, survivors, [report for report in unchanged if not report.ok])


def _without_subsumed(
    made: Sequence[Mutant], survivors: Sequence[Mutant]
) -> tuple[list[Mutant], list[Mutant]]:
    """Leave out survivors inside of a statement that may go altogether: it is counted itself."""
    gone = [mutant for mutant in survivors if mutant.edit.text == "pass"]
    inside = {m.name for m in survivors for whole in gone if m is not whole and m.inside(whole)}
    counted, left = ([m for m in some if m.name not in inside] for some in (made, survivors))
    return counted, left
