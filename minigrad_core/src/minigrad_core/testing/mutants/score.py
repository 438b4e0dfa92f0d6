"""How many mutants of each subject its laws and cases notice, and which ones they do not."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..registered import Registered
from ..workers import reports
from .mutant import Mutant, mutants


@dataclass(frozen=True)
class Score:
    """The outcome."""

    made: Counter[str]  # of each subject, how many mutants there are
    survivors: list[Mutant]
    failed: list[str]  # subjects that break a law as they are: their mutants would tell nothing

    @property
    def ok(self) -> bool:
        """Whether there were mutants, and nothing but killed ones."""
        return bool(self.made) and not self.survivors and not self.failed

    @property
    def killed(self) -> Counter[str]:
        """Of each subject, how many were noticed."""
        return self.made - Counter(mutant.subject for mutant in self.survivors)

    def as_json(self) -> dict[str, Any]:
        """Return it for machines."""
        places = [(m.subject, *m.place, m.diff()) for m in self.survivors]
        return {
            "mutants": self.made.total(),
            "killed": self.killed.total(),
            "subjects": {name: {"mutants": n, "killed": self.killed[name]} for name, n in self.made.items()},
            "survivors": [dict(zip(("subject", "file", "line", "diff"), p, strict=True)) for p in places],
            "failed": self.failed,
        }

    def __str__(self) -> str:
        made, killed, of = self.made.total(), self.killed.total(), self.killed
        lines = [f"{m.subject}, {m.place[0]}:{m.place[1]}\n{m.diff()}\n" for m in self.survivors]
        lines += [f"{name}: no mutants, it fails as it is" for name in self.failed]
        lines += [f"{name}: killed {of[name]} of {n}" for name, n in self.made.items() if of[name] < n]
        return "\n".join([*lines, f"mutants: {made}, killed: {killed} ({killed / max(made, 1):.1%})"])


def score(subjects: Sequence[Registered], track: Any, *, timeout: float = 60.0, **how: Any) -> Score:
    """Return the score of some subjects.

    track: shows how far the mutants are, `track(reports, how_many)` gives the reports. timeout: seconds for a
    subject. A mutant that takes longer than a sixth of that, with all its subjects, counts as noticed.
    """
    failed = [r.subject for r in reports(subjects, timeout=timeout, **how) if not r.ok]
    made = mutants([subject for subject in subjects if subject.name not in failed])
    reported = track(reports(list[Any](made), timeout=timeout / 6, **how), len(made))
    killed = {report.subject for report in reported if not report.ok}
    survivors = [mutant for mutant in made if mutant.name not in killed]
    # Inside of a statement that may go altogether, which is a survivor itself, no other one counts.
    gone = [mutant for mutant in survivors if mutant.edit.text == "pass"]
    subsumed = {m.name for m in survivors if any(m.inside(whole) for whole in gone if m is not whole)}
    counted, left = ([m for m in some if m.name not in subsumed] for some in (made, survivors))
    return Score(Counter(m.subject for m in counted), left, failed)
