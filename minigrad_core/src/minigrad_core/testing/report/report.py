"""The result of a run of the kit, and the messages of its failures."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..diagnosis import Facts, diagnose
from ..finding import Comparison, Evidence, Finding, Law, Script, SubjectFailed
from ..oracle.compare import compare
from ..samples.draw import assign_sizes
from ..samples.sample import Family, Recipe, Sample, Undrawable
from ..samples.sizes import find_any_shaped
from ..scripts.gradients import show_slopes
from ..scripts.parts import END
from ..scripts.results import show_result
from ..study import Study
from ..trial import Trial

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
    framework: str = "NumPy"  # the package that the script imports, beside the operation

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


MOST_DIAGNOSED = 200  # values of an input whose gradient is diagnosed
MOST_SHOWN = 60  # values that are printed side by side


def explain_finding(study: Study, finding: Finding, subject: str, law: Law) -> Explanation:
    """Return the message of a finding of a law in its parts.

    The diagnosis is made at the sample where the fault was found: too many causes fit a smaller sample. The
    arguments and both gradients are those of the smallest sample at which the gradient is still wrong.
    """
    rerun = make_command(subject, law.name)
    if finding.evidence is None or finding.sample is None:
        return _explain_result(study, _shrink_result(study, finding, law), rerun)
    facts = _gather_facts(study, finding.sample, finding.evidence, MOST_DIAGNOSED)
    cause = diagnose(facts) if facts else None
    summary = _summarize(study, finding, finding.sample.recipe, cause)

    sample, evidence = _shrink(study, finding.sample, finding.evidence)
    small_facts, slope = _gather_facts(study, sample, evidence, MOST_SHOWN), evidence.slope
    method = f"{slope.oracle.value}, step {slope.step:.2g}, noise {np.max(slope.noise, initial=0.0):.1g}"
    return Explanation(
        diagnosis=f"input {finding.evidence.input}: {summary}",
        case=f"smallest case: {sample}{''.join(_format_values(sample))}",
        gradients=_tabulate_gradients(small_facts) if small_facts else None,
        margins=f"{method}; off by {evidence.error:.4g} along a direction, allowed {evidence.tolerance:.2g}",
        script=_write_script(study, sample, finding.script or show_slopes(evidence)),
        rerun=rerun,
        framework=study.subject.framework,
    )


def _shrink_result(study: Study, finding: Finding, law: Law) -> Finding:
    """Return the finding of this kind with values at the smallest sample, or the finding itself."""
    judge = finding.judge or partial(law.run, study)
    recipes = _make_smaller(finding.sample.recipe) if finding.sample and finding.comparison else ()
    for recipe in recipes:
        try:
            trial = Trial(study.subject, study.draw(recipe), base=study.first_trial)
            smaller = next((f for f in judge(trial) if f.code == finding.code), None)
        except (Undrawable, ValueError, SubjectFailed):
            continue
        if smaller is not None and smaller.comparison is not None:
            return replace(smaller, fact=finding.fact)
    return finding


def _explain_result(study: Study, finding: Finding, rerun: str) -> Explanation:
    """Return the message of a finding about a result other than a gradient's numeric value."""
    sample, comparison = finding.sample, finding.comparison
    if sample is None:
        return Explanation(finding.fact, rerun=rerun)
    arguments = f"smallest case: {sample}{''.join(_format_values(sample))}"
    script = finding.script or (show_result(comparison) if comparison else None)
    return Explanation(
        finding.fact,
        arguments,
        _tabulate_comparison(comparison) if comparison else None,
        script=_write_script(study, sample, script) if script else "",
        rerun=rerun,
        framework=study.subject.framework,
    )


def _write_script(study: Study, sample: Sample, script: Script) -> str:
    return f"{study.subject.write_setup(sample, script.cotangents)}\n{script.code}{END}"


