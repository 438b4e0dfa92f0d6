"""Write `docs/reference/findings.md`: run the kit on the lists of functions, and the script of each finding.

    python -m benchmarks.findings torch jax

Needs PyTorch and JAX. The program keeps the kit's findings in `build/findings/` and reads them from there the next time; without
that folder the kit runs. The program fails if a script does not show its finding, or if the kit accuses a
function for which no script shows a finding.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .checkers import find_accused
from .reproduction import KINDS
from .runs import load_list, run

if TYPE_CHECKING:
    from .reproduction import Reproduction

TITLES = {"torch": "PyTorch", "jax": "JAX"}
CHECKERS = {"torch": "`gradcheck`", "jax": "`check_grads`"}
PAGE, CACHE = Path("docs/reference/findings.md"), Path("build/findings")


def main() -> None:
    """Write the page."""
    lines = [HEAD]
    unknown = [name for framework in sys.argv[1:] for name in _section(framework, lines)]
    PAGE.write_text("\n".join([*lines, TAIL]) + "\n", encoding="utf-8")
    if unknown:
        sys.exit(f"accused, and no script shows it: {', '.join(unknown)}")


def judge(framework: str) -> dict[str, list[str]]:
    """Return, for each function of a list, the codes of the kit's failures."""
    return _load_or_make(framework, lambda: {r.subject: [f.code for f in r.failures] for r in run(framework)})


def _load_or_make(name: str, make: Callable[[], Any]) -> Any:
    """Return the JSON value in the file of a name; make and write the value if there is no file."""
    file = CACHE / f"{name}.json"
    if not file.exists():
        found = make()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return json.loads(file.read_text(encoding="utf-8"))


def _section(framework: str, lines: list[str]) -> list[str]:
    """Add the section of a framework; return the accused functions for which no script shows a finding."""
    found: tuple[Reproduction, ...] = import_module(f"{__package__}.{framework}_reproductions").FOUND
    codes = judge(framework)
    functions = {name.rstrip("'") for name in load_list(framework).entries}
    lines.append(f"\n## {TITLES[framework]} {version(framework)}\n")
    lines.append(f"{len(functions)} functions with {len(codes)} sets of cases.\n")
    counts = Counter(finding.kind for finding in found)
    lines.append("| kind | findings |\n|---|---|")
    lines.append("\n".join(f"| {kind} | {counts[kind]} |" for kind in KINDS if counts[kind]))
    accused = _load_or_make(f"{framework}_checker", lambda: sorted(find_accused(framework)))
    shown = [f for f in found if set(f.functions) & set(accused)]
    accused_names = ", ".join(f"`{name}`" for name in accused) or "none"
    lines.append(
        f"\n{CHECKERS[framework]} on all {len(functions)} functions, with the same cases, fails for {len(accused)}: {accused_names}. "
        f"It shows {len(shown)} of these {len(found)} findings."
    )
    accusing = {name.rstrip("'") for name, each in codes.items() if each}
    lines.extend(_format_finding(f, missed=accusing.isdisjoint(f.functions)) for f in found)
    known = {name for f in found for name in f.functions}
    return sorted(name for name, each in codes.items() if each and name.rstrip("'") not in known)


def _format_finding(finding: Reproduction, *, missed: bool) -> str:
    """Return the section of a finding; missed: the kit no longer reports any of its functions."""
    names, fact = ", ".join(finding.functions), finding.fact + MISSED * missed
    script = re.sub(r"\A(((import|from) .*\n)+)", r"\1\n", finding.script.strip())  # as ruff formats pages
    return (
        f"\n### {names}: {finding.kind}\n\n{fact}\n\n```python\n{script}\n```\n\n"
        f"It shows:\n\n```text\n{finding.run()[:600]}\n```"
    )


MISSED = " (An earlier kit accused it; today's does not.)"

HEAD = """# What the kit finds in PyTorch and JAX

The contract kit checked functions of both frameworks. Its only input was the list of functions, with cases that describe their valid arguments; the kit chose sizes,
values, layouts and dtypes itself. Each finding below was checked by hand, and a script that imports the framework alone shows it.
`python -m benchmarks.findings torch jax` runs the kit and the scripts, and writes this page. [A guide](../how-to/pytorch-and-jax.md) explains how
[the kit](contract.md) checks your own functions."""

TAIL = """
## How it compares

This page lists every function for which the kit reports a finding. Behaviour that is documented, or is a convention of both frameworks, is declared
in the lists: for example, `fmax` drops a NaN, and a source may be longer than its indices.

`gradcheck` and `check_grads` compare the gradient with a numeric one at given values; here these are two draws for
each case, as in a test written by hand. They find crashes at empty inputs, NaN, bytes and singular matrices only if the author of a test
includes such inputs.

**Next:** [how authors of extensions use the kit](../how-to/pytorch-and-jax.md)."""

if __name__ == "__main__":
    main()
