"""A finding that was checked by hand, with a script that shows it and what upstream knows of it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from typing import Literal

WRONG, CRASH, LOUD = "wrong value", "crash", "loud error"
CONVENTION = "convention or limit"
FAULTS = (WRONG, CRASH, LOUD)


@dataclass(frozen=True)
class Issue:
    """An issue or pull request of the framework; `state` in September 2026."""

    number: int
    state: Literal["open", "closed"]
    note: str = ""


@dataclass(frozen=True)
class Reproduction:
    """A finding in a function of a framework, and the script that reproduces it.

    Attributes
    ----------
    function : str
        The name in the list of functions.
    kind : str
        One of `FAULTS`, or CONVENTION: the framework's maintainers have decided for this behaviour, or
        mathematics leaves it open.
    codes : tuple of str
        The kit's failure codes for the finding.
    fact : str
        The fault, in one or two sentences.
    script : str
        At most ten lines that import the framework alone.
    shows : str
        Part of the output, or of the last line of the exception; "signal" if the process is killed.
    also : tuple of str
        Other functions with the same fault.
    issue : Issue, optional
        The report upstream; None if a search of the issues found none.
    remark : str
        Of a convention, who decided, or why it is open; of a fault, what else upstream says.
    """

    function: str
    kind: str
    codes: tuple[str, ...]
    fact: str
    script: str
    shows: str
    also: tuple[str, ...] = ()
    issue: Issue | None = None
    remark: str = ""

    @property
    def functions(self) -> tuple[str, ...]:
        """All functions with this fault."""
        return (self.function, *self.also)

    @property
    def key(self) -> str:
        """The name of the finding in the data."""
        return f"{self.function} {self.codes[0]}"

    def run(self) -> str:
        """Return what the script prints, or the last line of its error."""
        code = self.script.strip()
        assert code.count("\n") < 10, f"{self.function}: the script has more than ten lines"
        process = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
        )
        if process.returncode < 0:
            return f"the process is killed by signal {-process.returncode}"
        return "\n".join([*process.stdout.strip().splitlines(), *_find_exception(process.stderr)])


def _find_exception(text: str) -> list[str]:
    """Return the last line of a traceback that names an exception; JAX prints further lines after it."""
    return [line for line in text.splitlines() if re.match(r"[\w.]+(Error|Exception)\b", line)][-1:]