def _tabulate_comparison(comparison: Comparison) -> Gradients | None:
    """Return a wrong result beside the right values, None if there are none, or too many."""
    actual, expected = np.asarray(comparison.actual), comparison.expected
    if not isinstance(expected, np.ndarray) or actual.dtype.kind != "f" or not 0 < actual.size <= MOST_SHOWN:
        return None
    width = actual.shape[-1] if actual.ndim else 1
    rows = (actual.reshape(-1, width), expected.reshape(-1, width))
    return Gradients(comparison.name, *rows, head="actual | expected | difference")


def make_command(subject: str, check: str) -> str:
    """Return the command that runs one check again; under pytest, a command of pytest."""
    if "::" in subject and "PYTEST_CURRENT_TEST" in os.environ:
        return f"pytest --minigrad-contract={subject} -k {check}"
    if ":" in subject:
        return f"minigrad check {subject}"
    return f"the same call with only=[{check!r}]"


def _summarize(study: Study, finding: Finding, recipe: Recipe, cause: str | None) -> str:
    """Return the first line: the cause, or the fact if there is no cause, and the arguments that show it."""
    if recipe.family is not Family.CASE or finding.code != "wrong-gradient":
        return finding.fact + (f": {cause}" if cause else "")
    is_first = len(study.cases) == 1 or recipe.case is study.cases[0]
    place = "" if is_first else f" (with {recipe.case!r})"
    return (cause or finding.fact) + place


def _gather_facts(study: Study, sample: Sample, evidence: Evidence, most_values: int) -> Facts | None:
    """Return the facts about a wrong gradient, None if it is too large or has no numeric counterpart."""
    i = evidence.input
    if not 0 < sample.inputs[i].size <= most_values:
        return None
    return Facts(study.subject, sample, i, evidence.cotangents, evidence.slope.oracle).try_at()


def _tabulate_gradients(facts: Facts) -> Gradients:
    """Return both gradients as matrices, with the last axis of the input as rows."""
    width = facts.x.shape[-1] if facts.x.ndim else 1
    analytic, numeric = (g.reshape(-1, width) for g in (facts.gradient, facts.expected))
    return Gradients(
        f"gradient of input {facts.index} ({facts.sample.names[facts.index]})", analytic, numeric
    )


def _format_values(sample: Sample) -> Iterator[str]:
    for name, x in zip(sample.names, sample.inputs, strict=True):
        if isinstance(x, np.ndarray) and 0 < x.size <= MOST_SHOWN:
            start = f"\n  {name} = "
            yield start + np.array2string(x, precision=4, separator=", ", prefix=start)


def _shrink(study: Study, sample: Sample, evidence: Evidence) -> tuple[Sample, Evidence]:
    """Return the smallest sample at which the gradient is still wrong, and the evidence there."""
    for recipe in _make_smaller(sample.recipe):
        try:
            smaller = study.draw(recipe)
            smaller_evidence = compare(Trial(study.subject, smaller))
        except (Undrawable, ValueError, SubjectFailed):
            continue
        if smaller_evidence is not None:
            return smaller, smaller_evidence
    return sample, evidence


def _make_smaller(recipe: Recipe) -> Iterator[Recipe]:
    """Yield a recipe with smaller sizes, the smallest first."""
    letters = assign_sizes(recipe.case, recipe.sizes)
    if find_any_shaped(recipe.case) and len(recipe.shapes) == 1:
        for shape in ((2,), (2, 2), (3,), (2, 3)):
            if prod(shape) < prod(recipe.shapes[0]):
                yield recipe.replace(shapes=(shape,))
    elif letters:
        equal = [dict.fromkeys(letters, size) for size in (1, 2)]
        distinct = {letter: 2 + k % 2 for k, letter in enumerate(letters)}
        one_usual = [{**distinct, letter: letters[letter]} for letter in letters]
        for sizes in (*equal, distinct, *one_usual):
            yield recipe.replace(sizes=sizes)
