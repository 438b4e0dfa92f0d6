"""One change to a function, and the subjects that may notice it."""

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
    """A changed function, and the subjects whose own it is; a worker process checks it as it does a subject.

    Where several share the function, the change counts once, for the first, and is noticed if one notices.
    """

    name: str
    subjects: tuple[RegisteredSubject, ...]
    module: str
    function: str
    edit: Edit

    @property
    def subject(self) -> str:
        """The name of the subject that it counts for."""
        return self.subjects[0].name

    @property
    def laws(self) -> tuple[str, ...]:
        """The names of the laws that may notice it."""
        return self.subjects[0].laws

    @property
    def source(self) -> Source:
        """The file that it changes."""
        return read_source(find_function(self.module, self.function))

    def check(self, seed: int = 0) -> Report:
        """Return the first fault that is found while the code is changed, as if that stood in the file."""
        function, changed = self.source.function, self.source.compile(self.edit)
        assert changed is not None
        _clear_caches(function)
        function.__code__ = changed
        try:
            found = (subject.check(seed, until_first=True) for subject in self.subjects)
            survived = Report(self.name, self.laws)
            return replace(next((r for r in found if not r.ok), survived), subject=self.name)
        finally:
            function.__code__ = self.source.code
            _clear_caches(function)

    @property
    def place(self) -> tuple[str, int]:
        """The file, from the working directory, and the line."""
        line = self.source.text.count(b"\n", 0, self.edit.start) + 1
        return os.path.relpath(self.source.code.co_filename), line

    def is_inside(self, other: "Mutant") -> bool:
        """Whether it changes a part of what another one does."""
        (start, end, _), (first, last, _) = self.edit, other.edit
        return self.module == other.module and first <= start and end <= last

    def diff(self) -> str:
        """Return the change as a unified diff."""
        texts = self.source.text.decode(), self.source.apply(self.edit)
        before, after = (text.splitlines() for text in texts)
        return "\n".join(difflib.unified_diff(before, after, self.place[0], "mutant", n=1, lineterm=""))


def generate_mutants(subjects: Iterable[RegisteredSubject]) -> list[Mutant]:
    """Return the visible mutants of the subjects' own functions, each change once."""
    users: dict[FunctionType, list[RegisteredSubject]] = {}
    for subject in subjects:
        for function in find_own_functions(subject.thing):
            users.setdefault(function, []).append(subject)
    found = [(f, edit) for f in users for edit in generate_edits(f)]
    return [
        Mutant(str(k), tuple(users[f]), f.__module__, f.__qualname__, edit)
        for k, (f, edit) in enumerate(found)
    ]


def generate_edits(function: FunctionType) -> list[Edit]:
    """Return the visible changes to a function; none where it has no source."""
    pairs = [pair for node in find_visible_nodes(function) for pair in propose_replacements(node)]
    found = dict.fromkeys(read_source(function).make_edit(old, new) for old, new in pairs)
    return [edit for edit in found if read_source(function).compile(edit) is not None]


def _clear_caches(function: FunctionType) -> None:
    """Empty the caches of a function's package: they keep what it has computed."""
    package = function.__module__.partition(".")[0]
    for module in [m for name, m in sys.modules.items() if name.partition(".")[0] == package]:
        for value in list(vars(module).values()):
            if hasattr(value, "cache_clear") and not isinstance(value, type):
                value.cache_clear()
