"""The explanation of a finding: its diagnosis, the smallest sample, both results, and a script."""

import os
from collections.abc import Iterator
from functools import partial
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..diagnosis.facts import GradientFacts, OutputFacts
from ..diagnosis.first_line import diagnose_gradient, diagnose_output
from ..diagnosis.relations import relate_values
from ..finding import Evidence, Finding, Law, SubjectFailed
from ..samples.draw import assign_sizes
from ..samples.optimizer_runs import OptimizerRuns
from ..samples.sample import Family, Recipe, Sample
from ..samples.sizes import find_any_shaped
from ..scripts.gradients import show_slopes
from ..scripts.judges import write_judge_script
from ..scripts.results import show_acceptance, show_result
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
    sample, evidence, comparison = smallest.sample, smallest.evidence, smallest.comparison
    if sample is None:
        is_run = isinstance(study, OptimizerRuns)
        imports = "minigrad and the optimizer" if is_run else "NumPy and the initializer"
        return Explanation(finding.fact, script=write_judge_script(finding), rerun=rerun, imports=imports)
    diagnosis, table, margins, script = finding.fact, None, "", smallest.script
    if evidence is not None:
        diagnosis = f"input {evidence.input}: {_summarize(study, finding)}"
        margins, script = _describe_margins(evidence), show_slopes(evidence)
        if facts := _gather_facts(study, smallest, MOST_SHOWN):
            name = f"gradient of input {facts.index} ({sample.names[facts.index]})"
            table = _tabulate(name, facts.actual, facts.expected)
    elif comparison is not None:
        result, head = comparison.result, "actual | expected | difference"
        diagnosis += _relate_values(study, finding) + _name_case(study, sample.recipe)
        table = _tabulate(result.name, np.asarray(result.values), comparison.expected, head)
        script = script or show_result(comparison)
    # Arguments that the kit made up may be refused.
    if script and smallest.script is None and not sample.recipe.promised:
        script = show_acceptance(script)
    framework = study.subject.engine if script and script.weights else study.subject.framework
    return Explanation(
        diagnosis,
        case=f"smallest case: {sample}{''.join(_format_values(sample))}",
        gradients=table,
        margins=margins,
        script=study.subject.write_script(sample, script) if script else "",
        rerun=rerun,
        imports=f"{framework} and the operation",
    )


def _relate_values(study: Study, finding: Finding) -> str:
    """Return how the wrong values of a finding are related to the right ones; empty if in no simple way."""
    comparison, sample = finding.comparison, finding.sample
    if comparison is None or sample is None or not isinstance(comparison.expected, np.ndarray):
        return ""
    actual, expected = np.asarray(comparison.result.values), comparison.expected
    if actual.shape != expected.shape or actual.dtype.kind != "f" or not 0 < actual.size <= MOST_DIAGNOSED:
        return ""
    facts = _find_reference(study, finding)
    if facts is None:
        variables = {sample.names[i]: sample.inputs[i] for i in sample.floats}
        relation = next(relate_values(actual, expected, variables), None)
    else:
        relation = diagnose_output(facts, comparison.is_wrong)
    return f"; {relation}" if relation else ""


def _find_reference(study: Study, finding: Finding) -> OutputFacts | None:
    """Return the facts about an output that differs from a reference, None for another wrong result."""
    comparison: Any = finding.comparison
    sample: Any = finding.sample
    is_compared = finding.code == "differs-from-reference"
    for function in study.subject.declared.references if is_compared else ():
        facts = OutputFacts(study.subject, sample, comparison.result.position, function).try_at()
        if facts is not None and np.array_equal(facts.expected, comparison.expected, equal_nan=True):
            return facts
    return None


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


def _summarize(study: Study, finding: Finding) -> str:
    """Return the cause of a wrong gradient, or else the fact, and the arguments that show it."""
    facts = _gather_facts(study, finding, MOST_DIAGNOSED)
    cause = diagnose_gradient(facts) if facts else None
    recipe: Any = finding.sample and finding.sample.recipe
    if recipe.family is not Family.CASE:
        return finding.fact + (f": {cause}" if cause else "")
    return (cause or finding.fact) + _name_case(study, recipe)


def _name_case(study: Study, recipe: Recipe) -> str:
    """Return how the case of a sample differs from the most similar earlier one; empty for the first case."""
    if recipe.family is not Family.CASE or recipe.case is study.cases[0]:
        return ""
    defaults = {name: p.default for name, p in study.subject.signature.settings.items()}
    earlier = study.cases[: next(k for k, case in enumerate(study.cases) if case is recipe.case)]
    new, *others = ({**defaults, **case.arguments} for case in (recipe.case, *earlier))
    differing = [[n for n in {**new, **old} if repr(new.get(n)) != repr(old.get(n))] for old in others]
    names, old = min(zip(differing, others, strict=True), key=lambda pair: len(pair[0]))
    texts = (", ".join(f"{n}={v.get(n)!r}" for n in names) for v in (new, old))
    return f" (with {'; right with '.join(' '.join(text.split()) for text in texts)})"


def _gather_facts(study: Study, finding: Finding, most_values: int) -> GradientFacts | None:
    """Return the facts about a wrong gradient, None if it is too large or has no numeric counterpart."""
    sample, evidence = finding.sample, finding.evidence
    if sample is None or evidence is None or not 0 < sample.inputs[evidence.input].size <= most_values:
        return None
    return GradientFacts(
        study.subject, sample, evidence.input, evidence.cotangents, evidence.slope.oracle
    ).try_at()


def _describe_margins(evidence: Evidence) -> str:
    slope = evidence.slope
    method = f"{slope.oracle.value}, step {slope.step:.2g}, noise {np.max(slope.noise, initial=0.0):.1g}"
    return f"{method}; off by {evidence.error:.4g} along a direction, allowed {evidence.tolerance:.2g}"


def _tabulate(name: str, actual: NDArray[Any], expected: Any, head: str = Gradients.head) -> Gradients | None:
    """Return a wrong result beside the right values, None if there are none, or too many."""
    is_comparable = isinstance(expected, np.ndarray) and actual.shape == expected.shape
    if not is_comparable or actual.dtype.kind != "f" or not 0 < actual.size <= MOST_SHOWN:
        return None
    row = actual.shape[-1] if actual.ndim else 1
    return Gradients(name, actual.reshape(-1, row), expected.reshape(-1, row), head)


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
