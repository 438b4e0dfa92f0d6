"""A mutant: one change to a function, and the subjects that may notice the change."""

import difflib
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from types import FunctionType

from ..registered_subjects import RegisteredSubject
from ..report.report import Report
from .operators import propose_replacements
from .own_code import find_function, find_own_functions, find_visible_nodes
from .source import Edit, Source, read_source


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
    users: dict[FunctionType, list[RegisteredSubject]] = {}
    for subject in subjects:
        for function in find_own_functions(subject.thing):
            users.setdefault(function, []).append(subject)
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
