"""Mutants: one change to a function each; the score counts the mutants that laws and cases notice."""

import difflib
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from types import FunctionType
from typing import Any

from ..registered_subjects import RegisteredSubject
from ..report.report import Report
from ..workers import check_in_workers
from .operators import propose_replacements
from .own_code import Edit, Source, find_function, find_own_functions, find_visible_nodes, read_source


@dataclass(frozen=True)
class Mutant:
    """A changed function, and the subjects to which the function belongs.

    Worker processes check it like a subject. If several subjects share the function, the mutant counts once,
    for the first subject, and is killed if one of the subjects fails.
    """

    name: str  # a number, unique in a run
    subjects: tuple[RegisteredSubject, ...]  # the subjects to which the function belongs
    module: str  # the module of the function
    function: str  # its qualified name
    edit: Edit  # the change

    @property
    def subject(self) -> str:
        """The name of the subject for which the mutant counts."""
        return self.subjects[0].name

    @property
    def laws(self) -> tuple[str, ...]:
        """The names of the laws that may notice the change."""
        return self.subjects[0].laws

    @property
    def source(self) -> Source:
        """The source of the function."""
        return read_source(find_function(self.module, self.function))

    def check(self, seed: int = 0) -> Report:
        """Return the report of the first subject that fails while the function has the changed code."""
        function, code = self.source.function, self.source.compile(self.edit)
        assert code is not None
        _clear_caches(function)
        function.__code__ = code
        try:
            reports = (subject.check(seed, until_first=True) for subject in self.subjects)
            failed = next((report for report in reports if not report.ok), Report(self.name, self.laws))
            return replace(failed, subject=self.name)
        finally:
            function.__code__ = self.source.code
            _clear_caches(function)

    @property
    def place(self) -> tuple[str, int]:
        """The file, relative to the working directory, and the line."""
        line = self.source.text.count(b"\n", 0, self.edit.start) + 1
        return os.path.relpath(self.source.code.co_filename), line

    def is_inside(self, other: "Mutant") -> bool:
        """Return whether the mutant changes a part of the code that another mutant changes."""
        (start, end, _), (first, last, _) = self.edit, other.edit
        return self.module == other.module and first <= start and end <= last

    def diff(self) -> str:
        """Return the change as a unified diff."""
        texts = self.source.text.decode(), self.source.apply(self.edit)
        before, after = (text.splitlines() for text in texts)
        return "\n".join(difflib.unified_diff(before, after, self.place[0], "mutant", n=1, lineterm=""))


def generate_mutants(subjects: Iterable[RegisteredSubject]) -> list[Mutant]:
    """Return the mutants of the subjects' own functions, each change once."""
    users: dict[FunctionType, dict[RegisteredSubject, None]] = {}
    given = list(subjects)
    for subject in given:
        for function in find_own_functions(subject.implementation):
            users.setdefault(function, {})[subject] = None
    for subject in given:  # subjects of other modules use the function, too
        for function in users.keys() & find_own_functions(subject.implementation, across_modules=True):
            users[function][subject] = None
    edits = [(function, edit) for function in users for edit in generate_edits(function)]
    return [
        Mutant(str(k), tuple(users[function]), function.__module__, function.__qualname__, edit)
        for k, (function, edit) in enumerate(edits)
    ]


def generate_edits(function: FunctionType) -> list[Edit]:
    """Return the changes to a function that a law may notice; none if the function has no source."""
    pairs = [pair for node in find_visible_nodes(function) for pair in propose_replacements(node)]
    edits = dict.fromkeys(read_source(function).make_edit(old, new) for old, new in pairs)
    return [edit for edit in edits if read_source(function).compile(edit) is not None]


def _clear_caches(function: FunctionType) -> None:
    """Clear the caches of a function's package: they hold results of the other code."""
    package = function.__module__.partition(".")[0]
    for module in [m for name, m in sys.modules.items() if name.partition(".")[0] == package]:
        for value in list(vars(module).values()):
            if hasattr(value, "cache_clear") and not isinstance(value, type):
                value.cache_clear()


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
        killed, counts = self.killed_counts, self.mutant_counts
        places = [(mutant, *mutant.place) for mutant in self.survivors]
        return {
            "mutants": counts.total(),
            "killed": killed.total(),
            "subjects": {name: {"mutants": counts[name], "killed": killed[name]} for name in counts},
            "survivors": [
                {"subject": mutant.subject, "file": file, "line": line, "diff": mutant.diff()}
                for mutant, file, line in places
            ],
            "failed": self.failed_subjects,
        }

    def __str__(self) -> str:
        killed, counts = self.killed_counts, self.mutant_counts
        share = killed.total() / max(counts.total(), 1)
        lines = [f"{m.subject}, {m.place[0]}:{m.place[1]}\n{m.diff()}\n" for m in self.survivors]
        lines += [f"{name}: no mutants, it fails as it is" for name in self.failed_subjects]
        lines += [f"{n}: killed {killed[n]} of {counts[n]}" for n in counts if killed[n] < counts[n]]
        return "\n".join([*lines, f"mutants: {counts.total()}, killed: {killed.total()} ({share:.1%})"])


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
