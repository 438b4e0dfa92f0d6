"""A finding that was checked by hand, with a script that shows it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass

WRONG, CRASH, REFUSAL = "wrong value", "crash", "refusal in backward"
PRECISION, CONVENTION = "loss of precision", "convention that one may argue about"
KINDS = (WRONG, CRASH, REFUSAL, PRECISION, CONVENTION)


@dataclass(frozen=True)
class Reproduction:
    """A finding in a function of a framework, and the script that reproduces it.

    Attributes
    ----------
    function : str
        The name in the list of functions.
    kind : str
        One of `KINDS`.
    fact : str
        The fault, in one or two sentences.
    script : str
        At most ten lines that import the framework alone.
    shows : str
        Part of the output, or of the last line of the exception; "signal" if the process is killed.
    also : tuple of str
        Other functions with the same fault.
    """

    function: str
    kind: str
    fact: str
    script: str
    shows: str
    also: tuple[str, ...] = ()

    @property
    def functions(self) -> tuple[str, ...]:
        """All functions with this fault."""
        return (self.function, *self.also)

    def run(self) -> str:
        """Return what the script prints, or the last line of its error; AssertionError if it shows nothing."""
        code = self.script.strip()
        assert code.count("\n") < 10, f"{self.function}: the script has more than ten lines"
        process = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
        )
        if process.returncode < 0:
            output = f"the process is killed by signal {-process.returncode}"
        else:
            output = "\n".join([*process.stdout.strip().splitlines(), *_find_exception(process.stderr)])
        assert self.shows in output, f"{self.function}: expected {self.shows!r}, got {output!r}"
        return output


def _find_exception(text: str) -> list[str]:
    """Return the last line of a traceback that names an exception; JAX prints further lines after it."""
    return [line for line in text.splitlines() if re.match(r"[\w.]+(Error|Exception)\b", line)][-1:]
