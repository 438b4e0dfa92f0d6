"""The explanation of a finding: its diagnosis, the smallest sample, both results, and a script."""

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import prod
from typing import Any

import numpy as np

from ..diagnosis.facts import Facts, GradientFacts, gather_gradient_facts, gather_output_facts, name_inputs
from ..diagnosis.first_line import diagnose_gradient, diagnose_output
from ..finding import Evidence, Finding, Law, SubjectFailed
from ..samples.draw import assign_sizes
from ..samples.optimizer_runs import OptimizerRuns
from ..samples.sample import Family, Recipe, Sample
from ..samples.sizes import find_any_shaped
from ..scripts.gradients import show_slope
from ..scripts.results import show_acceptance, show_result
from ..scripts.runs import write_run_script
from ..study import Study
from ..trial import Trial
from .report import Explanation, Gradients

MOST_DIAGNOSED = 200  # values of an input whose gradient is diagnosed
MOST_SHOWN = 60  # values that are printed side by side


def explain_finding(study: Any, finding: Finding, subject: str, law: Law) -> Explanation:
    """Return the message of a finding of a law in its parts.

    The diagnosis is made at the sample where the fault was found: too many causes fit a smaller sample. The
    arguments and both values are those of the smallest sample at which the result is still wrong.
    """
    smallest, rerun = _shrink(study, finding, law), make_command(subject, law.name)
    sample, evidence, script = smallest.sample, smallest.evidence, smallest.script
    if sample is None:
        is_run = isinstance(study, OptimizerRuns)
        imports = "minigrad and the optimizer" if is_run else "NumPy and the initializer"
        return Explanation(finding.fact, script=write_run_script(finding), rerun=rerun, imports=imports)
    if evidence is not None:
        script = show_slope(evidence)
    elif smallest.comparison is not None:
        script = script or show_result(smallest.comparison)
    # Arguments that the kit made up may be refused.
    if script and smallest.script is None and not sample.recipe.promised:
        script = show_acceptance(script)
    framework = study.subject.engine if script and script.differentiates else study.subject.framework
    return Explanation(
        _write_first_line(study, finding),
        case=f"smallest case: {sample}{''.join(_format_values(sample))}",
        gradients=_tabulate(_gather_facts(study, smallest, MOST_SHOWN)),
        margins=_describe_margins(evidence) if evidence else "",
        script=study.subject.write_script(sample, script) if script else "",
        rerun=rerun,
        imports=f"{framework} and the operation",
    )


def _gather_facts(study: Study, finding: Finding, most_values: int) -> Facts | None:
    """Return the facts about a wrong result, None if there are no right values, or too many values."""
    subject, sample = study.subject, finding.sample
    evidence, comparison = finding.evidence, finding.comparison
    if sample is not None and evidence is not None:
        if not 0 < sample.inputs[evidence.input].size <= most_values:
            return None
        oracle = evidence.slope.oracle
        return gather_gradient_facts(subject, evidence.cotangents, oracle, evidence.input, sample)
    if sample is None or comparison is None or not isinstance(comparison.expected, np.ndarray):
        return None
    result, expected = comparison.result, comparison.expected
    actual = np.asarray(result.values)
    if actual.shape != expected.shape or actual.dtype.kind != "f" or not 0 < actual.size <= most_values:
        return None
    is_compared = finding.code == "differs-from-reference"
    for function in subject.declared.references if is_compared else ():
        facts = gather_output_facts(subject, function, result.position, sample)
        if facts is not None and np.array_equal(facts.expected, expected, equal_nan=True):
            return replace(facts, name=result.name, is_wrong=comparison.is_wrong)
    return Facts(subject, sample, result.name, result.position, actual, expected, name_inputs(sample))


def _write_first_line(study: Study, finding: Finding) -> str:
    """Return the fact, the cause of a wrong result, and the arguments that show it."""
    sample, evidence, facts = finding.sample, finding.evidence, _gather_facts(study, finding, MOST_DIAGNOSED)
    if sample is None or (evidence is None and finding.comparison is None):
        return finding.fact
    place = _name_case(study, sample.recipe)
    if evidence is None:
        relation = diagnose_output(facts) if facts else None
        return finding.fact + (f"; {relation}" if relation else "") + place
    cause = diagnose_gradient(facts) if isinstance(facts, GradientFacts) else None
    if sample.recipe.family is not Family.CASE:
        return f"input {evidence.input}: {finding.fact}" + (f": {cause}" if cause else "")
    return f"input {evidence.input}: {cause or finding.fact}{place}"


def _shrink(study: Study, finding: Finding, law: Law) -> Finding:
    """Return the finding of this kind at the smallest sample, or the finding itself; findings need values."""
    judge = finding.judge or partial(law.run, study)
    has_values = finding.evidence is not None or finding.comparison is not None
    for recipe in _make_smaller(finding.sample.recipe) if finding.sample and has_values else ():
        try:
            trial = Trial(study.subject, study.draw(recipe), base=study.first_trial)
            smaller = next((f for f in judge(trial) if f.code == finding.code), None)
        except (ValueError, SubjectFailed):
            continue
        if smaller is not None and (smaller.evidence or smaller.comparison):
            return smaller
    return finding


def make_command(subject: str, check: str) -> str:
    """Return the command that runs one check again; under pytest, a command of pytest."""
    if "::" in subject and "PYTEST_CURRENT_TEST" in os.environ:
        return f"pytest --minigrad-contract={subject} -k {check}"
    if ":" in subject:
        return f"minigrad check {subject}"
    return f"the same call with only=[{check!r}]"


def _name_case(study: Study, recipe: Recipe) -> str:
    """Return how the case of a sample differs from the most similar earlier one; empty for the first case."""
    if recipe.family is not Family.CASE or recipe.case is study.cases[0]:
        return ""
    earlier = study.cases[: next(k for k, case in enumerate(study.cases) if case is recipe.case)]
    new, *others = (
        {**study.subject.signature.defaults, **case.arguments} for case in (recipe.case, *earlier)
    )
    differing = [[n for n in {**new, **old} if repr(new.get(n)) != repr(old.get(n))] for old in others]
    names, old = min(zip(differing, others, strict=True), key=lambda pair: len(pair[0]))
    texts = (", ".join(f"{n}={v.get(n)!r}" for n in names) for v in (new, old))
    return f" (with {'; right with '.join(' '.join(text.split()) for text in texts)})"


def _describe_margins(evidence: Evidence) -> str:
    slope = evidence.slope
    method = f"{slope.oracle.value}, step {slope.step:.2g}, noise {np.max(slope.noise, initial=0.0):.1g}"
    return f"{method}; off by {evidence.error:.4g} along a direction, allowed {evidence.tolerance:.2g}"


def _tabulate(facts: Facts | None) -> Gradients | None:
    """Return a wrong result beside the right values, None without facts."""
    if facts is None:
        return None
    head = Gradients.head if isinstance(facts, GradientFacts) else "actual | expected | difference"
    row = facts.actual.shape[-1] if facts.actual.ndim else 1
    return Gradients(facts.name, facts.actual.reshape(-1, row), facts.expected.reshape(-1, row), head)


def _format_values(sample: Sample) -> Iterator[str]:
    for name, x in zip(sample.names, sample.inputs, strict=True):
        if isinstance(x, np.ndarray) and 0 < x.size <= MOST_SHOWN:
            start = f"\n  {name} = "
            yield start + np.array2string(x, precision=4, separator=", ", prefix=start)


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
