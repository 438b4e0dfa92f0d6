"""The result of a run of the kit, and the messages of its failures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

HEAT = " .:*#!"  # one character per shade, from 0 to 4; the last one is for -1


@dataclass(frozen=True, eq=False)
class Gradients:
    """Both gradients of an input, or both values of another result, as matrices: the last axis is the row."""

    input_name: str  # the input, or the result
    analytic: NDArray[Any]  # the gradient that `backward` returned, or the result
    numeric: NDArray[Any]  # the numeric gradient, or the right values
    head: str = "analytic | numeric | difference"  # the head of the table

    def compute_shades(self) -> NDArray[Any]:
        """Return how wrong each value is, from 0 to 4 for the largest error; -1 if it is not finite."""
        error = np.abs(self.analytic - self.numeric)
        largest = error[np.isfinite(error)].max(initial=1e-300)
        return np.where(np.isfinite(error), np.ceil(4 * error / largest - 1e-7), -1).astype(int)

    def __str__(self) -> str:
        lines = [f"{self.input_name}: {self.head}"]
        rows = zip(self.analytic, self.numeric, self.compute_shades(), strict=True)
        for analytic, numeric, shades in rows:
            left, right = (" ".join(f"{v:10.4g}" for v in row) for row in (analytic, numeric))
            lines.append(f"  {left} | {right} | [{''.join(HEAT[shade] for shade in shades)}]")
        return "\n".join(lines)


@dataclass(frozen=True)
class Explanation:
    """The parts of the message of a failure, in their order; a part that does not apply is empty."""

    diagnosis: str  # the fault and its place, in one line
    case: str = ""  # the smallest arguments that show the fault
    gradients: Gradients | None = None  # both gradients, side by side
    margins: str = ""  # the numeric method, the error and the tolerance
    script: str = ""  # code that shows the fault without the kit
    rerun: str = ""  # the command that runs this law again
    imports: str = "NumPy and the operation"  # everything that the script imports

    def __str__(self) -> str:
        script = "\n".join("    " + line for line in self.script.splitlines())
        parts = [
            self.diagnosis,
            self.case,
            str(self.gradients or ""),
            self.margins,
            script and f"reproduce ({self.imports} only):\n{script}",
            self.rerun and f"rerun: {self.rerun}",
        ]
        return ("\n\n" if self.script else "\n").join(filter(None, parts))


@dataclass(frozen=True)
class Failure:
    """One fault.

    Attributes
    ----------
    subject, check : str
        The name of the subject, `nn::relu` or a bare name, and the law. `minigrad check --explain LAW`
        explains the law.
    code : str
        The kind of fault, stable across releases: `wrong-gradient`, `returns-input`.
    message : str
        The diagnosis in the first line, then the evidence and how to reproduce it.
    explanation : Explanation, optional
        The message in its parts, if a law found the fault.
    """

    subject: str
    check: str
    code: str
    message: str
    explanation: Explanation | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.subject} fails {self.check} ({self.code}): {self.message}"


@dataclass(frozen=True)
class Report:
    """The outcome of all laws on one subject.

    Attributes
    ----------
    subject : str
        The name of the subject.
    ran : tuple of str
        The laws that ran.
    failures : tuple of Failure
        The faults that they found.
    skipped : mapping of str to str
        The laws that did not run, with the reason: they do not apply, or a law on which they build is broken.
    """

    subject: str
    ran: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether at least one law ran, and none failed."""
        return not self.failures and bool(self.ran)

    def __str__(self) -> str:
        count = len(self.failures)
        verdict = "passed" if self.ok else f"{count} failure{'s' * (count != 1)}"
        head = f"{self.subject}: {len(self.ran)} checks, {verdict}, {len(self.skipped)} not applicable"
        return "\n\n".join([head, *map(str, self.failures)])


def count_checks(reports: Sequence[Report]) -> dict[str, int]:
    """Return the counts of subjects and checks of a run. A check that fails twice counts once."""
    return {
        "subjects": len(reports),
        "failed_subjects": sum(not report.ok for report in reports),
        "checks": sum(len(report.ran) for report in reports),
        "failed_checks": sum(len({failure.check for failure in report.failures}) for report in reports),
        "not_applicable": sum(len(report.skipped) for report in reports),
    }
