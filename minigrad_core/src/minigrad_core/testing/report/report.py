"""What a run of the kit returns: which laws ran, which did not apply, and the failures in six parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

HEAT = " .:*#!"  # by shade; the last one is for -1


@dataclass(frozen=True, eq=False)
class Gradients:
    """What `backward` returned for an input, beside what is right: matrices, the last axis to a row."""

    input_name: str  # the input
    analytic: NDArray[Any]
    numeric: NDArray[Any]

    def compute_shades(self) -> NDArray[Any]:
        """Return how wrong each value is, from 0 to 4, the worst; -1 for what is not finite."""
        error = np.abs(self.analytic - self.numeric)
        worst = error[np.isfinite(error)].max(initial=1e-300)
        return np.where(np.isfinite(error), np.ceil(4 * error / worst - 1e-7), -1).astype(int)

    def __str__(self) -> str:
        rows = [f"gradient of {self.input_name}: analytic | numeric | difference"]
        for a, b, compute_shades in zip(self.analytic, self.numeric, self.compute_shades(), strict=True):
            left, right = (" ".join(f"{v:10.4g}" for v in row) for row in (a, b))
            rows.append(f"  {left} | {right} | [{''.join(HEAT[shade] for shade in compute_shades)}]")
        return "\n".join(rows)


@dataclass(frozen=True)
class Explanation:
    """What is told of a failure, in this order; what does not apply is empty."""

    diagnosis: str  # one line: what is wrong, and where
    case: str = ""  # the smallest arguments that show it
    gradients: Gradients | None = None  # both values side by side
    margins: str = ""  # by which method, and by how much more than is allowed
    script: str = ""  # code that shows it without the kit
    rerun: str = ""  # the command that asks this law again
    framework: str = "NumPy"  # what the script imports beside the operation

    def __str__(self) -> str:
        script = "\n".join("    " + line for line in self.script.splitlines())
        parts = [
            self.diagnosis,
            self.case,
            str(self.gradients or ""),
            self.margins,
            script and f"reproduce ({self.framework} and the operation only):\n{script}",
            self.rerun and f"rerun: {self.rerun}",
        ]
        return ("\n\n" if self.script else "\n").join(filter(None, parts))


@dataclass(frozen=True)
class Failure:
    """One fault.

    Attributes
    ----------
    subject, check : str
        What was checked, `nn::relu` or a bare name, and the law; `minigrad check --explain LAW` explains it.
    code : str
        The kind of fault, stable across releases: `wrong-gradient`, `returns-input`.
    message : str
        The diagnosis in the first line, then the evidence and how to reproduce it.
    explanation : Explanation, optional
        The message in its parts, where a law found the fault.
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
        What was checked.
    ran : tuple of str
        The laws that ran.
    failures : tuple of Failure
        What they found.
    skipped : mapping of str to str
        The laws that did not run, with the reason: they do not apply, or one that they build on is broken.
    """

    subject: str
    ran: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """No check failed, and at least one ran: silence is no success."""
        return not self.failures and bool(self.ran)

    def __str__(self) -> str:
        verdict = "passed" if self.ok else f"{(n := len(self.failures))} failure{'s' * (n != 1)}"
        head = f"{self.subject}: {len(self.ran)} checks, {verdict}, {len(self.skipped)} not applicable"
        return "\n\n".join([head, *map(str, self.failures)])


def count_checks(reports: Sequence[Report]) -> dict[str, int]:
    """Return the counts of a run, for whoever prints or draws it. A check that fails twice is one."""
    return {
        "subjects": len(reports),
        "failed_subjects": sum(not report.ok for report in reports),
        "checks": sum(len(report.ran) for report in reports),
        "failed_checks": sum(len({failure.check for failure in report.failures}) for report in reports),
        "not_applicable": sum(len(report.skipped) for report in reports),
    }
