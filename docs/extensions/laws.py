"""Generate the page of the contract kit's laws."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

from minigrad_core.testing.registered_subjects import RegisteredSubject, find_laws
from minigrad_core.testing.samples.pool import LEVELS

from .hints import MARKS

if TYPE_CHECKING:
    from minigrad_core.testing.registered_subjects import Kind

KINDS: tuple[Kind, ...] = ("operation", "initializer", "optimizer")


def page() -> str:
    """Return the page of all laws, by kind of subject."""
    lines = ["# The laws", "", "These are the texts of `minigrad check --explain LAW` for all laws."]
    for kind in KINDS:
        lines += ["", f"## Laws of an {kind}"]
        for name in RegisteredSubject("", kind).laws:
            (law,) = (law for of, law in find_laws(name) if of == kind)
            lines += ["", f"### {name}", "", _format(inspect.getdoc(law.run) or "")]
    lines += ["", "## Samples of an operation", "", *_tabulate_levels()]
    return "\n".join([*lines, "", "**Next:** [the contract](../contract.md), with examples.", ""])


def _format(text: str) -> str:
    """Return the docstring of a law as Markdown, with a paragraph for its faults and one for the fix."""
    parts = re.split("(`[^`]*`)", text)
    prose = "".join(part if i % 2 else part.translate(MARKS) for i, part in enumerate(parts))
    return re.sub(r"\n(Faults|Fix):", r"\n\n**\1:**", prose)


def _tabulate_levels() -> list[str]:
    """Return the table of the levels of samples by dimension, from the docstrings of their generators."""
    rows = ["| dimension | levels |", "|---|---|", "| case | each case of the author |"]
    for dimension, generators in LEVELS.items():
        for generate in generators:
            summary = (inspect.getdoc(generate) or "").partition("\n\n")[0]
            rows.append(f"| {dimension.value} | {' '.join(summary.removeprefix('Yield ').split())} |")
    return rows
