"""How a failure reads: diagnosis, smallest case, both gradients, margins, script, command."""

import os
from collections.abc import Iterator
from math import prod

import numpy as np

from ..diagnosis.diagnose import diagnose
from ..diagnosis.facts import Facts
from ..finding import Finding, SubjectFailed
from ..oracle.compare import Evidence, compare
from ..samples.draw import assign_sizes
from ..samples.sample import Recipe, Sample, Undrawable
from ..samples.sizes import find_any_shaped
from ..study import Study
from ..trial import Trial
from .report import Explanation, Gradients

LARGEST = 200  # values of an input whose gradient is diagnosed
SHOWN = 60  # values that are printed side by side
GENERIC = "the gradient differs from the numeric one"


def explain_finding(study: Study, finding: Finding, subject: str, check: str) -> Explanation:
    """Return the parts of a failure's message."""
    rerun = rerun_command(subject, check)
    if finding.evidence is None or finding.sample is None:
        arguments = "" if finding.sample is None else f"arguments: {finding.sample}"
        return Explanation(finding.fact, arguments, rerun=rerun)
    # At the case where it was seen: what fits a smaller one fits too much.
    facts = _gather_facts(study, finding.sample, finding.evidence, LARGEST)
    first_line = _write_first_line(study, finding, finding.sample.recipe, diagnose(facts) if facts else None)
    sample, evidence = _shrink(study, finding.sample, finding.evidence)
    small, slope = _gather_facts(study, sample, evidence, SHOWN), evidence.slope
    return Explanation(
        f"input {finding.evidence.input}: {first_line}",
        f"smallest case: {sample}{''.join(_format_values(sample))}",
        _tabulate_gradients(small) if small else None,
        f"{slope.oracle}, step {slope.step:.2g}, noise {np.max(slope.noise, initial=0.0):.1g}; off by "
        f"{evidence.error:.4g} along a direction, allowed {evidence.tolerance:.2g}",
        study.subject.write_script(sample, evidence),
        rerun,
        study.subject.framework,
    )


def rerun_command(subject: str, check: str) -> str:
    """Return the command that runs one check again; in pytest, which sets that variable, one of its own."""
    if "::" in subject and "PYTEST_CURRENT_TEST" in os.environ:
        return f"pytest --minigrad-contract={subject} -k {check}"
    if ":" in subject:
        return f"minigrad check {subject}"
    return f"the same call with only=[{check!r}]"


def _write_first_line(study: Study, finding: Finding, recipe: Recipe, diagnosis: str | None) -> str:
    """Return the diagnosis, with what is special about the arguments that show it."""
    if not recipe.label.startswith("case") or finding.fact != GENERIC:
        return finding.fact + (f": {diagnosis}" if diagnosis else "")
    where = "" if recipe.label == "case 0" or len(study.cases) == 1 else f" (with {recipe.case!r})"
    return (diagnosis or finding.fact) + where


def _gather_facts(study: Study, sample: Sample, evidence: Evidence, largest: int) -> Facts | None:
    """Return the facts about a wrong gradient, None if it is too large or there is no numeric one."""
    i, few = evidence.input, 0 < sample.inputs[evidence.input].size <= largest
    return (
        Facts(study.subject, sample, i, evidence.cotangents, evidence.slope.oracle).try_at() if few else None
    )


def _tabulate_gradients(facts: Facts) -> Gradients:
    width = facts.x.shape[-1] if facts.x.ndim else 1
    analytic, numeric = (g.reshape(-1, width) for g in (facts.gradient, facts.expected))
    return Gradients(f"input {facts.index} ({facts.sample.names[facts.index]})", analytic, numeric)


def _format_values(sample: Sample) -> Iterator[str]:
    for name, x in zip(sample.names, sample.inputs, strict=True):
        if isinstance(x, np.ndarray) and 0 < x.size <= SHOWN:
            start = f"\n  {name} = "
            yield start + np.array2string(x, precision=4, separator=", ", prefix=start)


def _shrink(study: Study, sample: Sample, evidence: Evidence) -> tuple[Sample, Evidence]:
    """Return a smaller sample at which the gradient is still wrong, with the evidence there."""
    for recipe in _smaller_recipes(sample.recipe):
        try:
            smaller = study.draw(recipe)
            found = compare(Trial(study.subject, smaller))
        except (Undrawable, ValueError, SubjectFailed):
            continue
        if found is not None:
            return smaller, found
    return sample, evidence


def _smaller_recipes(recipe: Recipe) -> Iterator[Recipe]:
    """Yield the recipe with smaller sizes, the smallest first."""
    letters = assign_sizes(recipe.case, recipe.sizes)
    if find_any_shaped(recipe.case) and len(recipe.shapes) == 1:
        for shape in ((2,), (2, 2), (3,), (2, 3)):
            if prod(shape) < prod(recipe.shapes[0]):
                yield recipe.replace(shapes=(shape,))
    elif letters:
        distinct = {letter: 2 + k % 2 for k, letter in enumerate(letters)}
        of_size = [dict.fromkeys(letters, size) for size in (1, 2)]
        for sizes in (*of_size, distinct, *({**distinct, letter: letters[letter]} for letter in letters)):
            yield recipe.replace(sizes=sizes)
