"""The page `docs/reference/findings.md`, made of `results.json` and of the findings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .reproduction import CONVENTION, FAULTS
from .results import load_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .reproduction import Reproduction
    from .results import Results

TITLES = {"torch": "PyTorch", "jax": "JAX"}
CHECKERS = {"torch": "`gradcheck`", "jax": "`check_grads`"}
REPOSITORIES = {"torch": "https://github.com/pytorch/pytorch", "jax": "https://github.com/jax-ml/jax"}


def render_page(results: dict[str, Results]) -> str:
    """Return the text of the page."""
    sections = (line for name in TITLES for line in _render_framework(name, results[name]))
    return "\n".join([HEAD, *sections, TAIL]) + "\n"


def _render_framework(framework: str, results: Results) -> Iterator[str]:
    found = load_findings(framework)
    counted = [f for f in found if results.counts(f)]
    yield f"\n## {TITLES[framework]} {results.version}\n"
    yield f"{results.functions} functions with {results.cases} sets of cases.\n"
    yield from _render_counts(counted)
    accused = ", ".join(f"`{name}`" for name in results.checker) or "none"
    shown = sum(1 for f in counted if set(f.functions) & set(results.checker))
    yield (
        f"\n{CHECKERS[framework]} on all {results.functions} functions, with the same cases, fails for "
        f"{len(results.checker)}: {accused}. It shows {shown} of these {len(counted)} faults."
    )
    for finding in sorted(counted, key=lambda f: FAULTS.index(f.kind)):
        yield from _render_fault(finding, framework, results)
    conventions = [f for f in found if f.kind == CONVENTION and results.shows(f) and results.finds(f)]
    yield from _render_table(
        "Conventions and limits, which are not counted",
        ["function", "what the kit reports", "upstream"],
        [[_names(f), f.fact, " ".join([f.remark, _cite(f, framework)]).strip()] for f in conventions],
    )
    yield from _render_table(
        "Fixed",
        ["function", "fault", "last shown with"],
        [[_names(f), f.fact, results.last_shown.get(f.key, "")] for f in found if not results.shows(f)],
    )
    yield from _render_table(
        "Shown by a script, not found by today's kit, not counted",
        ["function", "what an earlier kit or a person found", "upstream"],
        [
            [_names(f), f.fact, _cite(f, framework) or "no report found"]
            for f in found
            if results.shows(f) and not results.finds(f)
        ],
    )


def _render_counts(counted: list[Reproduction]) -> Iterator[str]:
    yield "| kind | findings | with a report upstream |"
    yield "|---|---|---|"
    for kind in FAULTS:
        of_kind = [f for f in counted if f.kind == kind]
        yield f"| {kind} | {len(of_kind)} | {sum(1 for f in of_kind if f.issue)} |"


def _render_fault(finding: Reproduction, framework: str, results: Results) -> Iterator[str]:
    script = re.sub(r"\A(((import|from) .*\n)+)", r"\1\n", finding.script.strip())  # as ruff formats pages
    yield f"\n### {', '.join(finding.functions)}: {finding.kind}\n"
    yield f"{finding.fact} Upstream: {_cite(finding, framework) or 'no report found'}. {finding.remark}".rstrip()
    yield ""
    yield f"```python\n{script}\n```\n\nIt shows:\n\n```text\n{results.outputs[finding.key]}\n```"


def _render_table(title: str, head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    rows = list(rows)
    if rows:
        yield f"\n### {title}\n"
        yield f"| {' | '.join(head)} |"
        yield "|---" * len(head) + "|"
        yield from (f"| {' | '.join(row)} |" for row in rows)


def _names(finding: Reproduction) -> str:
    return ", ".join(f"`{name}`" for name in finding.functions)


def _cite(finding: Reproduction, framework: str) -> str:
    """Return "[80762](...), open (with int8)", or nothing if no report was found."""
    if (issue := finding.issue) is None:
        return ""
    link = f"[{issue.number}]({REPOSITORIES[framework]}/issues/{issue.number})"
    return f"{link}, {issue.state}" + (f" ({issue.note})" if issue.note else "")


HEAD = """# What the kit finds in PyTorch and JAX

The contract kit checked functions of both frameworks. Its only input was the list of functions, with cases that describe their valid arguments; the kit chose sizes,
values, layouts and dtypes itself. A person checked each finding, and a script that imports the framework alone shows it.
`python -m benchmarks.findings torch jax` runs the kit and the scripts, writes their results to `benchmarks/findings/results.json`, and this page from them.
[A guide](../how-to/pytorch-and-jax.md) explains how [the kit](contract.md) checks your own functions.

| kind | meaning |
|---|---|
| wrong value | a value, a gradient or a dtype is wrong, without a message |
| crash | the process ends |
| loud error | valid arguments raise an error, forward or backward; the user notices |
| convention or limit | the maintainers have decided for it, the documentation warns of it, or mathematics leaves it open; not counted as a fault |

Only those faults count that today's kit finds and the script shows with the version in the heading. The reports upstream were looked up in
a copy of the issues and pull requests of both frameworks of September 2026; "no report found" means that this search found none."""

TAIL = """
## How it compares

This page lists every function for which the kit reports a finding. Behaviour that is documented, or is a convention of both frameworks, is declared
in the lists: for example, `fmax` drops a NaN, and a source may be longer than its indices.

`gradcheck` and `check_grads` compare the gradient with a numeric one at given values; here these are two draws for
each case, as in a test written by hand. They find crashes at empty inputs, NaN, bytes and singular matrices only if the author of a test
includes such inputs.

**Next:** [how authors of extensions use the kit](../how-to/pytorch-and-jax.md)."""
