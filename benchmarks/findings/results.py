"""The results of a run: the codes of the kit for each function, and the output of each script."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .reproduction import FAULTS

if TYPE_CHECKING:
    from .reproduction import Reproduction

FILE = Path(__file__).with_name("results.json")


@dataclass
class Results:
    """The results for one framework, as they are in `results.json`.

    Attributes
    ----------
    version : str
        The version of the framework.
    functions, cases : int
        The number of functions of the list, and of sets of cases.
    codes : dict
        The codes of the kit's failures, by function; functions without a failure are missing.
    checker : list of str
        The functions for which the framework's own checker fails.
    outputs : dict
        The output of each script, by `Reproduction.key`, cut after 600 characters.
    last_shown : dict
        The last version with which a script showed its finding; earlier runs count, too.
    """

    version: str
    functions: int
    cases: int
    codes: dict[str, list[str]]
    checker: list[str]
    outputs: dict[str, str]
    last_shown: dict[str, str] = field(default_factory=dict)

    def shows(self, finding: Reproduction) -> bool:
        """Return whether the script shows the finding with this version."""
        return finding.shows in self.outputs[finding.key]

    def finds(self, finding: Reproduction) -> bool:
        """Return whether the kit reports one of the codes of the finding for one of its functions."""
        return any(set(finding.codes) & set(self.codes.get(name, ())) for name in finding.functions)

    def counts(self, finding: Reproduction) -> bool:
        """Return whether the finding counts as a fault of this version that the kit finds."""
        return finding.kind in FAULTS and self.shows(finding) and self.finds(finding)


def load_findings(framework: str) -> tuple[Reproduction, ...]:
    """Return the findings in a framework that were checked by hand."""
    found: tuple[Reproduction, ...] = import_module(f"{__package__}.{framework}_reproductions").FOUND
    return found


def load_results() -> dict[str, Results]:
    """Return the results of the last run, by framework."""
    stored: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return {framework: Results(**values) for framework, values in stored.items()}


def measure(framework: str, earlier: Results | None) -> Results:
    """Run the kit on the list of a framework, its own checker, and all scripts."""
    from .checkers import find_accused
    from .runs import load_list, run

    reports = {report.subject: [failure.code for failure in report.failures] for report in run(framework)}
    codes: dict[str, list[str]] = {}
    for subject, failures in reports.items():
        if failures:
            name = subject.rstrip("'")  # a function has several entries: torch.cdist, torch.cdist'
            codes[name] = sorted({*codes.get(name, ()), *failures})
    results = Results(
        version=version(framework).partition("+")[0],
        functions=len({name.rstrip("'") for name in load_list(framework).entries}),
        cases=len(reports),
        codes=codes,
        checker=sorted(find_accused(framework)),
        outputs={finding.key: finding.run()[:600] for finding in load_findings(framework)},
        last_shown=dict(earlier.last_shown) if earlier else {},
    )
    shown = (finding.key for finding in load_findings(framework) if results.shows(finding))
    results.last_shown |= dict.fromkeys(shown, results.version)
    return results


def save_results(results: dict[str, Results]) -> None:
    """Write `results.json`."""
    text = json.dumps({name: asdict(result) for name, result in results.items()}, indent=1, sort_keys=True)
    FILE.write_text(text + "\n", encoding="utf-8")


def find_unexplained(framework: str, results: Results) -> list[str]:
    """Return the failures of the kit that no finding explains."""
    known = {(name, code) for f in load_findings(framework) for name in f.functions for code in f.codes}
    accused = {(name, code) for name, codes in results.codes.items() for code in codes}
    return [f"{name}: {code}" for name, code in sorted(accused - known)]
