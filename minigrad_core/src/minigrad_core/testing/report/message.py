"""The message of a failure: diagnosis, smallest case, both gradients, margins, script, command."""

import os
from collections.abc import Iterator
from math import prod

import numpy as np

from ..diagnosis import Facts, diagnose
from ..finding import Evidence, Finding, SubjectFailed
from ..oracle.compare import compare
from ..samples.draw import assign_sizes
from ..samples.sample import Family, Recipe, Sample, Undrawable
from ..samples.sizes import find_any_shaped
from ..study import Study
from ..trial import Trial
from .report import Explanation, Gradients

MOST_DIAGNOSED = 200  # values of an input whose gradient is diagnosed
MOST_SHOWN = 60  # values that are printed side by side


def explain_finding(study: Study, finding: Finding, subject: str, check: str) -> Explanation:
    """Return the message of a finding in its parts.

    The diagnosis is made at the sample where the fault was found: too many causes fit a smaller sample. The
    arguments and both gradients are those of the smallest sample at which the gradient is still wrong.
    """
    rerun = make_command(subject, check)
    if finding.evidence is None or finding.sample is None:
        arguments = "" if finding.sample is None else f"arguments: {finding.sample}"
        return Explanation(finding.fact, arguments, rerun=rerun)
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
        script=study.subject.write_script(sample, evidence),
        rerun=rerun,
        framework=study.subject.framework,
    )


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
    return Gradients(f"input {facts.index} ({facts.sample.names[facts.index]})", analytic, numeric)


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
