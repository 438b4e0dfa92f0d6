"""How a failure reads: diagnosis, smallest case, both gradients, margins, script, command."""

import numpy as np

from ..finding import Finding
from ..oracle.compare import Evidence
from ..samples.sample import Recipe, Sample
from ..study import Study
from .diagnosis import diagnose
from .facts import Facts
from .report import Explanation, Gradients
from .shrink import shrunk

LARGEST = 200  # values of an input whose gradient is diagnosed
SHOWN = 60  # values that are printed side by side
GENERIC = "the gradient differs from the numeric one"


def explanation(study: Study, finding: Finding, subject: str, check: str) -> Explanation:
    """Return the parts of a failure's message."""
    rerun = command(subject, check)
    if finding.evidence is None or finding.sample is None:
        arguments = "" if finding.sample is None else f"arguments: {finding.sample}"
        return Explanation(finding.fact, arguments, rerun=rerun)
    # At the case where it was seen: what fits a smaller one fits too much.
    facts = _facts(study, finding.sample, finding.evidence, LARGEST)
    first_line = _first_line(study, finding, finding.sample.recipe, diagnose(facts) if facts else None)
    sample, evidence = shrunk(study, finding.sample, finding.evidence)
    return Explanation(
        f"input {finding.evidence.input}: {first_line}",
        f"smallest case: {sample}\n{_values(sample)}",
        _side_by_side(_facts(study, sample, evidence, SHOWN)),
        f"{evidence.oracle}, step {evidence.step:.2g}, noise {evidence.noise:.1g}; off by "
        f"{evidence.error:.4g} along a direction, allowed {evidence.tolerance:.2g}",
        study.subject.script(sample, evidence),
        rerun,
        study.subject.framework,
    )


def command(subject: str, check: str) -> str:
    """Return the command that runs one check again, of an operation, initializer or optimizer."""
    if "::" in subject:
        return f"pytest --minigrad-contract={subject} -k {check}"
    if ":" in subject:
        return f"minigrad check {subject}"
    return f"the same call with only=[{check!r}]"


def _first_line(study: Study, finding: Finding, recipe: Recipe, diagnosis: str | None) -> str:
    """Return the diagnosis, with what is special about the arguments that show it."""
    if not recipe.label.startswith("case") or finding.fact != GENERIC:
        return finding.fact + (f": {diagnosis}" if diagnosis else "")
    where = "" if recipe.label == "case 0" or len(study.cases) == 1 else f" (with {recipe.case!r})"
    return (diagnosis or finding.fact) + where


def _facts(study: Study, sample: Sample, evidence: Evidence, largest: int) -> Facts | None:
    """Return the facts about a wrong gradient, None if it is too large or there is no numeric one."""
    i, few = evidence.input, 0 < sample.inputs[evidence.input].size <= largest
    return Facts(study.subject, sample, i, evidence.cotangents, evidence.oracle).at() if few else None


def _values(sample: Sample) -> str:
    arrays = [(name, x) for name, x in zip(sample.names, sample.inputs, strict=True) if hasattr(x, "size")]
    written = [(f"  {name} = ", x) for name, x in arrays if 0 < x.size <= SHOWN]
    return "\n".join(
        start + np.array2string(x, precision=4, separator=", ", prefix=start) for start, x in written
    )


def _side_by_side(facts: Facts | None) -> Gradients | None:
    if facts is None:
        return None
    width = facts.x.shape[-1] if facts.x.ndim else 1
    mine, true = (g.reshape(-1, width) for g in (facts.gradient, facts.expected))
    return Gradients(f"input {facts.index} ({facts.sample.names[facts.index]})", mine, true)
