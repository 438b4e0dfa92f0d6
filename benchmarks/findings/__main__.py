"""Write `docs/reference/findings.md`: run the kit over the lists of functions, and every script that shows a finding.

    python -m benchmarks.findings torch jax

Needs PyTorch and JAX. What the kit says is kept in `build/findings/` and read from there the next time; without
that folder the kit runs. It fails if a script does not show what it is said to, and if the kit accuses a
function that is neither found at fault nor among those that were looked at and left out.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .checkers import caught
from .left_out import LEFT_OUT
from .reproduction import KINDS
from .runs import listed, run

if TYPE_CHECKING:
    from .reproduction import Reproduction

TITLES = {"torch": "PyTorch", "jax": "JAX"}
CHECKERS = {"torch": "`gradcheck`", "jax": "`check_grads`"}
PAGE, KEPT = Path("docs/reference/findings.md"), Path("build/findings")


def main() -> None:
    """Write the page; what MKL prints goes elsewhere."""
    lines = [HEAD]
    unknown = [name for framework in sys.argv[1:] for name in _section(framework, lines)]
    PAGE.write_text("\n".join([*lines, TAIL]) + "\n", encoding="utf-8")
    if unknown:
        sys.exit(f"accused, and neither found at fault nor left out: {', '.join(unknown)}")


def judged(framework: str) -> dict[str, Any]:
    """Return, for each function of a list, how long it took and the codes of what it is accused of."""
    kept = KEPT / f"{framework}.json"
    if not kept.exists():
        found = {
            r.subject: {"seconds": r.seconds, "codes": [f.code for f in r.failures]} for r in run(framework)
        }
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(found, indent=1), encoding="utf-8")
    read: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return read


def _section(framework: str, lines: list[str]) -> list[str]:
    """Add what is found in a framework; return what nobody has looked at."""
    found: tuple[Reproduction, ...] = import_module(f"{__package__}.{framework}_reproductions").FOUND
    outcome = judged(framework)
    functions = {name.rstrip("'") for name in listed(framework).entries}
    seconds = sum(each["seconds"] for each in outcome.values()) / len(outcome)
    lines.append(f"\n## {TITLES[framework]} {version(framework)}\n")
    lines.append(
        f"{len(functions)} functions with {len(outcome)} sets of cases, {1e3 * seconds:.0f} ms each.\n"
    )
    counts = Counter(finding.kind for finding in found)
    lines.append("| kind | findings |\n|---|---|")
    lines.append("\n".join(f"| {kind} | {counts[kind]} |" for kind in KINDS if counts[kind]))
    by_others = [f for f in found if caught(framework, f.function)]
    lines.append(
        f"\n{CHECKERS[framework]} on the same functions and cases shows {len(by_others)} of these {len(found)}."
    )
    lines.extend(_told(finding, by_others) for finding in found)
    known = {f.function for f in found} | set(LEFT_OUT)
    return sorted(name for name, each in outcome.items() if each["codes"] and name.rstrip("'") not in known)


def _told(finding: Reproduction, by_others: Any) -> str:
    also = "; the framework's own checker accuses the function, too" if finding in by_others else ""
    return (
        f"\n### {finding.function}: {finding.kind}\n\n{finding.fact}\n\n```python\n{finding.script.strip()}\n```\n\n"
        f"It shows{also}:\n\n```text\n{finding.run()[:600]}\n```"
    )


HEAD = """# What the kit finds in PyTorch and JAX

The contract kit was given functions of both frameworks, with the arguments that they are made for, and nothing else. It chose
sizes, values, layouts and types by itself. Each accusation below was checked by hand and is shown by a script that imports
the framework alone; `python -m benchmarks.findings torch jax` runs kit and scripts, and writes this page. What
[the kit](contract.md) does for your own functions, [a guide](../how-to/pytorch-and-jax.md) tells."""

TAIL = (
    """
## What was left out

Accusations that are no faults, or that could not be shown apart from the kit, with the reason:

"""
    + "\n".join(f"* `{name}`: {reason}" for name, reason in LEFT_OUT.items())
    + """

`gradcheck` and `check_grads` compare the gradient with a numeric one at the values that they are given; here these are two draws for
each case, as for a test written by hand. Crashes at empty inputs, NaN, bytes and singular matrices show to them only if somebody
thinks of these inputs.

**Next:** [how authors of extensions use the kit](../how-to/pytorch-and-jax.md)."""
)

if __name__ == "__main__":
    main()
