"""The page: a grid of subjects by laws for each kind of subject, and every failure in its parts."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ...errors import UnknownNameError
from ...testing.registered_subjects import RegisteredSubject, find_laws
from ...testing.report.report import Explanation, Failure, Report, count_checks

HERE = Path(__file__).parent
KINDS = {
    "operation": "Operations",
    "optimizer": "Optimizers",
    "initializer": "Initializers",
    "plugin": "Plugins that did not load",
    "package": "Packages",
    "hosted": "Plugins of other packages",
}


class Cell(NamedTuple):
    """The result of a law for a subject. state: "passed", "failed" or "not-applicable"; note: the reason."""

    law: str
    state: str
    note: str = ""
    failure: Shown | None = None


class Row(NamedTuple):
    """One subject."""

    name: str
    namespace: str
    cells: list[Cell]
    text: str  # the text that the search of the page finds


class Column(NamedTuple):
    """One law: its meaning, and the numbers of subjects that passed, failed or did not apply."""

    law: str
    meaning: str
    counts: Counter[str]


class Grid(NamedTuple):
    """The subjects of one kind."""

    title: str
    columns: list[Column]
    rows: list[Row]


@dataclass(frozen=True)
class Shown:
    """A failure on the page, under its anchor; `also`: other failures of the same law and subject."""

    anchor: str
    failure: Failure
    explanation: Explanation
    also: tuple[Failure, ...]


def report_page(
    results: Sequence[Report], found: Sequence[RegisteredSubject], *, seconds: float, seed: int
) -> str:
    """Return the page in HTML.

    results: the reports; found: the subjects, which have the kinds.
    """
    grids = list(_grids(results, found))
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
    environment.trim_blocks = environment.lstrip_blocks = True
    return environment.get_template("page.html.jinja").render(
        grids=grids,
        failures=[cell.failure for grid in grids for row in grid.rows for cell in row.cells if cell.failure],
        count=count_checks(results),
        namespaces=sorted({row.namespace for grid in grids for row in grid.rows}),
        laws=list(dict.fromkeys(column.law for grid in grids for column in grid.columns)),
        seconds=seconds,
        seed=seed,
        # Not escaped: they hold no text of a plugin.
        style=Markup((HERE / "style.css").read_text(encoding="utf-8")),
        script=Markup((HERE / "script.js").read_text(encoding="utf-8")),
    )


def _grids(results: Sequence[Report], found: Sequence[RegisteredSubject]) -> Iterator[Grid]:
    kinds: dict[str, list[str]] = {}  # by the name of the subject
    laws: dict[str, dict[str, None]] = {kind: {} for kind in KINDS}
    for subject in found:
        kinds.setdefault(subject.name, []).append(subject.kind)
        laws[subject.kind].update(dict.fromkeys(subject.laws))
    reports: dict[str, list[Report]] = {kind: [] for kind in KINDS}
    for report in results:
        failed = (failure.check for failure in report.failures)
        asked = dict.fromkeys([*report.ran, *report.skipped, *failed])
        candidates = kinds.get(report.subject, ["package"])
        kind = next((kind for kind in candidates if asked.keys() <= laws[kind].keys()), candidates[0])
        reports[kind].append(report)
        laws[kind].update(asked)
    for kind in KINDS:
        if reports[kind]:
            rows = [_row(report, list(laws[kind]), f"{kind}-{i}") for i, report in enumerate(reports[kind])]
            counts = [Counter(row.cells[i].state for row in rows) for i in range(len(laws[kind]))]
            named = zip(laws[kind], counts, strict=True)
            yield Grid(KINDS[kind], [Column(law, _meaning(kind, law), count) for law, count in named], rows)


def _row(report: Report, laws: Sequence[str], anchor: str) -> Row:
    cells = [_cell(report, law, f"{anchor}-{i}") for i, law in enumerate(laws)]
    namespace = report.subject.partition("::")[0]
    text = "\n".join([report.subject, *(f"{f.code} {f.message}" for f in report.failures)]).lower()
    return Row(report.subject, namespace, cells, text)


def _cell(report: Report, law: str, anchor: str) -> Cell:
    failures = [failure for failure in report.failures if failure.check == law]
    if failures:
        first, *others = failures
        explained = first.explanation or Explanation(first.message)
        return Cell(law, "failed", first.code, Shown(anchor, first, explained, tuple(others)))
    if law in report.ran:
        return Cell(law, "passed")
    return Cell(law, "not-applicable", report.skipped.get(law, "it did not run"))


def _meaning(kind: str, law: str) -> str:
    """Return the first line of the text of `--explain` for a law."""
    try:
        found = dict(find_laws(law))
    except UnknownNameError:  # of a package or a plugin
        return ""
    doc = inspect.getdoc(found[kind].run) if kind in found else None
    return (doc or "").partition("\n")[0]
