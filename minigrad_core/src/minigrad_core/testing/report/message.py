"""How a failure reads: diagnosis, smallest case, both gradients, margins, script, command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..diagnosis import diagnose, facts_of, right_by_default
from ..finding import Broken
from ..oracle.compare import compare, steps
from ..oracle.jacobian import jacobian
from ..samples.sample import letter_sizes
from ..trial import Trial, as_function, flat
from .explanation import Explanation, Gradients
from .shrink import shrunk

if TYPE_CHECKING:
    from ..finding import Finding
    from ..oracle.compare import Evidence
    from ..samples.sample import Recipe, Sample
    from ..study import Study

LARGEST = 200  # values of an input whose gradient is diagnosed
SHOWN = 60  # values that are printed side by side
GENERIC = "the gradient differs from the numeric one"


def explanation(study: Study, finding: Finding, subject: str, check: str) -> Explanation:
    """Return the parts of a failure's message."""
    rerun = command(subject, check)
    if finding.evidence is None or finding.sample is None:
        arguments = "" if finding.sample is None else f"arguments: {finding.sample}"
        return Explanation(finding.fact, arguments, rerun=rerun)
    diagnosis = _diagnosed(study, finding.sample, finding.evidence)
    sample, evidence = shrunk(study, finding.sample, finding.evidence)
    return Explanation(
        _first_line(study, finding, diagnosis),
        f"smallest case: {sample}\n{_values(sample)}",
        _side_by_side(study, sample, evidence),
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


def _first_line(study: Study, finding: Finding, diagnosis: str | None) -> str:
    """Return the diagnosis, with what is special about the arguments that show it."""
    assert finding.evidence is not None
    assert finding.sample is not None
    label = finding.sample.recipe.label
    head = f"input {finding.evidence.input}: "
    default = None if finding.sample.recipe.settings else right_by_default(study, finding.sample)
    excuse = f"; right with {default}" if default else ""
    if not label.startswith("case") or finding.fact != GENERIC:
        return head + finding.fact + (f": {diagnosis}" if diagnosis else "") + excuse
    where = "" if label == "case 0" or len(study.cases) == 1 else f" (with {finding.sample.recipe.case!r})"
    return head + (diagnosis or finding.fact) + excuse + where


def _diagnosed(study: Study, sample: Sample, evidence: Evidence) -> str | None:
    """Return what fits the gradient at the case where it was seen: a smaller one fits too much.

    If nothing does, or the case is too large, other sizes are tried: three values in a row, say, are too few
    to recognize a + b x.
    """
    small = sample.inputs[evidence.input].size <= LARGEST
    try:
        told = _fitted(study, sample, evidence) if small else None
        return told or _fitted_elsewhere(study, sample.recipe, larger=small)
    except Broken:
        return None


def _fitted(study: Study, sample: Sample, evidence: Evidence) -> str | None:
    facts = facts_of(study, sample, evidence)
    return None if facts is None else diagnose(facts)


def _fitted_elsewhere(study: Study, recipe: Recipe, *, larger: bool) -> str | None:
    if not recipe.promised or recipe.sizes:
        return None
    sizes = {letter: n + 3 if larger else 2 for letter, n in letter_sizes(recipe.case, {}).items()}
    call = Trial(study.subject, study.draw(recipe.but(sizes=sizes)))
    evidence = compare(call)
    if evidence is None or call.sample.inputs[evidence.input].size > LARGEST:
        return None
    return _fitted(study, call.sample, evidence)


def _values(sample: Sample) -> str:
    shown = [
        f"  {name} = {np.array2string(x, precision=4, separator=', ', prefix=f'  {name} = ')}"
        for name, x in zip(sample.names, sample.inputs, strict=True)
        if isinstance(x, np.ndarray) and 0 < x.size <= SHOWN
    ]
    return "\n".join(shown)


def _side_by_side(study: Study, sample: Sample, evidence: Evidence) -> Gradients | None:
    x = sample.inputs[evidence.input]
    if not 0 < x.size <= SHOWN:
        return None
    f = as_function(study.subject, sample, [evidence.input])
    try:
        matrix = jacobian(f, x, steps(x, sample.domains[evidence.input]), evidence.oracle)
    except Broken:
        matrix = None
    if matrix is None:
        return None
    mine = np.atleast_2d(np.asarray(evidence.analytic)).reshape(-1, x.shape[-1] if x.ndim else 1)
    true = (flat(evidence.cotangents) @ matrix).reshape(mine.shape)
    of = f"input {evidence.input} ({sample.names[evidence.input]})"
    return Gradients(of, *(tuple(map(tuple, rows.tolist())) for rows in (mine, true, np.abs(mine - true))))
